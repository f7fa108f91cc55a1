import type { SlotValues } from '../../../domain/time-series.ts';
import type { RateScale } from '../../scale.ts';

/** Samples per block: as many are added up one by one at each end of a window. */
export const BLOCK_SLOTS = 64;
const FIRST_BLOCKS = 8;
const GROWTH = 1.125;

/**
 * Sums of the whole blocks of a history that grows, 9 bytes a block: a window of a week is 160 numbers instead of ten thousand.
 * Kept from one question to the next; blocks are summed once, in order, so that what is kept and what is made anew are the same.
 */
export class BlockSums {
  /** Of the block that is added: the same for all, as nothing is added meanwhile. */
  static readonly #scaled = new Float64Array(BLOCK_SLOTS);
  readonly #scale: RateScale;
  #blocks = 0;
  /** Of each block: the sum of its samples, how many they are, the sum of the absolute changes into them. */
  #sums = new Float32Array(FIRST_BLOCKS);
  #counts = new Uint8Array(FIRST_BLOCKS);
  #changes = new Float32Array(FIRST_BLOCKS);
  /** The newest sample of the blocks; NaN where there is none. */
  #newest = Number.NaN;

  constructor(scale: RateScale) {
    this.#scale = scale;
  }

  /** Samples that are summed up. */
  get slots(): number {
    return this.#blocks * BLOCK_SLOTS;
  }

  /** Takes in the whole blocks of `ratesRps` that are new; the others are the ones that it knows. */
  growTo(ratesRps: SlotValues): void {
    for (let end = this.slots + BLOCK_SLOTS; end <= ratesRps.length; end += BLOCK_SLOTS)
      this.#add(ratesRps, end - BLOCK_SLOTS);
  }

  #add(ratesRps: SlotValues, from: number): void {
    const block = this.#blocks;
    if (block === this.#sums.length) this.#makeRoom();
    const scaled = BlockSums.#scaled;
    this.#scale.writeScaled(ratesRps, from, from + BLOCK_SLOTS, scaled);
    let newest = this.#newest;
    let sum = 0;
    let count = 0;
    let changes = 0;
    for (let i = 0; i < BLOCK_SLOTS; i += 1) {
      const value = scaled[i];
      if (value !== value) continue;
      sum += value;
      count += 1;
      if (newest === newest) changes += Math.abs(value - newest);
      newest = value;
    }
    this.#newest = newest;
    this.#sums[block] = sum;
    this.#counts[block] = count;
    this.#changes[block] = changes;
    this.#blocks += 1;
  }

  #makeRoom(): void {
    const length = Math.ceil(GROWTH * this.#sums.length) + 1;
    const [sums, counts, changes] = [
      new Float32Array(length),
      new Uint8Array(length),
      new Float32Array(length),
    ];
    sums.set(this.#sums);
    counts.set(this.#counts);
    changes.set(this.#changes);
    [this.#sums, this.#counts, this.#changes] = [sums, counts, changes];
  }

  /** Of the samples in blocks [from, to). */
  sum(from: number, to: number): number {
    return sumOf(this.#sums, from, to);
  }

  /** How many samples are in blocks [from, to). */
  count(from: number, to: number): number {
    let count = 0;
    for (let block = from; block < to; block += 1) count += this.#counts[block];
    return count;
  }

  /** Sum of the absolute changes from sample to sample in blocks [from, to), the one into the first included. */
  changes(from: number, to: number): number {
    return sumOf(this.#changes, from, to);
  }
}

function sumOf(numbers: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let block = from; block < to; block += 1) sum += numbers[block];
  return sum;
}
