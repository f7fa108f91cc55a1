import { expect, test } from 'vitest';
import { generatedSeries } from '../../../src/train/generate-series.ts';

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

test('the same seed gives the same series, another seed another', () => {
  expect(generatedSeries(7)).toEqual(generatedSeries(7));
  expect(generatedSeries(7)).not.toEqual(generatedSeries(8));
});

test('rates are whole requests per slot, never negative, gaps are gaps', () => {
  let gaps = 0;
  for (const seed of SEEDS) {
    const { stepSeconds, values } = generatedSeries(seed);
    expect(values.length * stepSeconds).toBeGreaterThan(15 * 86_400);
    for (const rate of values) {
      if (Number.isNaN(rate)) gaps += 1;
      else {
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(Math.abs(rate * stepSeconds - Math.round(rate * stepSeconds))).toBeLessThan(1e-3);
      }
    }
  }
  expect(gaps).toBeGreaterThan(0);
});

test('they are of many kinds: several steps, levels over four decades, smooth and bursty', () => {
  const series = SEEDS.map(generatedSeries);
  expect(new Set(series.map(({ stepSeconds }) => stepSeconds)).size).toBeGreaterThanOrEqual(4);
  const counts = series.map(({ values, stepSeconds }) => {
    const known = [...values].filter((rate) => !Number.isNaN(rate));
    return (stepSeconds * known.reduce((sum, rate) => sum + rate, 0)) / known.length;
  });
  expect(Math.max(...counts) / Math.min(...counts)).toBeGreaterThan(1000);
  const peaks = series.map(
    ({ values }, i) =>
      (Math.max(...values.filter((v) => !Number.isNaN(v))) * series[i].stepSeconds) / counts[i],
  );
  expect(Math.min(...peaks)).toBeLessThan(3);
  expect(Math.max(...peaks)).toBeGreaterThan(6);
});
