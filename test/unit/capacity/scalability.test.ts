import { describe, expect, test } from 'vitest';
import { countSamples } from '../../../src/capacity/count-samples.ts';
import { fitScalability } from '../../../src/capacity/fit-scalability.ts';
import type { MetricName } from '../../../src/domain/metric-name.ts';
import { createRandom } from '../../../src/domain/random.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { gaussian } from '../../simulator/distributions.ts';
import { coverageOf, drawSamples, TRUTHS, type Truth } from '../../simulator/scalability-coverage.ts';

const truth: Truth = {
  rateRps: 200,
  contention: 0.05,
  coherency: 0.001,
  counts: [1, 2, 4, 6, 8, 12, 16, 24, 32],
  slotsPerCount: 8,
  noise: 0,
  outliers: 0,
};
const fitted = (changes: Partial<Truth>, seed = 1) => {
  const fit = fitScalability(drawSamples({ ...truth, ...changes }, seed));
  if (fit.kind === 'refused') throw new Error(fit.message);
  return fit;
};

describe('the fitted law', () => {
  test('without noise it is the truth, to many digits', () => {
    const { rateRps, contention, coherency, peakReplicas } = fitted({});
    expect(rateRps.value).toBeCloseTo(200, 6);
    expect(contention.value).toBeCloseTo(0.05, 8);
    expect(coherency.value).toBeCloseTo(0.001, 8);
    expect(peakReplicas.value).toBeCloseTo(Math.sqrt(950), 4);
  });
  test('outliers of a factor of 3 in 5 % of the slots move it little', () => {
    const clean = fitted({ noise: 0.03 }, 4);
    const spoilt = fitted({ noise: 0.03, outliers: 0.05 }, 4);
    expect(Math.abs(spoilt.contention.value - 0.05)).toBeLessThan(0.02);
    expect(spoilt.rateRps.value / clean.rateRps.value).toBeCloseTo(1, 1);
  });
  test('more noise, wider intervals', () => {
    const width = (noise: number) => {
      const { contention } = fitted({ noise }, 2);
      return contention.upper - contention.lower;
    };
    expect(width(0.1)).toBeGreaterThan(width(0.02));
  });
  // The whole table: npx tsx test/simulator/scalability-coverage.ts
  const representative = TRUTHS.filter(
    ({ noise, outliers, contention }) => noise === 0.05 && outliers === 0 && contention !== 0.02,
  );
  test.each(representative)(
    'contention $contention, coherency $coherency: 95 % intervals hold the truth',
    (one) => {
      const coverage = coverageOf(one, 100);
      // Of 100 draws of a 95 % interval fewer than 89 hold the truth once in 200 times.
      for (const share of [coverage.rate, coverage.contention, coverage.coherency])
        expect(share).toBeGreaterThan(0.88);
      expect(coverage.refused).toBeLessThan(8);
    },
  );
  test('no coefficient is negative, nor an interval’s end, where the truth is at the border', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const { contention, coherency } = fitted({ contention: 0, coherency: 0, noise: 0.05 }, seed);
      for (const { value, lower, upper } of [contention, coherency]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeGreaterThanOrEqual(lower);
      }
    }
  });
});

describe('what the data cannot tell is refused', () => {
  test.each([
    ['NarrowRange', { counts: [10, 12, 14, 16, 19] }],
    ['NarrowRange', { counts: [7] }],
    ['TooFewCounts', { counts: [2, 8] }],
    ['TooFewSamples', { counts: [1, 2, 4], slotsPerCount: 2 }],
    ['TooNoisy', { counts: [1, 2, 3], slotsPerCount: 4, noise: 0.9 }],
  ])('%s: %o', (reason, changes) => {
    expect(fitScalability(drawSamples({ ...truth, ...changes }, 3))).toMatchObject({
      kind: 'refused',
      reason,
    });
  });
  test('the largest count exactly twice the smallest is enough', () => {
    expect(fitted({ counts: [8, 10, 12, 14, 16], noise: 0.001 }).samples).toBe(40);
  });
  test('replicas that do more the more there are', () => {
    const samples = drawSamples({ ...truth, contention: 0, coherency: 0, noise: 0.02 }, 1);
    const rising = samples.map((one) => ({ ...one, rateRps: one.rateRps * one.replicas ** 0.3 }));
    expect(fitScalability(rising)).toMatchObject({ kind: 'refused', reason: 'RisesWithReplicas' });
  });
});

