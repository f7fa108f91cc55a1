import { SECONDS_PER_DAY } from '../domain/clock.ts';

const DAYS_PER_WEEK = 7;

/** FNV-1a, 32 bit (Fowler, Noll, Vo), of the text's UTF-16 code units. */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * When in the week a series learns anew, in seconds (see ForecastRequest.learningOffsetSeconds): told by its key alone, so
 * that it is the same after a restart and in every replica, and spread evenly over a fleet.
 */
export function learningOffsetOf(seriesKey: string): number {
  let hash = OFFSET_BASIS;
  for (let i = 0; i < seriesKey.length; i += 1) hash = Math.imul(hash ^ seriesKey.charCodeAt(i), PRIME);
  return (hash >>> 0) % (DAYS_PER_WEEK * SECONDS_PER_DAY);
}
