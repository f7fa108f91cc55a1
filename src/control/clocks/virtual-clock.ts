import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { MS_PER_SECOND, type Clock } from '../../domain/clock.ts';

/** Virtual seconds per real second; `max`: as fast as the work between the sleeps allows. */
export type Speed = number | 'max';

export interface VirtualClockOptions {
  readonly startAtMs: number;
  readonly speed: Speed;
  /** What real time is measured and slept with. */
  readonly realClock: Clock;
}

/** Timers are no finer than this: a shorter wait is a yield, and the pace is made up at the next one. */
const SHORTEST_WAIT_SECONDS = 0.002;

/**
 * A clock for playing the past. Virtual time moves in `sleep` alone, to exactly the instant asked for, and stands
 * still while work is done: whoever works between two sleeps sees the same instants at every speed, so the same
 * recording gives the same decisions. Real time only decides how long a sleep takes; when work is slower than the
 * speed asks for, the sleeps shrink to yields (which keep the event loop, and so the API, responsive) until the pace
 * is made up. `monotonicMs` stays real: it measures how long things took.
 */
export function createVirtualClock({ startAtMs, speed, realClock }: VirtualClockOptions): Clock {
  const startedAtRealMs = realClock.monotonicMs();
  let nowMs = startAtMs;

  const secondsAhead = (virtualMs: number): number => {
    if (speed === 'max') return 0;
    const dueAtRealMs = startedAtRealMs + (virtualMs - startAtMs) / speed;
    return (dueAtRealMs - realClock.monotonicMs()) / MS_PER_SECOND;
  };

  return {
    nowMs: () => nowMs,
    monotonicMs: () => realClock.monotonicMs(),
    async sleep(seconds, signal) {
      if (signal.aborted) return;
      const targetMs = nowMs + Math.max(0, seconds) * MS_PER_SECOND;
      const waitSeconds = secondsAhead(targetMs);
      if (waitSeconds >= SHORTEST_WAIT_SECONDS) await realClock.sleep(waitSeconds, signal);
      else await yieldToEventLoop();
      if (!signal.aborted) nowMs = targetMs;
    },
  };
}
