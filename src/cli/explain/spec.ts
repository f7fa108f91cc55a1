import type { CommandSpec } from '../command-spec.ts';
import { workloadArgument } from './workload-argument.ts';

export const explain: CommandSpec = {
  name: 'explain',
  description: 'why this many replicas: the newest decision of a running controller, stage by stage',
  examples: [
    'prescale explain shop/checkout',
    'prescale explain shop/checkout --watch',
    'prescale explain shop/checkout --at 2026-11-21T08:00:00Z --json',
  ],
  declare: (command) =>
    command
      .argument('<namespace/name>', 'the PredictiveAutoscaler', workloadArgument)
      .option('--api <url>', "the controller's decision API", 'http://127.0.0.1:8080')
      .option('--token-file <file>', 'bearer token for the API')
      .option('--at <time>', 'the newest decision that was made before this instant (ISO 8601)')
      .option('--watch', 'go on with each new decision, until a signal')
      .option('--json', 'print the Decision as JSON, one a line with --watch'),
  load: async () => (await import('./body.ts')).run,
};
