import type { SlotValues } from '../../../domain/time-series.ts';
import type { FlashCrowd } from '../../flash-crowds.ts';
import { SECONDS_PER_HOUR } from '../../../domain/clock.ts';
import type { History } from '../../history.ts';
import type { RateScale } from '../../scale.ts';
import { BLOCK_SLOTS, BlockSums } from './block-sums.ts';
import type { HourShapes } from './hour-shapes.ts';

/** A history from a fixed slot on, in the model's scale: all that regressors are made of. */
export interface SeriesView {
  readonly firstSlot: number;
  readonly crowds: readonly FlashCrowd[];
  readonly passedOver: readonly FlashCrowd[];
  /** Scaled rate in `slot`; NaN where there is no sample or the slot is outside. */
  at(slot: number): number;
  /** The newest sample in or before `slot`; that of a rate of 0 where there is none. */
  filledAt(slot: number): number;
  /** Mean of the samples in [fromSlot, toSlot); NaN where there is none. */
  mean(fromSlot: number, toSlot: number): number;
  /** Sum and number of the samples at so many slots an hour apart, the newest of them `slot`, which is not behind the last. */
  hourly(slot: number, hours: number): { readonly sum: number; readonly count: number };
  /** Kept from question to question; undefined where each slot is asked about once. */
  readonly hourShapes?: HourShapes | undefined;
  /** Mean absolute change from slot to slot, gaps filled, over the last `slots` slots before `slot`. */
  meanChange(slot: number, slots: number): number;
}

/** Looks at the samples as it is asked, at most two blocks of them for a mean: for one origin. */
export class DirectView implements SeriesView {
  /** Sum and count of the mean that is made, and samples that are looked at: the same for all views, each answer is made in one go. */
  static readonly #sums = new Float64Array(2);
  static #scaled = new Float64Array(2 * BLOCK_SLOTS);
  readonly firstSlot: number;
  readonly crowds: readonly FlashCrowd[];
  readonly passedOver: readonly FlashCrowd[];
  readonly #rates: SlotValues;
  readonly #scale: RateScale;
  readonly #blocks: BlockSums;
  readonly #hourSlots: number;

  readonly hourShapes: HourShapes | undefined;

  /** `blocks`, `hourShapes`: of this history from its first slot on, in this scale; made anew where none are kept. */
  constructor(history: History, scale: RateScale, blocks = new BlockSums(scale), hourShapes?: HourShapes) {
    this.#scale = scale;
    this.hourShapes = hourShapes;
    this.firstSlot = history.firstSlot;
    this.crowds = history.crowds;
    this.passedOver = history.passedOver;
    this.#rates = history.ratesRps;
    this.#hourSlots = hourSlotsOf(history);
    this.#blocks = blocks;
    blocks.growTo(history.ratesRps);
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
    const from = Math.max(0, fromSlot - this.firstSlot);
    const to = Math.min(this.#rates.length, toSlot - this.firstSlot);
    const sums = DirectView.#sums.fill(0);
    const firstBlock = Math.ceil(from / BLOCK_SLOTS);
    const endBlock = Math.floor(to / BLOCK_SLOTS);
    if (firstBlock >= endBlock) this.#addSamples(from, to);
    else {
      this.#addSamples(from, firstBlock * BLOCK_SLOTS);
      sums[0] += this.#blocks.sum(firstBlock, endBlock);
      sums[1] += this.#blocks.count(firstBlock, endBlock);
      this.#addSamples(endBlock * BLOCK_SLOTS, to);
    }
    return sums[1] > 0 ? sums[0] / sums[1] : Number.NaN;
  }

  /** To the sum and the count, of fewer than two blocks. */
  #addSamples(from: number, to: number): void {
    const scaled = DirectView.#scaled;
    this.#scale.writeScaled(this.#rates, from, to, scaled);
    let sum = 0;
    let count = 0;
    for (let i = 0; i < to - from; i += 1) {
      const value = scaled[i];
      if (value !== value) continue;
      sum += value;
      count += 1;
    }
    DirectView.#sums[0] += sum;
    DirectView.#sums[1] += count;
  }

