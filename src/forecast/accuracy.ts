/**
 * How good forecasts were, over every pair of origin and step whose actual exists. Definitions: Hyndman and Koehler
 * 2006 (MASE); the mean weighted quantile loss over 0.1 … 0.9, 0.95, 0.99 of the GluonTS evaluator.
 */
import type { SlotValues } from '../domain/time-series.ts';
import { MEDIAN_INDEX, QUANTILE_LEVELS, UPPER_INDEX } from '../domain/forecast.ts';

export interface Accuracy {
  /** Mean absolute error of the median over the history's mean absolute one-step change. */
  readonly maseRatio: number;
  /** Mean over the levels of 2 * sum of pinball losses / sum of actuals. */
  readonly wqlRatio: number;
  /** Share of actuals within the 0.05 and 0.95 quantiles. */
  readonly coverage90Ratio: number;
  /** Share of actuals at or below the 0.95 quantile. */
  readonly upper95Ratio: number;
  /** Share of actuals whose median forecast is within 10 %; an actual of 0 needs a median of 0. */
  readonly within10PercentRatio: number;
  /** Sum of absolute errors of the median over the sum of actuals. */
  readonly wapeRatio: number;
  /** Sum of (median - actual) over the sum of actuals: above 0 where the forecast was too high. */
  readonly biasRatio: number;
}

/** The weighted quantile loss leaves out the lowest level, 0.05. */
const FIRST_SCORED_LEVEL = 1;
const LOWER_INDEX = QUANTILE_LEVELS.indexOf(0.05);
/** Rounding must not decide whether a forecast that equals the actual covers it. */
const ROUNDING_RPS = 1e-9;
const LEAST_SUM_RPS = 1e-12;

/** Where what came lies to the quantiles: at or below that of 0.95, and within those of 0.05 and 0.95. */
export function coverageOf(
  { lowerRps, upperRps }: { readonly lowerRps: number; readonly upperRps: number },
  actualRps: number,
): { readonly isBelow: boolean; readonly isCovered: boolean } {
  const isBelow = actualRps <= upperRps + ROUNDING_RPS;
  return { isBelow, isCovered: isBelow && actualRps >= lowerRps - ROUNDING_RPS };
}

/** The quantiles of 0.05 and 0.95 among those of QUANTILE_LEVELS. */
export function bandOf(quantilesRps: readonly number[]): {
  readonly lowerRps: number;
  readonly upperRps: number;
} {
  return { lowerRps: quantilesRps[LOWER_INDEX], upperRps: quantilesRps[UPPER_INDEX] };
}

export interface AccuracyTally {
  /** One step: quantiles as QUANTILE_LEVELS, and what came. NaN actuals are not scored. */
  add(quantilesRps: readonly number[], actualRps: number): void;
  /** undefined before the first scored pair. */
  scores(): Accuracy | undefined;
}

/** `scaleRps`: the mean absolute one-step change of the history before the first origin (meanOneStepChange). */
export function createAccuracyTally(scaleRps: number): AccuracyTally {
  let pairs = 0;
  let covered = 0;
  let below = 0;
  let within = 0;
  let errorSum = 0;
  let biasSum = 0;
  let actualSum = 0;
  const losses = new Float64Array(QUANTILE_LEVELS.length);
  return {
    add(quantilesRps, actualRps) {
      if (Number.isNaN(actualRps)) return;
      const error = Math.abs(actualRps - quantilesRps[MEDIAN_INDEX]);
      pairs += 1;
      errorSum += error;
      biasSum += quantilesRps[MEDIAN_INDEX] - actualRps;
      actualSum += Math.abs(actualRps);
      addLosses(losses, quantilesRps, actualRps);
      const { isBelow, isCovered } = coverageOf(bandOf(quantilesRps), actualRps);
      if (isBelow) below += 1;
      if (isCovered) covered += 1;
      if (error <= 0.1 * actualRps + ROUNDING_RPS) within += 1;
    },
    scores() {
      if (pairs === 0) return undefined;
      const sum = Math.max(actualSum, LEAST_SUM_RPS);
      const scored = losses.subarray(FIRST_SCORED_LEVEL);
      return {
        maseRatio: errorSum / pairs / scaleRps,
        wqlRatio: (2 * scored.reduce((total, loss) => total + loss, 0)) / scored.length / sum,
        coverage90Ratio: covered / pairs,
        upper95Ratio: below / pairs,
        within10PercentRatio: within / pairs,
        wapeRatio: errorSum / sum,
        biasRatio: biasSum / sum,
      };
    },
  };
}

function addLosses(losses: Float64Array, quantilesRps: readonly number[], actualRps: number): void {
  for (let i = FIRST_SCORED_LEVEL; i < losses.length; i += 1) {
    const difference = actualRps - quantilesRps[i];
    losses[i] += Math.max(QUANTILE_LEVELS[i] * difference, (QUANTILE_LEVELS[i] - 1) * difference);
  }
}

/** Mean absolute change between neighbouring slots that both hold a sample, over the first `slots` slots. NaN for none. */
export function meanOneStepChange(values: SlotValues, slots: number): number {
  let sum = 0;
  let pairs = 0;
  for (let i = 1; i < slots; i += 1) {
    const change = Math.abs(values[i] - values[i - 1]);
    if (Number.isNaN(change)) continue;
    sum += change;
    pairs += 1;
  }
  return sum / pairs;
}
