import { expect, test } from 'vitest';
import { createDurationHistogram } from '../../../../src/cli/run/duration-histogram.ts';
import { createRandom } from '../../../../src/domain/random.ts';

test('quantiles are those of the sorted durations, within 2.5 %', () => {
  const random = createRandom(7);
  const histogram = createDurationHistogram();
  const seconds = Array.from({ length: 20_000 }, () => 1e-4 * 10 ** (4 * random()));
  for (const one of seconds) histogram.add(one);
  const sorted = seconds.toSorted((a, b) => a - b);
  for (const level of [0.01, 0.5, 0.9, 0.99, 1]) {
    const exact = sorted[Math.ceil(level * sorted.length) - 1];
    expect(Math.abs(histogram.quantileSeconds(level) / exact - 1)).toBeLessThan(0.026);
  }
});

test('nothing, and next to nothing, are no accidents', () => {
  const histogram = createDurationHistogram();
  expect(histogram.quantileSeconds(0.5)).toBe(0);
  histogram.add(0);
  expect(histogram.quantileSeconds(0.5)).toBeLessThan(2e-6);
  histogram.add(1e9);
  expect(histogram.quantileSeconds(1)).toBeGreaterThan(30_000);
});
