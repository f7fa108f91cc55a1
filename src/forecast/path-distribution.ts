import { QUANTILE_LEVELS, UPPER_INDEX } from '../domain/forecast.ts';
import type { ErrorPool } from './error-pool.ts';
import type { ForecastOutcome } from './forecaster.ts';
import { type ForecastAndSize, localWeights, nearnessOfOrigins } from './local-weights.ts';
import { ERROR_ORIGINS } from './past-origins.ts';
import type { PastPaths } from './past-paths.ts';
import { boundedSize } from './pool-ranking.ts';
import { recencyWeights } from './recency-weights.ts';
import type { History } from './history.ts';
import { mostPossibleRps } from './most-possible.ts';
import type { RateScale } from './scale.ts';
import { conformalLevels, weightedQuantiles } from './weighted-quantiles.ts';

type Made = Extract<ForecastOutcome, { kind: 'forecast' }>;

/** A forecast in the model's scale: one value and one error size per step. */
export interface ScaledPath<Numbers extends Float32Array | Float64Array = Float32Array | Float64Array> {
  readonly forecasts: Numbers;
  /** What past errors are multiplied by. */
  readonly sizes: Numbers;
}

/** The hold of the upper path is forgotten faster than the errors' sizes: half in about a day of 15-minute origins. */
const HOLD_RECENCY = recencyWeights(ERROR_ORIGINS, 100);
/** Pretended past origins of which half held. */
const PRIOR_ORIGINS = 1;

/** What the model did before, and what became of it. */
export interface PastErrorsKnown {
  readonly paths: PastPaths;
  /** One per step. */
  readonly pools: readonly ErrorPool[];
  readonly history: History;
  /** What becomes of the quantiles of the rates at a step (at QUANTILE_LEVELS); the same object where they stay. */
  readonly moved?: (quantilesRps: readonly number[]) => readonly number[];
}

/**
 * The distribution around `now` that the past errors imply: mean and quantiles per step, and the confidence that the first
 * `decisionSteps` steps stay at or below their highest 0.95 quantile.
 */
export function distributionAround(now: ScaledPath, past: PastErrorsKnown, decisionSteps: number): Made {
  const { paths, pools } = past;
  const most = Math.max(...pools.map(({ errors }) => errors.length));
  const [weights, points] = [new Float64Array(most), new Float64Array(most)];
  const meanRps: number[] = [];
  const upperErrors = new Float64Array(pools.length);
  const { scale } = paths;
  const mostRps = mostPossibleRps(past.history);
  const quantilesRps = pools.map((pool, step) => {
    const { errors } = pool;
    const at = forecastAndSize(step, now, pool);
    const { forecast, size } = at;
    const { sum, quantiles } = errorQuantiles(pool, at, weights);
    upperErrors[step] = quantiles[UPPER_INDEX];
    for (let i = 0; i < errors.length; i += 1) points[i] = forecast + size * errors[i];
    scale.makeRps(points, errors.length);
    meanRps.push(sumOfAtMost(points, weights, errors.length, mostRps) / sum);
    makeRates(quantiles, at, scale, mostRps);
    const own = quantiles;
    const moved = past.moved?.(own) ?? own;
    if (moved === own) return own;
    const possible = moved.map((rateRps) => Math.min(mostRps, rateRps));
    upperErrors[step] = (scale.scaledFromRps(possible[UPPER_INDEX]) - forecast) / size;
    return possible;
  });
  const steps = Math.min(decisionSteps, pools.length);
  const confidenceRatio = holdRatio({ ...past, now, upperErrors, steps });
  return { kind: 'forecast', meanRps, quantilesRps, confidenceRatio };
}

/** The quantiles of the rates at one step that the past errors imply, at QUANTILE_LEVELS, as they are before they are moved. */
export function quantilesAt(step: number, now: ScaledPath, { paths, pools }: PastErrorsKnown): number[] {
  const pool = pools[step];
  const at = forecastAndSize(step, now, pool);
  const { quantiles } = errorQuantiles(pool, at, new Float64Array(pool.errors.length));
  makeRates(quantiles, at, paths.scale, Infinity);
  return quantiles;
}

/** Points in the scale that become rates: the same for all, one row after the other. */
const POINTS = new Float64Array(QUANTILE_LEVELS.length);

