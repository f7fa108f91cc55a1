import type { ApiAnswer } from './api-answer.ts';

const FIRST_PAUSE_SECONDS = 0.25;
const LONGEST_PAUSE_SECONDS = 10;

/**
 * Seconds to wait before a call is made again; undefined: not at all. A server that says `Retry-After` has done nothing
 * yet, so any call may be repeated; a read may be repeated whatever happened to it. A write whose fate is unknown is
 * not: the next look at the world tells what became of it. (The rule of client-go's `withRetry`.)
 * @param isRead the call changes nothing
 * @param attempt 1 for the first failure
 * @param uniform a number of [0, 1)
 */
export function retryPauseSeconds(
  answer: ApiAnswer,
  isRead: boolean,
  attempt: number,
  uniform: number,
): number | undefined {
  if (answer.kind === 'ok') return undefined;
  if (answer.kind === 'unreachable') return isRead ? backoffSeconds(attempt, uniform) : undefined;
  const { status, retryAfterSeconds } = answer;
  if (status !== 429 && status < 500) return undefined;
  if (retryAfterSeconds !== null) return retryAfterSeconds + backoffSeconds(1, uniform);
  return isRead || status === 429 ? backoffSeconds(attempt, uniform) : undefined;
}

/** Doubles from 0.25 s to 10 s, each between half and all of it, so that many clients do not come back at once. */
export function backoffSeconds(attempt: number, uniform: number): number {
  const full = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1));
  return (full * (1 + uniform)) / 2;
}
