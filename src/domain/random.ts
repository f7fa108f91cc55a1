/** Uniform numbers in [0, 1) from a seed: the same seed, the same numbers, on every machine. */
export type Random = () => number;

/**
 * The "mulberry32" generator (T. Ettinger, public domain): 32 bits of state, period 2^32, fit for simulation and
 * test data, not for secrets. `seed` is taken modulo 2^32.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
