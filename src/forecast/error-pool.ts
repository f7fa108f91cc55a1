/**
 * Quantiles from a model's own past: conformal prediction on standardised errors, localised. Errors of past origins
 * with a similar forecast and a similar expected size of error weigh more, newer ones too, so that a quiet night and a flash
 * crowd have different tails.
 *
 * Sources: split conformal prediction (Vovk, Gammerman, Shafer 2005), locally weighted scores (Lei et al. 2018),
 * localised weights (Guan 2023). Forecast and size are compared by their ranks, so that extremes have neighbours
 * and no scale has to be chosen.
 */
import { type History } from './history.ts';
import { BOOSTED_RECENCY, boostOf } from './level-change.ts';
import { argsort, argsortFrom, type Indexes } from './numeric/argsort.ts';
import { ERROR_ORIGINS } from './past-origins.ts';
import { recencyWeights } from './recency-weights.ts';
import type { RateScale } from './scale.ts';

/** What a model forecast at past origins, in its own (variance-stabilised) scale; [origin * steps + step]. */
export interface PastPaths {
  readonly scale: RateScale;
  /** Absolute slot numbers, ascending. */
  readonly origins: Int32Array;
  readonly steps: number;
  readonly forecasts: Float64Array;
  /** What errors are divided by, above 0: 1, or the square root of the expected error (half standardised). */
  readonly sizes: Float64Array;
}

/** The known errors of one horizon step, ascending by standardised error. */
export interface ErrorPool {
  /** error / size */
  readonly errors: Float32Array;
  /** Rank of the origin's forecast and size among all, 0..255. */
  readonly forecastRanks: Uint8Array;
  readonly sizeRanks: Uint8Array;
  /** Weight of each error by its age in origins alone, 1 for the newest. */
  readonly recency: Float64Array;
  /** Absolute slot of the newest origin in the pool; undefined when the pool is empty. */
  readonly newestOrigin: number | undefined;
  /** Sizes are kept within these: a fit on hardly any errors must not blow up the others' errors. */
  readonly leastSize: number;
  readonly mostSize: number;
  readonly sortedForecasts: Float32Array;
  readonly sortedSizes: Float32Array;
  readonly sorting: Sorting;
  /** Of the errors, the oldest first. */
  readonly origins: Int32Array;
  /** The ranks once more, as `origins`. */
  readonly originForecastRanks: Uint8Array;
  readonly originSizeRanks: Uint8Array;
}

/** How the errors were sorted, counted from the oldest origin: the next pool, one origin on, is sorted from there. */
export interface Sorting {
  readonly byForecast: Indexes;
  readonly bySize: Indexes;
  readonly byError: Indexes;
}

/** Of a question ago: so many of its oldest origins are `gone`, the others are the first of those that there are now. */
export interface SortedBefore extends Sorting {
  readonly gone: number;
}

const RANKS = 255;
/** Width of the neighbourhood in ranks (share of the pool), half-life of an error in origins, weight of a stranger. */
const RANK_WIDTH_RATIO = 0.2;
const HALF_LIFE_ORIGINS = 600;
const STRANGER_WEIGHT = 0.02;
/** A size differs from the median of the pool by at most this factor. */
const MOST_SIZE_FACTOR = 4;

const RECENCY = recencyWeights(ERROR_ORIGINS, HALF_LIFE_ORIGINS);

const NEARNESS = Float64Array.from({ length: RANKS + 1 }, (_, distance) =>
  Math.exp(-0.5 * (distance / RANKS / RANK_WIDTH_RATIO) ** 2),
);

/**
 * Errors of step `step` at the origins whose actual is in the history. `sortedBefore`, what is known of a question ago of the
 * origins that there are now, only saves time.
 */
