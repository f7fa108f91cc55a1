/**
 * Which past errors say something about a forecast: those at origins with a similar forecast and a similar expected size of
 * error weigh more, newer ones too, so that a quiet night and a flash crowd have different tails.
 *
 * Source: localised weights (Guan 2023). Forecast and size are compared by their ranks, so that extremes have neighbours
 * and no scale has to be chosen.
 */
import type { ErrorPool } from './error-pool.ts';
import { BOOSTED_RECENCY } from './level-change.ts';
import { ERROR_ORIGINS } from './past-origins.ts';
import type { PastPaths } from './past-paths.ts';
import { rankAmong, RANKS } from './pool-ranking.ts';
import { recencyWeights } from './recency-weights.ts';

/** A forecast, and the size of error that is expected of it. */
export interface ForecastAndSize {
  readonly forecast: number;
  readonly size: number;
}

/** Width of the neighbourhood in ranks (share of the pool), half-life of an error in origins, weight of a stranger. */
const RANK_WIDTH_RATIO = 0.2;
const HALF_LIFE_ORIGINS = 600;
const STRANGER_WEIGHT = 0.02;

const RECENCY = recencyWeights(ERROR_ORIGINS, HALF_LIFE_ORIGINS);

const NEARNESS = Float64Array.from({ length: RANKS + 1 }, (_, distance) =>
  Math.exp(-0.5 * (distance / RANKS / RANK_WIDTH_RATIO) ** 2),
);

/** Weights by origin, beside their sum. */
export interface LocalWeights {
  readonly weights: Float64Array;
  readonly sum: number;
  /** So many of one weight would say as much (Kish 1965). */
  readonly errorsThatCount: number;
}

/** What the pool's errors weigh for a forecast and size like this, into `weights`. */
export function localWeights(pool: ErrorPool, now: ForecastAndSize, weights: Float64Array): LocalWeights {
  const { forecastRanks, sizeRanks, boost } = pool.ranking;
  const forecastRank = rankAmong(pool.forecasts, now.forecast);
  const sizeRank = rankAmong(pool.sizes, now.size);
  const count = forecastRanks.length;
  const weightOfAge = boost > 0 ? boostedRecency(boost, count) : RECENCY;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < count; i += 1) {
    const near = nearness(forecastRanks[i] - forecastRank, sizeRanks[i] - sizeRank);
    const weight = weightOfAge[count - 1 - i] * near;
    weights[i] = weight;
    sum += weight;
    squares += weight * weight;
  }
  return { weights, sum, errorsThatCount: (sum * sum) / squares };
}

function boostedRecency(boost: number, count: number): Float64Array {
  const weights = new Float64Array(count);
  for (let age = 0; age < count; age += 1)
    weights[age] = (RECENCY[age] + boost * BOOSTED_RECENCY[age]) / (1 + boost);
  return weights;
}

/**
 * Weights of `origins` of `paths` at step `step` beside `now`, their age apart, 1 for one that is the same: what the pool knows of
 * those whose error is in it, and the others by their forecast and size.
 */
export function nearnessOfOrigins(
  { origins: known, forecasts: keys, sizes: sizeKeys, ranking }: ErrorPool,
  { origins, originStride, stepStride, forecasts, sizes }: PastPaths,
  step: number,
  now: ForecastAndSize,
): Float64Array {
  const forecastRank = rankAmong(keys, now.forecast);
  const sizeRank = rankAmong(sizeKeys, now.size);
  const near = new Float64Array(origins.length);
  for (let i = 0, at = step * stepStride, inPool = 0; i < origins.length; i += 1, at += originStride) {
    const isKnown = inPool < known.length && origins[i] === known[inPool];
    const forecast = isKnown ? ranking.forecastRanks[inPool] : rankAmong(keys, forecasts[at]);
    const size = isKnown ? ranking.sizeRanks[inPool] : rankAmong(sizeKeys, sizes[at]);
    if (isKnown) inPool += 1;
    near[i] = nearness(forecast - forecastRank, size - sizeRank);
  }
  return near;
}

function nearness(forecastDistance: number, sizeDistance: number): number {
  const near = NEARNESS[Math.abs(forecastDistance)] * NEARNESS[Math.abs(sizeDistance)];
  return STRANGER_WEIGHT + (1 - STRANGER_WEIGHT) * near;
}
