/**
 * Time is a parameter. Pure code takes `nowMs`; shells (control, cli) take a Clock, so that a live run,
 * a run at 20,000 times speed and a test are the same code.
 */
export interface Clock {
  /** The moment decisions are made at, in milliseconds since the epoch: wall time live, virtual time in a dry run. */
  nowMs(): number;
  /** A clock that never steps, in milliseconds: for measuring how long things took. */
  monotonicMs(): number;
  /** Resolves after `seconds` of this clock's own time, or at once when `signal` is aborted; never rejects. */
  sleep(seconds: number, signal: AbortSignal): Promise<void>;
}

export const MS_PER_SECOND = 1000;
export const SECONDS_PER_HOUR = 3600;
export const SECONDS_PER_DAY = 86_400;
export const SECONDS_PER_WEEK = 604_800;

/** 1753171200000 -> "2025-07-22T08:00:00Z". Milliseconds are printed only where there are any. */
export function isoFromMs(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}
