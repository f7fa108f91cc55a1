import { setTimeout as sleep } from 'node:timers/promises';
import type { ThreadTime } from './turns.ts';

/** The thread that this runs on. */
export const THIS_THREAD: ThreadTime = {
  nowMs: () => performance.now(),
  busyMs: () => performance.eventLoopUtilization().active,
  sleep: (ms) => sleep(ms, undefined, { ref: false }),
};