describe('what a recording tells of capacity', () => {
  const random = createRandom(9);
  const COUNTS = Array.from({ length: 400 }, (_, i) => 1 + (Math.floor(i / 10) % 20));
  const series = (values: readonly number[]): TimeSeries => ({
    startAtMs: 0,
    stepSeconds: 60,
    values: Float64Array.from(values),
  });
  const capacity = COUNTS.map((n) => (200 * n) / (1 + 0.04 * (n - 1) + 0.0008 * n * (n - 1)));
  const noisy = (values: readonly number[]) => values.map((value) => value * (1 + 0.03 * gaussian(random)));
  const used = COUNTS.map((_, i) => 0.3 + 0.5 * Math.abs(Math.sin(i / 7)));
  const followed = noisy(capacity.map((most, i) => most * used[i]));
  const lawOf = (columns: Partial<Record<MetricName, readonly number[]>>, isSaturated = false) => {
    const all = Object.entries({ replicas: COUNTS, ...columns }).map(([name, values]) => [
      name,
      series(values),
    ]);
    const counted = countSamples(Object.fromEntries(all) as Record<MetricName, TimeSeries>, isSaturated);
    return counted.kind === 'refused' ? counted : fitScalability(counted.samples);
  };
  test.each([
    ['CPU in use', { throughput: followed, cpuUtilization: used }, false],
    [
      'more arrivals than were served',
      { throughput: noisy(capacity), arrivalRate: capacity.map((x) => 2 * x) },
      false,
    ],
    ['the word that it is a load test', { throughput: noisy(capacity), arrivalRate: capacity }, true],
  ])('from %s', (_, columns, isSaturated) => {
    const fit = lawOf(columns, isSaturated);
    if (fit.kind === 'refused') throw new Error(fit.message);
    expect(fit.rateRps.value / 200).toBeCloseTo(1, 1);
    expect(Math.abs(fit.contention.value - 0.04)).toBeLessThan(0.02);
    expect(fit.coherency.lower).toBeLessThanOrEqual(0.0008);
    expect(fit.coherency.upper).toBeGreaterThanOrEqual(0.0008);
  });
  test('from busy servers, whatever the load', () => {
    const perServer = capacity.map((most, i) => most / COUNTS[i] / 8);
    const busySlots = followed.map((rps, i) => rps / perServer[i]);
    const fit = lawOf({ throughput: noisy(followed), busySlots });
    if (fit.kind === 'refused') throw new Error(fit.message);
    expect(fit.rateRps.value / 25).toBeCloseTo(1, 1);
  });
  test('throughput that follows the demand, noise and all, tells nothing', () => {
    expect(lawOf({ throughput: noisy(followed), arrivalRate: followed })).toMatchObject({
      kind: 'refused',
      reason: 'NeverSaturated',
    });
  });
  test('slots in which replicas came or went are left out', () => {
    const replicas = COUNTS.map((n, i) => (i % 3 === 0 ? n + 0.5 : n));
    const fit = lawOf({ replicas, throughput: followed, cpuUtilization: used });
    expect(fit).toMatchObject({ kind: 'fitted', samples: 400 - Math.ceil(400 / 3) });
  });
  test.each([['NoThroughput', {}]])('%s', (reason, columns) =>
    expect(lawOf(columns)).toMatchObject({ kind: 'refused', reason }),
  );
});
