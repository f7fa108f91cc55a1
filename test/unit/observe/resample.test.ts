import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resample } from '../../../src/observe/resample.ts';

const NOON_MS = Date.UTC(2025, 6, 22, 12);
const GAP = Number.NaN;

function series(startAtMs: number, ...values: number[]) {
  return { startAtMs, stepSeconds: 60, values: Float64Array.from(values) };
}

describe('five-minute buckets from minutes', () => {
  test.each([
    ['whole buckets are means', { startAtMs: NOON_MS, minutes: [1, 2, 3, 4, 5, 6, 6, 6, 6, 6] }, [3, 6]],
    ['three of five are enough', { startAtMs: NOON_MS, minutes: [1, GAP, 3, GAP, 5] }, [3]],
    ['two of five are not', { startAtMs: NOON_MS, minutes: [1, GAP, GAP, GAP, 5] }, [GAP]],
    ['a zero counts', { startAtMs: NOON_MS, minutes: [0, 0, 0, GAP, GAP] }, [0]],
    [
      'buckets lie on the clock, not on the first slot',
      { startAtMs: NOON_MS + 120_000, minutes: [3, 4, 5, 6, 6, 6] },
      [4, 6],
    ],
    [
      'a cut-off bucket with too little is no sample',
      { startAtMs: NOON_MS + 180_000, minutes: [4, 5, 6, 6, 6] },
      [GAP, 6],
    ],
  ])('%s', (_what, { startAtMs, minutes }, means) => {
    expect(resample(series(startAtMs, ...minutes), 300)).toEqual({
      startAtMs: NOON_MS,
      stepSeconds: 300,
      values: Float64Array.from(means),
    });
  });
});

test('at its own step, at a finer one, and without a slot, a series stays as it is', () => {
  const minutes = series(NOON_MS, 1, 2);
  expect(resample(minutes, 60)).toBe(minutes);
  expect(resample(minutes, 15)).toBe(minutes);
  const none = series(NOON_MS);
  expect(resample(none, 300)).toBe(none);
});

test('a phase moves the buckets, so that slots off the clock are not cut', () => {
  const shifted = series(NOON_MS + 53_000, 1, 2, 3, 4);
  expect(resample(shifted, 120, 53_000)).toEqual({
    startAtMs: NOON_MS + 53_000,
    stepSeconds: 120,
    values: Float64Array.of(1.5, 3.5),
  });
});

test('property: a bucket lies between the least and the greatest of its slots, and sums are kept where none is missing', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.constantFrom(2, 3, 5, 15, 60), (slots, perBucket) => {
      const buckets = resample(series(NOON_MS, ...slots), perBucket * 60).values;
      buckets.forEach((mean, bucket) => {
        const own = slots.slice(bucket * perBucket, (bucket + 1) * perBucket);
        expect(mean).toBeGreaterThanOrEqual(Math.min(...own) * (1 - 1e-12));
        expect(mean).toBeLessThanOrEqual(Math.max(...own) * (1 + 1e-12));
      });
      const total = slots.reduce((sum, value) => sum + value, 0);
      const resampled = [...buckets].reduce((sum, value) => sum + value, 0) * perBucket;
      expect(Math.abs(resampled - total)).toBeLessThanOrEqual(1e-9 * total);
    }),
  );
});
