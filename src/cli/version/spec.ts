import type { CommandSpec } from '../command-spec.ts';

export const version: CommandSpec = {
  name: 'version',
  description: 'print the version of prescale and of what it runs on',
  examples: ['prescale version', 'prescale version --json'],
  declare: (command) => command.option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