  hourly(slot: number, hours: number): { readonly sum: number; readonly count: number } {
    const newest = slot - this.firstSlot;
    const known = Math.max(0, Math.min(hours, Math.floor(newest / this.#hourSlots) + 1));
    if (DirectView.#scaled.length < known) DirectView.#scaled = new Float64Array(known);
    const values = DirectView.#scaled;
    for (let i = 0, at = newest; i < known; i += 1, at -= this.#hourSlots) values[i] = this.#rates[at];
    this.#scale.writeScaled(values, 0, known, values);
    let sum = 0;
    let count = 0;
    for (let i = 0; i < known; i += 1) {
      const value = values[i];
      if (value !== value) continue;
      sum += value;
      count += 1;
    }
    return { sum, count };
  }

  meanChange(slot: number, slots: number): number {
    const to = slot - this.firstSlot;
    const from = Math.max(0, to - slots);
    if (to <= from) return 0;
    const firstBlock = Math.ceil(from / BLOCK_SLOTS);
    const endBlock = Math.floor(to / BLOCK_SLOTS);
    if (firstBlock >= endBlock) return this.#changes(from, to) / (to - from);
    const ends = this.#changes(from, firstBlock * BLOCK_SLOTS) + this.#changes(endBlock * BLOCK_SLOTS, to);
    return (ends + this.#blocks.changes(firstBlock, endBlock)) / (to - from);
  }

  /** Sum of the absolute changes into the samples from `from` to before `to`, fewer than two blocks. */
  #changes(from: number, to: number): number {
    const scaled = DirectView.#scaled;
    this.#scale.writeScaled(this.#rates, from, to, scaled);
    let before = to > from ? this.#newestAt(this.firstSlot + from - 1) : Number.NaN;
    let sum = 0;
    for (let i = 0; i < to - from; i += 1) {
      if (scaled[i] !== scaled[i]) continue;
      if (before === before) sum += Math.abs(scaled[i] - before);
      before = scaled[i];
    }
    return sum;
  }
}

function hourSlotsOf({ stepSeconds }: History): number {
  return Math.max(1, Math.round(SECONDS_PER_HOUR / stepSeconds));
}

/** Prefix sums over all of it, so that any mean costs two reads: for a fit, which asks for a hundred thousand means. */
export class SummedView implements SeriesView {
  readonly firstSlot: number;
  readonly crowds: readonly FlashCrowd[];
  readonly passedOver: readonly FlashCrowd[];
  readonly #scaled: Float64Array;
  readonly #filled: Float64Array;
  readonly #sums: Float64Array;
  readonly #counts: Int32Array;
  readonly #changes: Float64Array;
  /** Of a slot and those whole hours before it. */
  readonly #hourlySums: Float64Array;
  readonly #hourlyCounts: Int32Array;
  readonly #hourSlots: number;
  readonly #zero: number;

  /** Of the slots from `firstSlot` to before `endSlot`. */
  constructor(
    history: History,
    scale: RateScale,
    { firstSlot, endSlot }: { firstSlot: number; endSlot: number },
  ) {
    this.firstSlot = firstSlot;
    this.crowds = history.crowds;
    this.passedOver = history.passedOver;
    this.#zero = scale.scaledFromRps(0);
    const rates = history.ratesRps.subarray(firstSlot - history.firstSlot, endSlot - history.firstSlot);
    this.#scaled = new Float64Array(rates.length);
    for (let i = 0; i < rates.length; i += 1) this.#scaled[i] = scale.scaledFromRps(rates[i]);
    this.#filled = new Float64Array(rates.length);
    this.#sums = new Float64Array(rates.length + 1);
    this.#counts = new Int32Array(rates.length + 1);
    this.#changes = new Float64Array(rates.length + 1);
    this.#hourSlots = hourSlotsOf(history);
    this.#hourlySums = new Float64Array(rates.length);
    this.#hourlyCounts = new Int32Array(rates.length);
    this.#sumUp();
    this.#sumUpHourly();
  }

  #sumUpHourly(): void {
    for (let i = 0; i < this.#scaled.length; i += 1) {
      const before = i - this.#hourSlots;
      const value = this.#scaled[i];
      const missing = value !== value;
      this.#hourlySums[i] = (before < 0 ? 0 : this.#hourlySums[before]) + (missing ? 0 : value);
      this.#hourlyCounts[i] = (before < 0 ? 0 : this.#hourlyCounts[before]) + (missing ? 0 : 1);
    }
  }

  hourly(slot: number, hours: number): { readonly sum: number; readonly count: number } {
    const index = slot - this.firstSlot;
    if (index < 0) return { sum: 0, count: 0 };
    const before = index - hours * this.#hourSlots;
    return {
      sum: this.#hourlySums[index] - (before < 0 ? 0 : this.#hourlySums[before]),
      count: this.#hourlyCounts[index] - (before < 0 ? 0 : this.#hourlyCounts[before]),
    };
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
