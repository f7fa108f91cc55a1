import { describe, expect, test } from 'vitest';
import { rankAmong, rankKeys } from '../../../src/forecast/pool-ranking.ts';

describe('ranks among past origins', () => {
  test.each([
    ['of different keys', [3, 1, 2], [213, 43, 128], 2],
    ['of equal keys are shared', [5, 5, 1], [170, 170, 43], 5],
    ['of one key are in the middle', [7], [128], 7],
  ])('%s', (_, keys, ranks, median) => {
    const written = new Uint8Array(keys.length);
    expect(rankKeys(Float64Array.from(keys), undefined, written)).toBe(median);
    expect([...written]).toEqual(ranks);
  });

  test('a key that is no number has a rank too: nothing loops for ever', () => {
    const ranks = new Uint8Array(4);
    rankKeys(Float64Array.of(1, Number.NaN, 2, Number.NaN), undefined, ranks);
    expect(Math.min(...ranks)).toBeGreaterThan(0);
  });

  test('a value is told between those below and those up to it', () => {
    expect(rankAmong(Float32Array.of(1, 2, 2, 3), 2)).toBe(128);
    expect(rankAmong(Float32Array.of(1, 2, 2, 3), 9)).toBe(255);
    expect(rankAmong(Float32Array.of(1, 2, 2, 3), 0)).toBe(0);
  });
});
