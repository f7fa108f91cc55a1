import type { History } from '../../history.ts';
import type { RateScale } from '../../scale.ts';

/** A history from a fixed slot on, in the model's scale: all that regressors are made of. */
export interface SeriesView {
  readonly firstSlot: number;
  /** Scaled rate in `slot`; NaN where there is no sample or the slot is outside. */
  at(slot: number): number;
  /** The newest sample in or before `slot`; that of a rate of 0 where there is none. */
  filledAt(slot: number): number;
  /** Mean of the samples in [fromSlot, toSlot); NaN where there is none. */
  mean(fromSlot: number, toSlot: number): number;
  /** Mean absolute change from slot to slot, gaps filled, over the last `slots` slots before `slot`. */
  meanChange(slot: number, slots: number): number;
}

/** Looks at the samples as it is asked: for one origin, which needs a few thousand of them. */
export class DirectView implements SeriesView {
  readonly firstSlot: number;
  readonly #rates: Float64Array;
  readonly #scale: RateScale;

  constructor(history: History, scale: RateScale, firstSlot: number) {
    this.#scale = scale;
    this.firstSlot = firstSlot;
    this.#rates = history.ratesRps.subarray(firstSlot - history.firstSlot);
  }

  at(slot: number): number {
    const index = slot - this.firstSlot;
    return index >= 0 && index < this.#rates.length
      ? this.#scale.scaledFromRps(this.#rates[index])
      : Number.NaN;
  }

  filledAt(slot: number): number {
    const newest = this.#newestAt(slot);
    return newest === newest ? newest : this.#scale.scaledFromRps(0);
  }

  #newestAt(slot: number): number {
    for (let index = slot - this.firstSlot; index >= 0; index -= 1)
      if (!Number.isNaN(this.#rates[index])) return this.#scale.scaledFromRps(this.#rates[index]);
    return Number.NaN;
  }

  mean(fromSlot: number, toSlot: number): number {
    const to = Math.min(this.#rates.length, toSlot - this.firstSlot);
    let sum = 0;
    let count = 0;
    for (let index = Math.max(0, fromSlot - this.firstSlot); index < to; index += 1) {
      const value = this.#scale.scaledFromRps(this.#rates[index]);
      if (value !== value) continue;
      sum += value;
      count += 1;
    }
    return count > 0 ? sum / count : Number.NaN;
  }

  meanChange(slot: number, slots: number): number {
    const to = slot - this.firstSlot;
    const from = Math.max(0, to - slots);
    if (to <= from) return 0;
    let before = this.#newestAt(this.firstSlot + from - 1);
    let sum = 0;
    for (let index = from; index < to; index += 1) {
      const value = this.#scale.scaledFromRps(this.#rates[index]);
      if (value !== value) continue;
      if (before === before) sum += Math.abs(value - before);
      before = value;
    }
    return sum / (to - from);
  }
}

/** Prefix sums over all of it, so that any mean costs two reads: for a fit, which asks for a hundred thousand means. */
export class SummedView implements SeriesView {
  readonly firstSlot: number;
  readonly #scaled: Float64Array;
  readonly #filled: Float64Array;
  readonly #sums: Float64Array;
  readonly #counts: Int32Array;
  readonly #changes: Float64Array;
  readonly #zero: number;

  /** Of the slots from `firstSlot` to before `endSlot`. */
  constructor(
    history: History,
    scale: RateScale,
    { firstSlot, endSlot }: { firstSlot: number; endSlot: number },
  ) {
    this.firstSlot = firstSlot;
    this.#zero = scale.scaledFromRps(0);
    const rates = history.ratesRps.subarray(firstSlot - history.firstSlot, endSlot - history.firstSlot);
    this.#scaled = rates.map(scale.scaledFromRps);
    this.#filled = new Float64Array(rates.length);
    this.#sums = new Float64Array(rates.length + 1);
    this.#counts = new Int32Array(rates.length + 1);
    this.#changes = new Float64Array(rates.length + 1);
    this.#sumUp();
  }

  #sumUp(): void {
    let newest = Number.NaN;
    for (let i = 0; i < this.#scaled.length; i += 1) {
      const value = this.#scaled[i];
      const missing = value !== value;
      const change = missing || newest !== newest ? 0 : Math.abs(value - newest);
      if (!missing) newest = value;
      this.#filled[i] = newest === newest ? newest : this.#zero;
      this.#sums[i + 1] = this.#sums[i] + (missing ? 0 : value);
      this.#counts[i + 1] = this.#counts[i] + (missing ? 0 : 1);
      this.#changes[i + 1] = this.#changes[i] + change;
    }
  }

  at(slot: number): number {
    const index = slot - this.firstSlot;
    return index >= 0 && index < this.#scaled.length ? this.#scaled[index] : Number.NaN;
  }

  filledAt(slot: number): number {
    return slot < this.firstSlot ? this.#zero : this.#filled[slot - this.firstSlot];
  }

  mean(fromSlot: number, toSlot: number): number {
    const from = Math.max(0, fromSlot - this.firstSlot);
    const to = Math.min(this.#scaled.length, toSlot - this.firstSlot);
    if (to <= from) return Number.NaN;
    const count = this.#counts[to] - this.#counts[from];
    return count > 0 ? (this.#sums[to] - this.#sums[from]) / count : Number.NaN;
  }

  /** The largest sample in [fromSlot, toSlot), which must lie inside; that of a rate of 0 where there is none. */
  largestIn(fromSlot: number, toSlot: number): number {
    let largest = this.#zero;
    for (let index = fromSlot - this.firstSlot; index < toSlot - this.firstSlot; index += 1)
      if (this.#scaled[index] > largest) largest = this.#scaled[index];
    return largest;
  }

  meanChange(slot: number, slots: number): number {
    const to = slot - this.firstSlot;
    const from = Math.max(0, to - slots);
    return to > from ? (this.#changes[to] - this.#changes[from]) / (to - from) : 0;
  }
}