/** Standardised errors at QUANTILE_LEVELS become the rates that they imply, at most `mostRps`, in place. */
function makeRates(
  errors: number[],
  { forecast, size }: ForecastAndSize,
  scale: RateScale,
  mostRps: number,
): void {
  for (let i = 0; i < POINTS.length; i += 1) POINTS[i] = forecast + size * errors[i];
  scale.makeRps(POINTS, POINTS.length);
  for (let i = 0; i < POINTS.length; i += 1) errors[i] = Math.min(mostRps, POINTS[i]);
}

function forecastAndSize(step: number, now: ScaledPath, { ranking }: ErrorPool): ForecastAndSize {
  return { forecast: now.forecasts[step], size: boundedSize(ranking, now.sizes[step]) };
}

/** Of the standardised errors, into `weights` what each of them weighs, and their sum. */
function errorQuantiles(
  pool: ErrorPool,
  at: ForecastAndSize,
  weights: Float64Array,
): { readonly sum: number; readonly quantiles: number[] } {
  const { sum, errorsThatCount } = localWeights(pool, at, weights);
  const weighted = { values: pool.errors, weights, weightSum: sum, order: pool.ranking.byError };
  return { sum, quantiles: weightedQuantiles(weighted, conformalLevels(errorsThatCount)) };
}

/** The first `count` values times their weights; none counts as more than `most`. */
function sumOfAtMost(values: Float64Array, weights: Float64Array, count: number, most: number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    const value = values[i];
    if (value < most) sum += weights[i] * value;
    else sum += weights[i] * most;
  }
  return sum;
}

interface HoldQuestion extends PastErrorsKnown {
  readonly now: ScaledPath;
  /** [step], of the upper path now. */
  readonly upperErrors: Float64Array;
  readonly steps: number;
}

/**
 * Of the past origins whose decision steps are known, the share at which the highest actual stayed at or below the highest
 * point of the upper path. The path of a past origin is drawn with the standardised errors that the path served now
 * is drawn with, and origins with a similar forecast and size at the last of the steps weigh more, as newer ones do: that
 * is what is promised now. Shrunk towards one half where they are few.
 */
function holdRatio(question: HoldQuestion): number {
  const { paths, pools, now, steps } = question;
  const last = steps - 1;
  const pool = pools[last];
  const complete = pool.origins.at(-1) ?? -Infinity;
  const near = nearnessOfOrigins(pool, paths, last, { forecast: now.forecasts[last], size: now.sizes[last] });
  const promisedRps = highestPromised(question);
  let held = PRIOR_ORIGINS / 2;
  let total = PRIOR_ORIGINS;
  for (let i = paths.origins.length - 1, age = 0; i >= 0; i -= 1) {
    if (paths.origins[i] > complete) continue;
    const weight = HOLD_RECENCY[age] * near[i];
    age += 1;
    total += weight;
    // A hair of rounding is no breach: a constant series holds.
    if (highestKnown(question, paths.origins[i]) <= promisedRps[i] * (1 + 1e-6)) held += weight;
  }
  return held / total;
}

/** By past origin, the highest rate of the upper path over the decision's steps. */
function highestPromised({ paths, pools, upperErrors, steps }: HoldQuestion): Float64Array {
  const { scale, origins, forecasts, sizes, originStride, stepStride } = paths;
  const highest = new Float64Array(origins.length).fill(-Infinity);
  for (let step = 0; step < steps; step += 1) {
    const { leastSize, mostSize } = pools[step].ranking;
    const error = upperErrors[step];
    for (let i = 0, at = step * stepStride; i < origins.length; i += 1, at += originStride) {
      const point = forecasts[at] + Math.min(mostSize, Math.max(leastSize, sizes[at])) * error;
      highest[i] = Math.max(highest[i], point);
    }
  }
  scale.makeRps(highest, origins.length);
  return highest;
}

/** The highest known rate of the decision's steps from `origin` on. */
function highestKnown({ history, steps }: HoldQuestion, origin: number): number {
  const { ratesRps, firstSlot } = history;
  let highestRps = 0;
  const first = origin - firstSlot;
  for (let i = first; i < first + steps; i += 1) if (ratesRps[i] > highestRps) highestRps = ratesRps[i];
  return highestRps;
}
