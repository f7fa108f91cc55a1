import { setTimeout as wait } from 'node:timers/promises';
import { MS_PER_SECOND, type Clock } from '../../domain/clock.ts';

/** The machine's own time. */
export function createSystemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    async sleep(seconds, signal) {
      if (signal.aborted) return;
      try {
        await wait(Math.max(0, seconds) * MS_PER_SECOND, undefined, { signal });
      } catch {
        // Only the abort can reject: to be woken early is an answer here, not an error.
      }
    },
  };
}
