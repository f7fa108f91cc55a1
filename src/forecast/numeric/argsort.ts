/** Runs up to this length are sorted by insertion before they are merged. */
const RUN = 12;

/**
 * Indexes of `keys` in ascending order of the keys; equal keys keep their order (bottom-up merge sort, Knuth, TAOCP 3,
 * 5.2.4). On typed arrays throughout: several times as fast as sorting an array of numbers with a comparator. The keys
 * must not be NaN.
 */
export function argsort(keys: Float64Array): Uint16Array | Uint32Array {
  const count = keys.length;
  const make = (): Uint16Array | Uint32Array =>
    count <= 65_536 ? new Uint16Array(count) : new Uint32Array(count);
  let from = make();
  for (let i = 0; i < count; i += 1) from[i] = i;
  for (let low = 0; low < count; low += RUN) insertionSort(keys, from, low, Math.min(low + RUN, count));
  let to = make();
  for (let width = RUN; width < count; width *= 2) {
    for (let low = 0; low < count; low += 2 * width)
      merge(keys, from, to, {
        low,
        middle: Math.min(low + width, count),
        high: Math.min(low + 2 * width, count),
      });
    [from, to] = [to, from];
  }
  return from;
}

type Indexes = Uint16Array | Uint32Array;

function insertionSort(keys: Float64Array, order: Indexes, low: number, high: number): void {
  for (let i = low + 1; i < high; i += 1) {
    const index = order[i];
    const key = keys[index];
    let at = i - 1;
    while (at >= low && keys[order[at]] > key) {
      order[at + 1] = order[at];
      at -= 1;
    }
    order[at + 1] = index;
  }
}

function merge(
  keys: Float64Array,
  from: Indexes,
  to: Indexes,
  { low, middle, high }: { low: number; middle: number; high: number },
): void {
  let left = low;
  let right = middle;
  for (let at = low; at < high; at += 1) {
    const takeLeft = right >= high || (left < middle && keys[from[left]] <= keys[from[right]]);
    to[at] = from[takeLeft ? left : right];
    if (takeLeft) left += 1;
    else right += 1;
  }
}
