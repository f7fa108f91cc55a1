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

/** Two sums of 32 bits over well-mixed (slot, sample) pairs (finaliser constants of MurmurHash3): sums can be subtracted. */
export function digestHistory({ firstSlot, ratesRps }: History): HistoryDigest {
  const words = new Int32Array(ratesRps.buffer, ratesRps.byteOffset, 2 * ratesRps.length);
  const first = new Int32Array(ratesRps.length + 1);
  const second = new Int32Array(ratesRps.length + 1);
  let slotMix = Math.imul(firstSlot, SLOT_MIX);
  let sum = 0;
  let otherSum = 0;
  for (let i = 0; i < ratesRps.length; i += 1) {
    let mixed = Math.imul(words[2 * i] ^ slotMix, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 15) ^ words[2 * i + 1], 0xc2b2ae35);
    mixed ^= mixed >>> 13;
    slotMix = (slotMix + SLOT_MIX) | 0;
    first[i + 1] = sum = (sum + mixed) | 0;
    second[i + 1] = otherSum = (otherSum + Math.imul(mixed, 0x27d4eb2f) + (mixed >>> 16)) | 0;
  }
  return {
    range(fromSlot, toSlot) {
      const from = fromSlot - firstSlot;
      const to = toSlot - firstSlot;
      const high = (second[to] - second[from]) & 0x1f_ffff;
      return high * 4_294_967_296 + ((first[to] - first[from]) >>> 0);
    },
  };
}
