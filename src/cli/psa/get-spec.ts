import { declareClusterDoor } from '../api/door-options.ts';
import type { CommandSpec } from '../command-spec.ts';
import { nameArgument } from './name-argument.ts';

export const get: CommandSpec = {
  name: 'get',
  description: 'what the controller looks after, with what its newest decision says',
  examples: ['kubectl psa get -n shop', 'kubectl psa get -A --json'],
  declare: (command) => {
    command
      .argument('[name]', 'one PredictiveAutoscaler', nameArgument)
      .option('-n, --namespace <name>', 'the namespace (that of the context)', nameArgument)
      .option('-A, --all-namespaces', 'all that the token may see');
    declareClusterDoor(command).option('--json', 'print them as JSON');
  },
  load: async () => (await import('./get-body.ts')).run,
};
