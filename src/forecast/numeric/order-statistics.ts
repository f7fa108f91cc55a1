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
  if (values.length === 0) return Number.NaN;
  const magnitudes = values.slice();
  let hasNaN = false;
  for (let i = 0; i < values.length; i += 1) {
    magnitudes[i] = Math.abs(values[i]);
    hasNaN ||= values[i] !== values[i];
  }
  if (hasNaN) return quantileOfSorted(magnitudes.sort(), 0.5);
  const below = (values.length - 1) >> 1;
  placeRank(magnitudes, below);
  if (values.length % 2 === 1) return magnitudes[below];
  let above = Infinity;
  for (let i = below + 1; i < magnitudes.length; i += 1) above = Math.min(above, magnitudes[i]);
  return magnitudes[below] + 0.5 * (above - magnitudes[below]);
}

/** The same of values whose indexes are known in ascending order: the largest magnitude stands at one of the ends. */
export function medianOfSortedMagnitudes(values: Float64Array, ascending: ArrayLike<number>): number {
  const count = ascending.length;
  if (count === 0) return Number.NaN;
  let low = 0;
  let high = count - 1;
  let above = Number.NaN;
  let largest = Number.NaN;
  // So many are not above the middle, and the one after it where there are two.
  for (let left = count; left > (count - 1) >> 1; left -= 1) {
    const below = -values[ascending[low]];
    const over = values[ascending[high]];
    above = largest;
    if (below > over) {
      largest = below;
      low += 1;
    } else {
      largest = over;
      high -= 1;
    }
  }
  return count % 2 === 1
    ? Math.abs(largest)
    : Math.abs(largest) + 0.5 * (Math.abs(above) - Math.abs(largest));
}

/** Quickselect (Hoare 1961): the value of rank `rank` comes to its place, none larger before it, none smaller after it. */
function placeRank(values: Float64Array, rank: number): void {
  let from = 0;
  let to = values.length - 1;
  while (from < to) {
    const pivot = values[(from + to) >> 1];
    let left = from;
    let right = to;
    while (left <= right) {
      while (values[left] < pivot) left += 1;
      while (values[right] > pivot) right -= 1;
      if (left > right) break;
      const value = values[left];
      values[left++] = values[right];
      values[right--] = value;
    }
    if (rank <= right) to = right;
    else if (rank >= left) from = left;
    else return;
  }
}
