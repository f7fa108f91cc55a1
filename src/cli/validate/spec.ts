import type { CommandSpec } from '../command-spec.ts';

export const validate: CommandSpec = {
  name: 'validate',
  description: 'check policy files; exit 2 when one is not valid',
  examples: [
    'prescale validate deploy/demo/checkout.yaml',
    'kubectl get psa -A -o yaml | prescale validate -',
    'prescale validate --json policies/*.yaml',
  ],
  declare: (command) =>
    command
      .argument('<file...>', 'YAML or JSON files with one or several policies; - reads standard input')
      .option('--json', 'print JSON: a list of {file, document, valid, problems}'),
  load: async () => (await import('./body.ts')).run,
};
