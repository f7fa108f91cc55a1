import { setTimeout as sleep } from 'node:timers/promises';
import type { ThreadTime } from '../../src/api/turns.ts';

/** A thread on which nothing takes any time. */
export const IDLE_THREAD: ThreadTime = {
  nowMs: () => 0,
  busyMs: () => 0,
  sleep: (ms) => sleep(ms, undefined, { ref: false }),
};
