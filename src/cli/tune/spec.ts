import type { CommandSpec } from '../command-spec.ts';

export const tune: CommandSpec = {
  name: 'tune',
  description: "search a policy's free choices on the first part of a recording, and prove them on the rest",
  examples: [
    'prescale tune --policy checkout.yaml --recording shop.csv --out tuned.yaml',
    'prescale tune --policy deploy/demo/checkout.yaml --recording deploy/demo/web-shop.csv.gz --json',
  ],
  declare: (command) =>
    command
      .requiredOption('--policy <file>', 'the policy to begin with; the first of the file')
      .requiredOption('--recording <file>', 'a recording of the arrival rate; - reads standard input')
      .option('--out <file>', 'write the tuned policy there, where the rest proves it')
      .option('--physics <file>', 'the simulated world as JSON, as for replay')
      .option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
