import { declareClusterDoor } from '../api/door-options.ts';
import type { CommandSpec } from '../command-spec.ts';
import { declareExplain } from './explain-options.ts';
import { workloadArgument } from './workload-argument.ts';

export const explain: CommandSpec = {
  name: 'explain',
  description: 'why this many replicas: the newest decision of a running controller, stage by stage',
  examples: [
    'prescale explain shop/checkout',
    'prescale explain shop/checkout --server http://127.0.0.1:8080 --watch',
    'prescale explain shop/checkout --at 2026-11-21T08:00:00Z --json',
  ],
  declare: (command) => {
    command
      .argument('<namespace/name>', 'the PredictiveAutoscaler', workloadArgument)
      .option(
        '--server <url>',
        'the decision API (else: the controller of the cluster, through its API server)',
      );
    declareExplain(declareClusterDoor(command));
  },
  load: async () => (await import('./body.ts')).run,
};
