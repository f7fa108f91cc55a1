import type { Command } from 'commander';
import { folderFlag, positiveDurationFlag } from '../flags.ts';
import { sizeFlag } from './size-flag.ts';

/** What is kept beyond the process. */
export function declareHistoryFlags(command: Command): Command {
  return command
    .option(
      '--history-dir <directory>',
      'keep every decision there, across restarts (else: the newest, in memory)',
      folderFlag,
    )
    .option(
      '--history-size <size>',
      'the most that the history may take (2Gi); the oldest goes',
      sizeFlag(16 * 2 ** 20, '16Mi'),
    )
    .option('--history-age <duration>', 'how long the history goes back (30d)', positiveDurationFlag)
    .option(
      '--series-dir <directory>',
      'keep measured rates there across restarts; replicas may share it (else: below --history-dir)',
      folderFlag,
    );
}
