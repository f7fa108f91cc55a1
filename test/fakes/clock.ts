import { MS_PER_SECOND, type Clock } from '../../src/domain/clock.ts';

/** A clock that a test moves: `sleep` takes no real time and arrives at once; `advance` is work that takes long. */
export interface FakeClock extends Clock {
  advance(seconds: number): void;
  /** Sets the wall clock (not the monotonic one): what an operator or NTP does. */
  setNowMs(atMs: number): void;
  /** Every sleep asked for so far, in seconds. */
  readonly sleptSeconds: readonly number[];
}

export function createFakeClock(startAtMs = 0): FakeClock {
  let wallMs = startAtMs;
  let monotonicMs = 0;
  const sleptSeconds: number[] = [];
  const advance = (seconds: number): void => {
    wallMs += seconds * MS_PER_SECOND;
    monotonicMs += seconds * MS_PER_SECOND;
  };
  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    sleep(seconds, signal) {
      sleptSeconds.push(seconds);
      if (!signal.aborted) advance(Math.max(0, seconds));
      return Promise.resolve();
    },
    advance,
    setNowMs: (atMs) => void (wallMs = atMs),
    sleptSeconds,
  };
}
