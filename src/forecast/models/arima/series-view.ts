import { endSlotOf, type History } from '../../history.ts';
import { scaledFromRps } from '../../scale.ts';

/**
 * A history from a fixed slot on in the model's scale, with prefix sums, so that any mean costs two reads. Where it
 * begins is part of what it answers (to the last bit), so each fit has its own, which begins at the same slot for
 * whoever makes it.
 */
export class SeriesView {
  readonly firstSlot: number;
  readonly endSlot: number;
  /** Scaled rate by slot - firstSlot; NaN: no sample. */
  readonly scaled: Float64Array;
  /** The same with gaps filled by the sample before; 0 before the first. */
  readonly filled: Float64Array;
  readonly #sums: Float64Array;
  readonly #counts: Int32Array;
  readonly #changes: Float64Array;

  constructor(history: History, firstSlot: number) {
    this.firstSlot = firstSlot;
    this.endSlot = endSlotOf(history);
    const rates = history.ratesRps.subarray(firstSlot - history.firstSlot);
    const length = rates.length;
    this.scaled = new Float64Array(length);
    this.filled = new Float64Array(length);
    this.#sums = new Float64Array(length + 1);
    this.#counts = new Int32Array(length + 1);
    this.#changes = new Float64Array(length + 1);
    let last = 0;
    for (let i = 0; i < length; i += 1) {
      const value = scaledFromRps(rates[i]);
      const missing = value !== value;
      const before = i === 0 && !missing ? value : last;
      this.scaled[i] = value;
      if (!missing) last = value;
      this.filled[i] = last;
      this.#sums[i + 1] = this.#sums[i] + (missing ? 0 : value);
      this.#counts[i + 1] = this.#counts[i] + (missing ? 0 : 1);
      this.#changes[i + 1] = this.#changes[i] + Math.abs(last - before);
    }
  }

  /** Scaled rate in `slot`; NaN where there is no sample or the slot is outside. */
  at(slot: number): number {
    const index = slot - this.firstSlot;
    return index >= 0 && index < this.scaled.length ? this.scaled[index] : Number.NaN;
  }

  /** The newest sample in or before `slot`; 0 where there is none. */
  filledAt(slot: number): number {
    return slot < this.firstSlot ? (this.filled[0] ?? 0) : this.filled[slot - this.firstSlot];
  }

  /** Mean of the samples in [fromSlot, toSlot); NaN where there is none. */
  mean(fromSlot: number, toSlot: number): number {
    const from = Math.max(0, fromSlot - this.firstSlot);
    const to = Math.min(this.scaled.length, toSlot - this.firstSlot);
    if (to <= from) return Number.NaN;
    const count = this.#counts[to] - this.#counts[from];
    return count > 0 ? (this.#sums[to] - this.#sums[from]) / count : Number.NaN;
  }

  /** Samples in [fromSlot, toSlot). */
  samplesIn(fromSlot: number, toSlot: number): number {
    const from = Math.max(0, fromSlot - this.firstSlot);
    const to = Math.min(this.scaled.length, toSlot - this.firstSlot);
    return to > from ? this.#counts[to] - this.#counts[from] : 0;
  }

  /** Mean absolute change from slot to slot over the last `slots` slots before `slot`. */
  meanChange(slot: number, slots: number): number {
    const to = slot - this.firstSlot;
    const from = Math.max(0, to - slots);
    return to > from ? (this.#changes[to] - this.#changes[from]) / (to - from) : 0;
  }
}