export function errorPool(
  paths: PastPaths,
  step: number,
  history: History,
  sortedBefore?: (origins: Int32Array) => SortedBefore | undefined,
): ErrorPool {
  const { errors, forecasts, sizes, origins } = knownErrors(paths, step, history);
  const before = sortedBefore?.(origins);
  const orderOf = (keys: Float64Array, old: Indexes | undefined): Indexes =>
    before === undefined || old === undefined
      ? argsort(keys)
      : argsortFrom(keys, shifted(old, before.gone, keys.length));
  const byForecast = ranked(forecasts, orderOf(forecasts, before?.byForecast));
  const bySize = ranked(sizes, orderOf(sizes, before?.bySize));
  const medianSize = bySize.sorted[bySize.sorted.length >> 1] ?? 1;
  const bounds = { leastSize: medianSize / MOST_SIZE_FACTOR, mostSize: medianSize * MOST_SIZE_FACTOR };
  for (let i = 0; i < errors.length; i += 1) errors[i] /= boundedSize(bounds, sizes[i]);
  const order = orderOf(errors, before?.byError);
  const boost = boostOf(errors);
  const pool = emptyPool(errors.length);
  for (let i = 0; i < order.length; i += 1) {
    pool.errors[i] = errors[order[i]];
    pool.forecastRanks[i] = byForecast.ranks[order[i]];
    pool.sizeRanks[i] = bySize.ranks[order[i]];
    const age = errors.length - 1 - order[i];
    pool.recency[i] = (RECENCY[age] + boost * BOOSTED_RECENCY[age]) / (1 + boost);
  }
  const sorted = { sortedForecasts: byForecast.sorted, sortedSizes: bySize.sorted };
  const sorting = { byForecast: byForecast.order, bySize: bySize.order, byError: order };
  const byOrigin = { origins, originForecastRanks: byForecast.ranks, originSizeRanks: bySize.ranks };
  return { ...pool, ...bounds, ...sorted, ...byOrigin, newestOrigin: origins.at(-1), sorting };
}

/** What a pool of a question ago says of how the errors at `origins` are sorted; undefined where it says nothing. */
export function sortedIn(before: ErrorPool, origins: Int32Array): SortedBefore | undefined {
  const gone = shiftFrom(before.origins, origins);
  return gone === undefined ? undefined : { ...before.sorting, gone };
}

/** How many of the old origins are gone, where the others are still the first of the new; undefined where they are not. */
function shiftFrom(old: Int32Array, now: Int32Array): number | undefined {
  const gone = old.indexOf(now[0]);
  if (gone < 0 || old.length - gone > now.length) return undefined;
  for (let i = gone; i < old.length; i += 1) if (old[i] !== now[i - gone]) return undefined;
  return gone;
}

/** `old` without the indexes that are gone, followed by those that are new. */
function shifted(old: Indexes, gone: number, count: number): Indexes {
  const order = new Uint16Array(count);
  let at = 0;
  for (let i = 0; i < old.length; i += 1) if (old[i] >= gone) order[at++] = old[i] - gone;
  for (; at < count; at += 1) order[at] = at;
  return order;
}

/** Divides the first `count` weights by their sum; returns how many equal ones say as much (Kish 1965): 1 / sum of squares. */
function normalise(weights: Float64Array, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i += 1) total += weights[i];
  let squares = 0;
  for (let i = 0; i < count; i += 1) {
    weights[i] /= total;
    squares += weights[i] * weights[i];
  }
  return 1 / squares;
}

/** The size that errors of the pool are divided and multiplied by. */
export function boundedSize(
  { leastSize, mostSize }: Pick<ErrorPool, 'leastSize' | 'mostSize'>,
  size: number,
): number {
  return Math.min(mostSize, Math.max(leastSize, size));
}

function emptyPool(count: number): Pick<ErrorPool, 'errors' | 'forecastRanks' | 'sizeRanks' | 'recency'> {
  return {
    errors: new Float32Array(count),
    forecastRanks: new Uint8Array(count),
    sizeRanks: new Uint8Array(count),
    recency: new Float64Array(count),
  };
}

interface KnownErrors {
  /** Actual less forecast. */
  readonly errors: Float64Array;
  readonly forecasts: Float64Array;
  readonly sizes: Float64Array;
  readonly origins: Int32Array;
}

