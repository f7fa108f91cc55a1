import type { Command } from 'commander';

export function declareChallengerFlag(command: Command): Command {
  return command.option(
    '--challenger <file>',
    'a network of `prescale train --from`: it forecasts in the shadow of the shipped one, and serves a workload once it has won there',
  );
}
