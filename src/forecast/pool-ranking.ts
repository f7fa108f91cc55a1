import { argsort, type Indexes, sortAgain } from './numeric/argsort.ts';

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

/** The mid-rank of each key, and the key in the middle (in 4 bytes, as keys are compared); 1 for no keys. */
export interface RankedKeys {
  readonly ranks: Uint8Array;
  readonly median: number;
}

interface RanksBefore extends Pick<RankedBefore, 'gone'> {
  readonly ranks: Uint8Array;
}

/** Ranks of the first `count` keys; those of a question ago only save time. */
export function rankKeys(keys: Float64Array, count: number, before: RanksBefore | undefined): RankedKeys {
  const order = before === undefined ? argsort(keys.subarray(0, count)) : orderByRank(before, count);
  if (before !== undefined) sortAgain(keys, order);
  const ranks = new Uint8Array(count);
  for (let from = 0, to = 1; from < count; from = to, to += 1) {
    const key = Math.fround(keys[order[from]]);
    while (to < count && Math.fround(keys[order[to]]) === key) to += 1;
    const rank = midRank(from, to, count);
    for (let i = from; i < to; i += 1) ranks[order[i]] = rank;
  }
  return { ranks, median: count > 0 ? Math.fround(keys[order[count >> 1]]) : 1 };
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
  const order = orderBehind(ranks.length - gone, count);
  for (let i = gone; i < ranks.length; i += 1) order[places[ranks[i]]++] = i - gone;
  return order;
}

/** The indexes that are left of `old`, in its order, followed by those that are new: `count` in all. */
export function orderWithout(old: Indexes, gone: number, count: number): Indexes {
  const order = orderBehind(old.length - gone, count);
  for (let i = 0, at = 0; i < old.length; i += 1) if (old[i] >= gone) order[at++] = old[i] - gone;
  return order;
}

/** Room for `left` indexes, and those that come behind them. */
function orderBehind(left: number, count: number): Uint16Array {
  const order = new Uint16Array(count);
  for (let i = left; i < count; i += 1) order[i] = i;
  return order;
}

/** The size that errors of the pool are divided and multiplied by. */
export function boundedSize(
  { leastSize, mostSize }: Pick<Ranking, 'leastSize' | 'mostSize'>,
  size: number,
): number {
  return Math.min(mostSize, Math.max(leastSize, size));
}