function knownErrors(paths: PastPaths, step: number, history: History): KnownErrors {
  const { origins, steps, scale } = paths;
  const { firstSlot, ratesRps } = history;
  const errors = new Float64Array(origins.length);
  const forecasts = new Float64Array(origins.length);
  const sizes = new Float64Array(origins.length);
  const slots = new Int32Array(origins.length);
  // NaN where the slot has no sample or is not known yet.
  const actuals = new Float64Array(origins.length);
  for (let i = 0; i < origins.length; i += 1) actuals[i] = ratesRps[origins[i] + step - firstSlot];
  scale.writeScaled(actuals, 0, origins.length, actuals);
  let count = 0;
  for (let i = 0; i < origins.length; i += 1) {
    const at = i * steps + step;
    const error = actuals[i] - paths.forecasts[at];
    if (error !== error) continue;
    errors[count] = error;
    forecasts[count] = paths.forecasts[at];
    sizes[count] = paths.sizes[at];
    slots[count] = origins[i];
    count += 1;
  }
  return {
    errors: errors.subarray(0, count),
    forecasts: forecasts.subarray(0, count),
    sizes: sizes.subarray(0, count),
    origins: slots.subarray(0, count),
  };
}

/** The keys ascending, and the mid-rank (0..255) of each key in its own place; equal keys share one rank. */
function ranked(
  keys: Float64Array,
  order: Indexes,
): { sorted: Float32Array; ranks: Uint8Array; order: Indexes } {
  const sorted = new Float32Array(keys.length);
  for (let i = 0; i < order.length; i += 1) sorted[i] = keys[order[i]];
  const ranks = new Uint8Array(keys.length);
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1;
    const rank = midRank(from, to, sorted.length);
    for (let i = from; i < to; i += 1) ranks[order[i]] = rank;
  }
  return { sorted, ranks, order };
}

function midRank(below: number, upTo: number, count: number): number {
  return Math.round((RANKS * (below + upTo)) / 2 / Math.max(1, count));
}

/** Mid-rank of `value` in `sorted`, 0..255. */
export function rankIn(sorted: Float32Array, value: number): number {
  const target = Math.fround(value);
  return midRank(countBelow(sorted, target, false), countBelow(sorted, target, true), sorted.length);
}

function countBelow(sorted: Float32Array, target: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < target || (orEqual && sorted[middle] === target)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Weights (they sum to 1) of the pool's errors for a forecast and size like this, into `weights`. Returns how many errors
 * of one weight they amount to.
 */
export function localWeights(
  pool: ErrorPool,
  now: { readonly forecast: number; readonly size: number },
  weights: Float64Array,
): number {
  const forecastRank = rankIn(pool.sortedForecasts, now.forecast);
  const sizeRank = rankIn(pool.sortedSizes, now.size);
  const { errors, forecastRanks, sizeRanks, recency } = pool;
  for (let i = 0; i < errors.length; i += 1)
    weights[i] = recency[i] * nearness(forecastRanks[i] - forecastRank, sizeRanks[i] - sizeRank);
  return normalise(weights, errors.length);
}

/**
 * Weights of `origins` of `paths` at step `step` beside `now`, their age apart, 1 for one that is the same: what the pool knows of
 * those whose error is in it, and the others by their forecast and size.
 */
export function nearnessOfOrigins(
  pool: ErrorPool,
  { origins, steps, forecasts, sizes }: PastPaths,
  step: number,
  now: { readonly forecast: number; readonly size: number },
): Float64Array {
  const forecastRank = rankIn(pool.sortedForecasts, now.forecast);
  const sizeRank = rankIn(pool.sortedSizes, now.size);
  const known = pool.origins;
  const near = new Float64Array(origins.length);
  for (let i = 0, at = step, inPool = 0; i < origins.length; i += 1, at += steps) {
    if (origins[i] === known[inPool]) {
      near[i] = nearness(
        pool.originForecastRanks[inPool] - forecastRank,
        pool.originSizeRanks[inPool] - sizeRank,
      );
      inPool += 1;
    } else
      near[i] = nearness(
        rankIn(pool.sortedForecasts, forecasts[at]) - forecastRank,
        rankIn(pool.sortedSizes, sizes[at]) - sizeRank,
      );
  }
  return near;
}

function nearness(forecastDistance: number, sizeDistance: number): number {
  const near = NEARNESS[Math.abs(forecastDistance)] * NEARNESS[Math.abs(sizeDistance)];
  return STRANGER_WEIGHT + (1 - STRANGER_WEIGHT) * near;
}
