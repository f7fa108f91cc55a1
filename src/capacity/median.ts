/** The median; the mean of the middle two of an even number. NaN for no values. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A normal sample's standard deviation from its median distance to its centre. */
const NORMAL_RATIO = 1.482602218505602;

/** Spread around 0 that outliers do not move; equals the standard deviation for normal values. */
export function robustSpread(residuals: readonly number[]): number {
  return NORMAL_RATIO * median(residuals.map(Math.abs));
}
