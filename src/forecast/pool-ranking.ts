import { argsort, type Indexes, sortAgain, startOrder } from './numeric/argsort.ts';
import { ERROR_ORIGINS } from './past-origins.ts';

/**
 * How the known errors of a step stand to each other, 4 bytes an error: kept from one question to the next, it spares all
 * sorting where no error came or went, and most of it where one did.
 */
export interface Ranking {
  /** Origins, counted from the oldest, ascending by standardised error. */
  readonly byError: Indexes;
  /** Of the origin's forecast and size among all, 0..255; equal ones share one rank. */
  readonly forecastRanks: Uint8Array;
  readonly sizeRanks: Uint8Array;
  /** Sizes are kept within these: a fit on hardly any errors must not blow up the others' errors. */
  readonly leastSize: number;
  readonly mostSize: number;
  /** How much more the newest errors count than their age says. */
  readonly boost: number;
}

/** Of a question ago: so many of its oldest origins are `gone`, the others are the first of those that there are now. */
export interface RankedBefore extends Pick<Ranking, 'byError' | 'forecastRanks' | 'sizeRanks'> {
  readonly gone: number;
}

export const RANKS = 255;

/** Where the next of a rank comes to stand: the same for all that is ranked, one after the other. */
const PLACES = new Uint16Array(RANKS + 2);

/** The order of the keys that are ranked: likewise. */
let order: Indexes = new Uint16Array(ERROR_ORIGINS);

interface RanksBefore extends Pick<RankedBefore, 'gone'> {
  readonly ranks: Uint8Array;
}

/**
 * Writes the mid-rank of each key; those of a question ago, which may stand in the same memory, only save time. Returns the key
 * in the middle (in 4 bytes, as keys are compared), 1 for no keys.
 */
export function rankKeys(keys: Float64Array, before: RanksBefore | undefined, ranks: Uint8Array): number {
  const count = ranks.length;
  const sorted = before === undefined ? argsort(keys.subarray(0, count)) : orderByRank(before, count);
  if (before !== undefined) sortAgain(keys, sorted);
  for (let from = 0, to = 1; from < count; from = to, to += 1) {
    const key = Math.fround(keys[sorted[from]]);
    while (to < count && Math.fround(keys[sorted[to]]) === key) to += 1;
    const rank = midRank(from, to, count);
    for (let i = from; i < to; i += 1) ranks[sorted[i]] = rank;
  }
  return count > 0 ? Math.fround(keys[sorted[count >> 1]]) : 1;
}

/** Mid-rank of `value` among `keys`, 0..255. */
export function rankAmong(keys: Float32Array, value: number): number {
  const target = Math.fround(value);
  let below = 0;
  let upTo = 0;
  // Added up without a branch: which way it goes is a toss-up, and a wrong guess of the processor costs more than all the rest.
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i];
    below += Number(key < target);
    upTo += Number(key <= target);
  }
  return midRank(below, upTo, keys.length);
}

function midRank(below: number, upTo: number, count: number): number {
  return Math.round((RANKS * (below + upTo)) / 2 / Math.max(1, count));
}

/** The indexes that are left of those that had ranks, ascending by rank (counting sort), followed by those that are new. */
function orderByRank({ ranks, gone }: RanksBefore, count: number): Indexes {
  const places = PLACES.fill(0);
  for (let i = gone; i < ranks.length; i += 1) places[ranks[i] + 1] += 1;
  for (let rank = 0; rank <= RANKS; rank += 1) places[rank + 1] += places[rank];
  if (order.length < count) order = startOrder(count);
  const sorted = order.subarray(0, count);
  for (let i = gone; i < ranks.length; i += 1) sorted[places[ranks[i]]++] = i - gone;
  return withNew(sorted, ranks.length - gone);
}

/** Writes the indexes that are left of `old`, which may be the same memory, in its order, followed by those that are new. */
export function writeOrderWithout(old: Indexes, gone: number, into: Indexes): void {
  let left = 0;
  for (let i = 0; i < old.length; i += 1) {
    const index = old[i];
    if (index >= gone) into[left++] = index - gone;
  }
  withNew(into, left);
}

function withNew(indexes: Indexes, left: number): Indexes {
  for (let i = left; i < indexes.length; i += 1) indexes[i] = i;
  return indexes;
}

/** The size that errors of the pool are divided and multiplied by. */
export function boundedSize(
  { leastSize, mostSize }: Pick<Ranking, 'leastSize' | 'mostSize'>,
  size: number,
): number {
  return Math.min(mostSize, Math.max(leastSize, size));
}
