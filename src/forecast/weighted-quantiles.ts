import { QUANTILE_LEVELS } from '../domain/forecast.ts';
import type { Indexes } from './numeric/argsort.ts';

/**
 * The levels at which to read the past errors so that the next one is below as often as QUANTILE_LEVELS say: it counts as
 * one error more, whose place nobody knows (conformal prediction; Guan 2023 with weights). Hyndman and Fan's type 6
 * where type 5 is read. `errors`: how many there are, near ones in full.
 */
export function conformalLevels(errors: number): readonly number[] {
  return QUANTILE_LEVELS.map((level) => level + (level - 0.5) / errors);
}

/** Numbers of which some count more than others. */
export interface WeightedValues {
  readonly values: Float32Array | Float64Array;
  /** Of the values, above 0. */
  readonly weights: Float64Array;
  readonly weightSum: number;
  /** Indexes of the values, ascending by value. */
  readonly order: Indexes;
}

/**
 * Quantiles of weighted values: the i-th smallest stands for the level in the middle of its weight, linear between, the
 * extremes beyond (Hyndman and Fan's type 5 where the weights are equal). `levels`: ascending.
 */
export function weightedQuantiles(
  { values, weights, weightSum, order }: WeightedValues,
  levels: readonly number[],
): number[] {
  const count = order.length;
  // As long as it will be from the start: one that grows is made anew several times.
  const quantiles = [...levels];
  let at = 0;
  let before = 0;
  let middle = weights[order[0]] / 2;
  let previousMiddle = middle;
  // No closure over what changes: it would make an object of each new number.
  for (let i = 0; i < levels.length; i += 1) {
    const wanted = levels[i] * weightSum;
    while (at < count && middle < wanted) {
      before += weights[order[at]];
      previousMiddle = middle;
      at += 1;
      if (at < count) middle = before + weights[order[at]] / 2;
    }
    const below = values[order[Math.max(0, at - 1)]];
    const above = values[order[Math.min(at, count - 1)]];
    const share = middle > previousMiddle ? (wanted - previousMiddle) / (middle - previousMiddle) : 0;
    quantiles[i] = at === 0 || at === count ? below : below + share * (above - below);
  }
  return quantiles;
}
