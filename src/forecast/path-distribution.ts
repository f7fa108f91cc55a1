import { QUANTILE_LEVELS } from '../domain/forecast.ts';
import {
  boundedSize,
  type ErrorPool,
  localWeights,
  type PastPaths,
  recencyWeights,
  weightedQuantiles,
} from './error-pool.ts';
import type { ForecastOutcome } from './forecaster.ts';
import { ERROR_ORIGINS } from './past-origins.ts';
import type { History } from './history.ts';
import type { RateScale } from './scale.ts';

/** A forecast in the model's scale: one value and one error size per step. */
export interface ScaledPath {
  readonly forecasts: Float64Array;
  /** What past errors are multiplied by. */
  readonly sizes: Float64Array;
}

/** The hold of the upper path is forgotten faster than the errors' sizes: half in about a day of 15-minute origins. */
const HOLD_RECENCY = recencyWeights(ERROR_ORIGINS, 100);
/** Pretended past origins of which half held. */
const PRIOR_ORIGINS = 2;

/** The distribution around `now` that the past errors imply: mean and quantiles per step, and the confidence. */
export function distributionAround(
  now: ScaledPath,
  paths: PastPaths,
  pools: readonly ErrorPool[],
  history: History,
): ForecastOutcome {
  const weights = new Float64Array(Math.max(...pools.map((pool) => pool.errors.length)));
  const meanRps: number[] = [];
  const { scale } = paths;
  const quantilesRps = pools.map((pool, step) => {
    const at = { forecast: now.forecasts[step], size: boundedSize(pool, now.sizes[step]) };
    localWeights(pool, at, weights);
    meanRps.push(meanOf(pool, weights, at, scale));
    return weightedQuantiles(pool.errors, weights, QUANTILE_LEVELS).map((error) =>
      scale.rpsFromScaled(at.forecast + at.size * error),
    );
  });
  return { kind: 'forecast', meanRps, quantilesRps, confidenceRatio: holdRatio(paths, pools, history) };
}

function meanOf(
  pool: ErrorPool,
  weights: Float64Array,
  { forecast, size }: { readonly forecast: number; readonly size: number },
  scale: RateScale,
): number {
  const { errors } = pool;
  let mean = 0;
  for (let i = 0; i < errors.length; i += 1)
    mean += weights[i] * scale.rpsFromScaled(forecast + size * errors[i]);
  return mean;
}

/**
 * Of the past origins whose whole horizon is known, the share (newer ones weigh more) at which the highest actual
 * stayed at or below the highest point of the upper path. The path of a past origin is drawn with the errors known
 * now: that is what the quantiles served now promise. Shrunk towards one half where origins are few.
 */
function holdRatio(paths: PastPaths, pools: readonly ErrorPool[], history: History): number {
  const complete = pools.at(-1)?.newestOrigin ?? -Infinity;
  let held = PRIOR_ORIGINS / 2;
  let total = PRIOR_ORIGINS;
  for (let i = paths.origins.length - 1, age = 0; i >= 0; i -= 1) {
    if (paths.origins[i] > complete) continue;
    const weight = HOLD_RECENCY[age];
    age += 1;
    total += weight;
    if (holds(paths, i, pools, history)) held += weight;
  }
  return held / total;
}

/** Whether the highest known rate of the horizon stayed at or below the highest point of the upper path. */
function holds(
  { scale, origins, steps, forecasts, sizes }: PastPaths,
  origin: number,
  pools: readonly ErrorPool[],
  { firstSlot, ratesRps }: History,
): boolean {
  let highestPath = -Infinity;
  for (let step = 0, at = origin * steps; step < steps; step += 1, at += 1) {
    const { leastSize, mostSize, upperError } = pools[step];
    const point = forecasts[at] + Math.min(mostSize, Math.max(leastSize, sizes[at])) * upperError;
    if (point > highestPath) highestPath = point;
  }
  let highestRps = 0;
  const first = origins[origin] - firstSlot;
  for (let i = first; i < first + steps; i += 1) if (ratesRps[i] > highestRps) highestRps = ratesRps[i];
  // A hair of rounding is no breach: a constant series holds.
  return highestRps <= scale.rpsFromScaled(highestPath) * (1 + 1e-6);
}
