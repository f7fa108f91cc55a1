import type { History } from './history.ts';

/**
 * Running digests of a history: whether two histories agree on a range of slots is one comparison. What was computed
 * from a range is kept under the range's digest, so a sample that comes late or is corrected makes exactly that
 * stale which depends on it.
 */
export interface HistoryDigest {
  /** Digest of the slots [fromSlot, toSlot): equal for equal samples in equal slots. */
  range(fromSlot: number, toSlot: number): number;
}

/** 2^32 over the golden ratio: neighbouring slots get distant numbers. */
const SLOT_MIX = 0x9e3779b1 | 0;
/** Sums are kept before every so many slots. */
const BLOCK_SLOTS = 64;

/** `before`: the digest of a history that this one continues; only saves time. */
export function digestHistory(history: History, before?: HistoryDigest): HistoryDigest {
  return new BlockDigest(history, before instanceof BlockDigest ? before : undefined);
}

/** Two sums of 32 bits over well-mixed (slot, sample) pairs (finaliser constants of MurmurHash3): sums can be subtracted. */
class BlockDigest implements HistoryDigest {
  readonly #firstSlot: number;
  readonly #words: Int32Array;
  readonly #wordsPerSlot: number;
  /** Sums before each whole block, two by two. */
  readonly #sums: Int32Array;
  readonly #blocks: number;
  readonly #sum = new Int32Array(2);

  constructor({ firstSlot, ratesRps }: History, before: BlockDigest | undefined) {
    this.#firstSlot = firstSlot;
    this.#wordsPerSlot = ratesRps.BYTES_PER_ELEMENT / Int32Array.BYTES_PER_ELEMENT;
    const words = this.#wordsPerSlot * ratesRps.length;
    this.#words = new Int32Array(ratesRps.buffer, ratesRps.byteOffset, words);
    this.#blocks = Math.floor(ratesRps.length / BLOCK_SLOTS);
    const known = before === undefined ? 0 : before.#blocks;
    // What a history continues is never written again: digests of one history may share their sums.
    this.#sums =
      before !== undefined && 2 * this.#blocks < before.#sums.length ? before.#sums : this.#room(before);
    for (let block = known; block < this.#blocks; block += 1) this.#addBlock(block);
  }

  #room(before: BlockDigest | undefined): Int32Array {
    const sums = new Int32Array(2 * (Math.ceil(1.1 * this.#blocks) + 8));
    if (before !== undefined) sums.set(before.#sums.subarray(0, 2 * before.#blocks + 2));
    return sums;
  }

  #addBlock(block: number): void {
    this.#sum[0] = this.#sums[2 * block];
    this.#sum[1] = this.#sums[2 * block + 1];
    this.#mix(block * BLOCK_SLOTS, (block + 1) * BLOCK_SLOTS);
    this.#sums.set(this.#sum, 2 * block + 2);
  }

  range(fromSlot: number, toSlot: number): number {
    this.#sumBefore(fromSlot - this.#firstSlot);
    const [first, second] = this.#sum;
    this.#sumBefore(toSlot - this.#firstSlot);
    const high = (this.#sum[1] - second) & 0x1f_ffff;
    return high * 4_294_967_296 + ((this.#sum[0] - first) >>> 0);
  }

  #sumBefore(index: number): void {
    const block = Math.min(this.#blocks, Math.floor(index / BLOCK_SLOTS));
    this.#sum[0] = this.#sums[2 * block];
    this.#sum[1] = this.#sums[2 * block + 1];
    this.#mix(block * BLOCK_SLOTS, index);
  }

  /** Adds the slots from `from` to before `to`, counted from the first, to the sum. */
  #mix(from: number, to: number): void {
    const words = this.#words;
    const perSlot = this.#wordsPerSlot;
    let [sum, otherSum] = this.#sum;
    let slotMix = Math.imul(this.#firstSlot + from, SLOT_MIX);
    for (let i = from; i < to; i += 1) {
      let mixed = Math.imul(words[perSlot * i] ^ slotMix, 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 15) ^ words[perSlot * (i + 1) - 1], 0xc2b2ae35);
      mixed ^= mixed >>> 13;
      slotMix = (slotMix + SLOT_MIX) | 0;
      sum = (sum + mixed) | 0;
      otherSum = (otherSum + Math.imul(mixed, 0x27d4eb2f) + (mixed >>> 16)) | 0;
    }
    this.#sum[0] = sum;
    this.#sum[1] = otherSum;
  }
}
