import { QUANTILE_LEVELS } from '../domain/forecast.ts';

/**
 * The levels at which to read the past errors so that the next one is below as often as QUANTILE_LEVELS say: it counts as
 * one error more, whose place nobody knows (conformal prediction; Guan 2023 with weights). Hyndman and Fan's type 6
 * where type 5 is read. `errors`: how many there are, near ones in full.
 */
export function conformalLevels(errors: number): readonly number[] {
  return QUANTILE_LEVELS.map((level) => level + (level - 0.5) / errors);
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
