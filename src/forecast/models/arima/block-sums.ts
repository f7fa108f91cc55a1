import type { RateScale } from '../../scale.ts';

/** Samples per block: as many are added up one by one at each end of a window. */
export const BLOCK_SLOTS = 32;
const FIRST_BLOCKS = 64;

/**
 * Sums over whole blocks of a history that grows: a window of a week is a few hundred numbers instead of ten thousand. Kept
 * from one question to the next; a block is summed once, in order, so that what is kept and what is made anew are the same.
 */
export class BlockSums {
  readonly #scale: RateScale;
  #blocks = 0;
  #sums = new Float64Array(FIRST_BLOCKS);
  #counts = new Uint8Array(FIRST_BLOCKS);
  #changes = new Float64Array(FIRST_BLOCKS);
  /** The newest sample of the blocks; NaN where there is none. */
  readonly #newest = new Float64Array(1).fill(Number.NaN);
  readonly #scaled = new Float64Array(BLOCK_SLOTS);

  constructor(scale: RateScale) {
    this.#scale = scale;
  }

  /** Samples that are summed up. */
  get slots(): number {
    return this.#blocks * BLOCK_SLOTS;
  }

  /** Takes in the whole blocks of `ratesRps` that are new; the others are the ones that it knows. */
  growTo(ratesRps: Float64Array): void {
    for (let end = this.slots + BLOCK_SLOTS; end <= ratesRps.length; end += BLOCK_SLOTS)
      this.#add(ratesRps, end - BLOCK_SLOTS);
  }

  #add(ratesRps: Float64Array, from: number): void {
    if (this.#blocks === this.#sums.length) this.#makeRoom();
    const scaled = this.#scaled;
    this.#scale.writeScaled(ratesRps, from, from + BLOCK_SLOTS, scaled);
    let newest = this.#newest[0];
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
    this.#newest[0] = newest;
    this.#sums[this.#blocks] = sum;
    this.#counts[this.#blocks] = count;
    this.#changes[this.#blocks] = changes;
    this.#blocks += 1;
  }

  #makeRoom(): void {
    const blocks = Math.ceil(1.5 * this.#blocks);
    const [sums, counts, changes] = [
      new Float64Array(blocks),
      new Uint8Array(blocks),
      new Float64Array(blocks),
    ];
    sums.set(this.#sums);
    counts.set(this.#counts);
    changes.set(this.#changes);
    [this.#sums, this.#counts, this.#changes] = [sums, counts, changes];
  }

  /** Adds the sum and the count of the samples in blocks [from, to) to those in `sums`. */
  addTo(sums: Float64Array, from: number, to: number): void {
    let [sum, count] = sums;
    for (let block = from; block < to; block += 1) {
      sum += this.#sums[block];
      count += this.#counts[block];
    }
    sums[0] = sum;
    sums[1] = count;
  }

  /** Sum of the absolute changes from sample to sample in blocks [from, to), the one into the first included. */
  changes(from: number, to: number): number {
    let sum = 0;
    for (let block = from; block < to; block += 1) sum += this.#changes[block];
    return sum;
  }
}
