/**
 * Quantiles from a model's own past: conformal prediction on standardised errors, localised. Errors of past origins
 * with a similar forecast and a similar expected spread weigh more, newer ones too, so that a quiet night and a flash
 * crowd have different tails.
 *
 * Sources: split conformal prediction (Vovk, Gammerman, Shafer 2005), locally weighted scores (Lei et al. 2018),
 * localised weights (Guan 2023). Forecast and spread are compared by their ranks, so that extremes have neighbours
 * and no scale has to be chosen.
 */

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
  const { origins, steps, forecasts, spreads } = paths;
  const known: number[] = [];
  const errors = new Float64Array(origins.length);
  for (let i = 0; i < origins.length && origins[i] + step < endSlot; i += 1) {
    const at = i * steps + step;
    errors[i] = (actualAt(origins[i] + step) - forecasts[at]) / Math.sqrt(spreads[at]);
    if (!Number.isNaN(errors[i])) known.push(i);
  }
  const order = known.map((_, index) => index).sort((a, b) => errors[known[a]] - errors[known[b]]);
  const sortedForecasts = Float32Array.from(known, (i) => forecasts[i * steps + step]).sort();
  const sortedSpreads = Float32Array.from(known, (i) => spreads[i * steps + step]).sort();
  return {
    errors: Float32Array.from(order, (index) => errors[known[index]]),
    forecastRanks: Uint8Array.from(order, (i) => rankIn(sortedForecasts, forecasts[known[i] * steps + step])),
    spreadRanks: Uint8Array.from(order, (i) => rankIn(sortedSpreads, spreads[known[i] * steps + step])),
    ages: Uint16Array.from(order, (index) => known.length - 1 - index),
    newestOrigin: known.length > 0 ? origins[known[known.length - 1]] : undefined,
    sortedForecasts,
    sortedSpreads,
  };
}

/** Mid-rank of `value` in `sorted`, 0..255. */
export function rankIn(sorted: Float32Array, value: number): number {
  const target = Math.fround(value);
  const below = countBelow(sorted, (one) => one < target);
  const upTo = countBelow(sorted, (one) => one <= target);
  return Math.round((RANKS * (below + upTo)) / 2 / Math.max(1, sorted.length));
}

function countBelow(sorted: Float32Array, isBelow: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(sorted[middle])) low = middle + 1;
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
