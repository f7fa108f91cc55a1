import { declareClusterDoor } from '../api/door-options.ts';
import type { CommandSpec } from '../command-spec.ts';
import { declareExplain } from '../explain/explain-options.ts';
import { nameArgument } from './name-argument.ts';

export const explain: CommandSpec = {
  name: 'explain',
  description: 'why this many replicas: the newest decision, stage by stage, with its forecast drawn',
  examples: ['kubectl psa explain checkout -n shop', 'kubectl psa explain checkout -n shop --watch'],
  declare: (command) => {
    command
      .argument('<name>', 'the PredictiveAutoscaler', nameArgument)
      .option('-n, --namespace <name>', 'its namespace (that of the context)', nameArgument);
    declareExplain(declareClusterDoor(command));
  },
  load: async () => (await import('./explain-body.ts')).run,
};
