import { MEDIAN_INDEX, UPPER_INDEX } from '../domain/forecast.ts';
import type { ErrorPool } from './error-pool.ts';
import type { ForecastOutcome } from './forecaster.ts';
import { holdRatio } from './hold-ratio.ts';
import { localWeights } from './local-weights.ts';
import { type PastPaths, stepOfColumn } from './past-paths.ts';
import { boundedSize, type Ranking } from './pool-ranking.ts';
import type { History } from './history.ts';
import { conformalLevels, weightedQuantiles } from './weighted-quantiles.ts';

type Made = Extract<ForecastOutcome, { kind: 'forecast' }>;

/** A forecast in the model's scale: one value and one error size per step. */
export interface ScaledPath<Numbers extends Float32Array | Float64Array = Float32Array | Float64Array> {
  readonly forecasts: Numbers;
  /** What past errors are multiplied by. */
  readonly sizes: Numbers;
}

/**
 * Nothing is foretold beyond so many times the largest rate of the history: errors of an idle hour, in a logarithmic
 * scale, say of a busy one that anything could come. A history of less than a day has not seen a peak yet.
 */
const MOST_GROWTH = 1.5;
const MOST_GROWTH_OF_LESS_THAN_A_DAY = 4;

/** What the model did before, and what became of it. */
export interface PastErrorsKnown {
  readonly paths: PastPaths;
  /** One per column of the paths. */
  readonly pools: readonly ErrorPool[];
  readonly history: History;
}

/** What the errors that are known say of those to come at a step of the horizon. */
interface StepErrors extends Pick<Ranking, 'leastSize' | 'mostSize'> {
  readonly step: number;
  /** Standardised, at QUANTILE_LEVELS. */
  readonly quantiles: readonly number[];
  /** The mean less the median. */
  readonly skewRps: number;
}

/**
 * The distribution around `now` that the past errors imply: mean and quantiles per step, and the confidence that the first
 * `decisionSteps` steps stay at or below their highest 0.95 quantile. At a step whose errors are not known the standardised
 * ones lie between those of the steps beside it.
 */
export function distributionAround(now: ScaledPath, past: PastErrorsKnown, decisionSteps: number): Made {
  const { scale } = past.paths;
  const mostRps = mostPossibleRps(past.history);
  const rpsOf = (point: number) => Math.min(mostRps, scale.rpsFromScaled(point));
  const known = knownErrors(now, past, mostRps);
  const meanRps: number[] = [];
  const quantilesRps = Array.from(now.forecasts, (forecast, step) => {
    const errors = errorsAt(known, step);
    const size = boundedSize(errors, now.sizes[step]);
    const row = errors.quantiles.map((error) => rpsOf(forecast + size * error));
    meanRps.push(Math.max(0, Math.min(mostRps, row[MEDIAN_INDEX] + errors.skewRps)));
    return row;
  });
  const upperErrors = Float64Array.from(known, ({ quantiles }) => quantiles[UPPER_INDEX]);
  const steps = Math.min(decisionSteps, now.forecasts.length);
  const confidenceRatio = holdRatio({ ...past, now, upperErrors, decisionSteps: steps });
  return { kind: 'forecast', meanRps, quantilesRps, confidenceRatio };
}

/** Of each column. */
function knownErrors(now: ScaledPath, { paths, pools }: PastErrorsKnown, mostRps: number): StepErrors[] {
  const { scale } = paths;
  const most = Math.max(...pools.map(({ errors }) => errors.length));
  const [weights, points] = [new Float64Array(most), new Float64Array(most)];
  return pools.map((pool, column) => {
    const { errors, ranking } = pool;
    const step = stepOfColumn(paths, column);
    const at = { forecast: now.forecasts[step], size: boundedSize(ranking, now.sizes[step]) };
    const { sum, errorsThatCount } = localWeights(pool, at, weights);
    const weighted = { values: errors, weights, weightSum: sum, order: ranking.byError };
    const quantiles = weightedQuantiles(weighted, conformalLevels(errorsThatCount));
    for (let i = 0; i < errors.length; i += 1) points[i] = at.forecast + at.size * errors[i];
    scale.makeRps(points, errors.length);
    const meanRps = sumOfAtMost(points, weights, errors.length, mostRps) / sum;
    const medianRps = Math.min(mostRps, scale.rpsFromScaled(at.forecast + at.size * quantiles[MEDIAN_INDEX]));
    const { leastSize, mostSize } = ranking;
    return { step, quantiles, skewRps: meanRps - medianRps, leastSize, mostSize };
  });
}

/** `known`: ascending by step, the first and the last among them. */
function errorsAt(known: readonly StepErrors[], step: number): StepErrors {
  const after = known.findIndex((errors) => errors.step >= step);
  const to = known[after];
  if (to.step === step) return to;
  const from = known[after - 1];
  const share = (step - from.step) / (to.step - from.step);
  const between = (a: number, b: number): number => a + share * (b - a);
  return {
    step,
    quantiles: to.quantiles.map((error, i) => between(from.quantiles[i], error)),
    skewRps: between(from.skewRps, to.skewRps),
    leastSize: between(from.leastSize, to.leastSize),
    mostSize: between(from.mostSize, to.mostSize),
  };
}

function mostPossibleRps({ ratesRps, largestRps, slotsPerDay }: History): number {
  return largestRps * (ratesRps.length < slotsPerDay ? MOST_GROWTH_OF_LESS_THAN_A_DAY : MOST_GROWTH);
}

/** The first `count` values times their weights; none counts as more than `most`. */
function sumOfAtMost(values: Float64Array, weights: Float64Array, count: number, most: number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += weights[i] * (values[i] < most ? values[i] : most);
  return sum;
}
