import type { Command } from 'commander';

export function declareChallengerFlag(command: Command): Command {
  return command.option(
    '--challenger <path>',
    'a network of `prescale train --from`, or a folder of CLASS/lstm.json, one for each class of workloads: it forecasts in the shadow of the shipped one, and serves a workload once it has won there',
  );
}
