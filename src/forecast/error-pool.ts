/**
 * Quantiles from a model's own past: conformal prediction on standardised errors, localised. Errors of past origins
 * with a similar forecast and a similar expected spread weigh more, newer ones too, so that a quiet night and a flash
 * crowd have different tails.
 *
 * Sources: split conformal prediction (Vovk, Gammerman, Shafer 2005), locally weighted scores (Lei et al. 2018),
 * localised weights (Guan 2023). Forecast and spread are compared by their ranks, so that extremes have neighbours
 * and no scale has to be chosen.
 */
import { argsort } from './numeric/argsort.ts';

/** What a model forecast at past origins, in its own (variance-stabilised) scale; [origin * steps + step]. */
export interface PastPaths {
  /** Absolute slot numbers, ascending. */
  readonly origins: Int32Array;
  readonly steps: number;
  readonly forecasts: Float64Array;
  /** Expected size of the error, above 0. */
  readonly spreads: Float64Array;
}

/** The known errors of one horizon step, ascending by standardised error. */
export interface ErrorPool {
  /** error / sqrt(spread) */
  readonly errors: Float32Array;
  /** Rank of the origin's forecast and spread among all, 0..255. */
  readonly forecastRanks: Uint8Array;
  readonly spreadRanks: Uint8Array;
  /** 0 for the newest origin. */
  readonly ages: Uint16Array;
  /** Absolute slot of the newest origin in the pool; undefined when the pool is empty. */
  readonly newestOrigin: number | undefined;
  readonly sortedForecasts: Float32Array;
  readonly sortedSpreads: Float32Array;
}

const RANKS = 255;
/** Width of the neighbourhood in ranks (share of the pool), half-life of an error in origins, weight of a stranger. */
const RANK_WIDTH_RATIO = 0.2;
const HALF_LIFE_ORIGINS = 600;
const STRANGER_WEIGHT = 0.02;

const NEARNESS = Float64Array.from({ length: RANKS + 1 }, (_, distance) =>
  Math.exp(-0.5 * (distance / RANKS / RANK_WIDTH_RATIO) ** 2),
);

/** Weight of an error that is `age` origins old. */
export function recencyWeights(count: number, halfLifeOrigins = HALF_LIFE_ORIGINS): Float64Array {
  return Float64Array.from({ length: count }, (_, age) => 0.5 ** (age / halfLifeOrigins));
}

/**
 * Errors of step `step` at the origins whose actual is known. `actualAt(slot)`: the actual in the model's scale, NaN
 * where there is none; it is asked for no slot from `endSlot` on.
 */
export function errorPool(
  paths: PastPaths,
  step: number,
  endSlot: number,
  actualAt: (slot: number) => number,
): ErrorPool {
  const { errors, forecasts, spreads, newestOrigin } = knownErrors(paths, step, endSlot, actualAt);
  const order = argsort(errors);
  const byForecast = ranked(forecasts);
  const bySpread = ranked(spreads);
  const pool = emptyPool(errors.length);
  for (let i = 0; i < order.length; i += 1) {
    pool.errors[i] = errors[order[i]];
    pool.forecastRanks[i] = byForecast.ranks[order[i]];
    pool.spreadRanks[i] = bySpread.ranks[order[i]];
    pool.ages[i] = errors.length - 1 - order[i];
  }
  return { ...pool, newestOrigin, sortedForecasts: byForecast.sorted, sortedSpreads: bySpread.sorted };
}

function emptyPool(count: number): Pick<ErrorPool, 'errors' | 'forecastRanks' | 'spreadRanks' | 'ages'> {
  return {
    errors: new Float32Array(count),
    forecastRanks: new Uint8Array(count),
    spreadRanks: new Uint8Array(count),
    ages: new Uint16Array(count),
  };
}

interface KnownErrors {
  readonly errors: Float64Array;
  readonly forecasts: Float64Array;
  readonly spreads: Float64Array;
  readonly newestOrigin: number | undefined;
}

function knownErrors(
  { origins, steps, forecasts, spreads }: PastPaths,
  step: number,
  endSlot: number,
  actualAt: (slot: number) => number,
): KnownErrors {
  const known = {
    errors: new Float64Array(origins.length),
    forecasts: new Float64Array(origins.length),
    spreads: new Float64Array(origins.length),
  };
  let count = 0;
  let newestOrigin: number | undefined;
  for (let i = 0; i < origins.length && origins[i] + step < endSlot; i += 1) {
    const at = i * steps + step;
    const error = (actualAt(origins[i] + step) - forecasts[at]) / Math.sqrt(spreads[at]);
    if (Number.isNaN(error)) continue;
    known.errors[count] = error;
    known.forecasts[count] = forecasts[at];
    known.spreads[count] = spreads[at];
    newestOrigin = origins[i];
    count += 1;
  }
  return {
    errors: known.errors.subarray(0, count),
    forecasts: known.forecasts.subarray(0, count),
    spreads: known.spreads.subarray(0, count),
    newestOrigin,
  };
}

/** The keys ascending, and the mid-rank (0..255) of each key in its own place; equal keys share one rank. */
function ranked(keys: Float64Array): { sorted: Float32Array; ranks: Uint8Array } {
  const order = argsort(keys);
  const sorted = new Float32Array(keys.length);
  for (let i = 0; i < order.length; i += 1) sorted[i] = keys[order[i]];
  const ranks = new Uint8Array(keys.length);
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1;
    const rank = midRank(from, to, sorted.length);
    for (let i = from; i < to; i += 1) ranks[order[i]] = rank;
  }
  return { sorted, ranks };
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

/** Weights (they sum to 1) of the pool's errors for a forecast of this size and spread, into `weights`. */
export function localWeights(
  pool: ErrorPool,
  now: { readonly forecast: number; readonly spread: number },
  recency: Float64Array,
  weights: Float64Array,
): void {
  const forecastRank = rankIn(pool.sortedForecasts, now.forecast);
  const spreadRank = rankIn(pool.sortedSpreads, now.spread);
  const count = pool.errors.length;
  let total = 0;
  for (let i = 0; i < count; i += 1) {
    const nearness =
      NEARNESS[Math.abs(pool.forecastRanks[i] - forecastRank)] *
      NEARNESS[Math.abs(pool.spreadRanks[i] - spreadRank)];
    const weight = recency[pool.ages[i]] * (STRANGER_WEIGHT + (1 - STRANGER_WEIGHT) * nearness);
    weights[i] = weight;
    total += weight;
  }
  for (let i = 0; i < count; i += 1) weights[i] /= total;
}

/**
 * Quantiles of ascending `values` with `weights` that sum to 1: the i-th value stands for the level in the middle of
 * its weight, linear between, the extremes beyond (Hyndman and Fan's type 5 where the weights are equal).
 */
export function weightedQuantiles(
  values: Float32Array | Float64Array,
  weights: Float64Array,
  levels: readonly number[],
): number[] {
  let at = 0;
  let before = 0;
  let middle = weights[0] / 2;
  let previousMiddle = middle;
  return levels.map((level) => {
    while (at < values.length && middle < level) {
      before += weights[at];
      previousMiddle = middle;
      at += 1;
      middle = at < values.length ? before + weights[at] / 2 : middle;
    }
    if (at === 0) return values[0];
    if (at >= values.length) return values[values.length - 1];
    const share = middle > previousMiddle ? (level - previousMiddle) / (middle - previousMiddle) : 0;
    return values[at - 1] + share * (values[at] - values[at - 1]);
  });
}
