import { SECONDS_PER_DAY } from '../domain/clock.ts';
import type { History } from './history.ts';

/**
 * Nothing is foretold beyond so many times the largest rate of the history: errors of an idle hour, in a logarithmic
 * scale, say of a busy one that anything could come.
 */
const MOST_GROWTH = 1.5;
/** A history of less than a day has not seen a peak yet. */
const MOST_GROWTH_OF_LESS_THAN_A_DAY = 4;
const BLOCK_SECONDS = 900;
/** So close to the largest rate before, it has come up to it; so far above, it has gone beyond it. */
const CLOSE_RATIO = 0.05;

/** The highest rate that a forecast may name, requests per second; 0 where there is no sample. */
export function mostPossibleRps(history: History): number {
  const { ratesRps, largestRps, slotsPerDay } = history;
  if (ratesRps.length >= slotsPerDay) return MOST_GROWTH * largestRps;
  return largestRps * (1 + (MOST_GROWTH_OF_LESS_THAN_A_DAY - 1) / (1 + returnsToLargest(history)));
}

/**
 * Quarters of an hour in which the load came up to the largest rate before, and not beyond it, since it last went beyond:
 * a batch that runs at the same rate time after time has seen its peak.
 */
function returnsToLargest({ ratesRps, slotsPerDay }: History): number {
  const blockSlots = Math.max(1, Math.round((BLOCK_SECONDS * slotsPerDay) / SECONDS_PER_DAY));
  let largest = 0;
  let returns = 0;
  for (let from = 0; from < ratesRps.length; from += blockSlots) {
    let highest = 0;
    for (let i = from; i < from + blockSlots; i += 1) if (ratesRps[i] > highest) highest = ratesRps[i];
    if (highest > (1 + CLOSE_RATIO) * largest) returns = 0;
    else if (highest > (1 - CLOSE_RATIO) * largest) returns += 1;
    largest = Math.max(largest, highest);
  }
  return returns;
}
