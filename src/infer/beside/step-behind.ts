import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;

/** The thread that asks, as Linux names it: `1234/task/1240`. */
const THIS_THREAD = '/proc/thread-self';

/**
 * Lets others of the process go first from now on: a forecast has a minute, and the loop that waits for none of them has
 * a tick. Linux gives each thread a priority of its own (`setpriority(2)`); elsewhere nothing changes.
 */
export function stepBehind(): void {
  try {
    const behind = getPriority() < PRIORITY_BELOW_NORMAL ? PRIORITY_BELOW_NORMAL : PRIORITY_LOW;
    setPriority(Number(basename(readlinkSync(THIS_THREAD))), behind);
  } catch {
    // No such file, or not allowed: all threads stay alike.
  }
}
