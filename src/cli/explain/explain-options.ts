import type { Command } from 'commander';

export function declareExplain(command: Command): Command {
  return command
    .option('--at <time>', 'the newest decision that was made before this instant (ISO 8601)')
    .option('--watch', 'go on with the newest decision as it is made, until a signal')
    .option('--json', 'print the Decision as JSON, one a line with --watch');
}
