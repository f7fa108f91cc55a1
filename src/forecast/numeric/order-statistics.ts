/**
 * The quantile of ascending values, linear between neighbours, the least value at level 0 and the largest at 1
 * (Hyndman and Fan 1996, type 7). NaN for no values.
 */
export function quantileOfSorted(sorted: Float64Array, level: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** The median of the absolute values; NaN for no values. */
export function medianOfMagnitudes(values: Float64Array): number {
  return quantileOfSorted(values.map(Math.abs).sort(), 0.5);
}
