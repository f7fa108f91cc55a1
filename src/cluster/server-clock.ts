import { MS_PER_SECOND } from '../domain/clock.ts';

/**
 * How far our wall clock is from the API server's, by the `Date` of each answer. The lease needs no clock that is right
 * (it is timed by a monotonic one), decisions do: a replica whose clock is late takes metrics of minutes ago for those
 * of now, and scales for a load that is over.
 */
export interface ServerClock {
  /** @param date the header as it came; what is no date tells nothing */
  heard(date: string | undefined, sentAtMs: number, receivedAtMs: number): void;
  /** One sentence where our clock is further off than is allowed; undefined: it will do, as far as is known. */
  offBecause(): string | undefined;
}

/** What `delay` of a policy's metrics commonly is: within it, a clock that is off moves no decision to another slot. */
export const MAX_CLOCK_OFFSET_SECONDS = 30;

export function createServerClock(): ServerClock {
  let offsetSeconds = 0;
  return {
    heard(date, sentAtMs, receivedAtMs) {
      const serverAtMs = Date.parse(date ?? '');
      if (Number.isNaN(serverAtMs)) return;
      offsetSeconds = clockOffsetSeconds(serverAtMs, sentAtMs, receivedAtMs);
    },
    offBecause() {
      if (Math.abs(offsetSeconds) <= MAX_CLOCK_OFFSET_SECONDS) return undefined;
      const way = offsetSeconds > 0 ? 'ahead of' : 'behind';
      const seconds = Math.round(Math.abs(offsetSeconds));
      return (
        `This replica's clock is ${seconds} s ${way} the API server's (at most ${MAX_CLOCK_OFFSET_SECONDS} s are allowed): ` +
        'it does not lead.'
      );
    },
  };
}

/**
 * Seconds that our clock is surely ahead (below 0: behind); 0 where the two may agree. The server wrote its time, cut to
 * whole seconds, at some moment between our sending and our receiving: however long the answer took, it says no more.
 */
export function clockOffsetSeconds(serverAtMs: number, sentAtMs: number, receivedAtMs: number): number {
  const leastMs = sentAtMs - (serverAtMs + MS_PER_SECOND);
  const mostMs = receivedAtMs - serverAtMs;
  return Math.max(0, leastMs) / MS_PER_SECOND + Math.min(0, mostMs) / MS_PER_SECOND;
}
