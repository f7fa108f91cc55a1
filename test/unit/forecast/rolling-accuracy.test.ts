import { describe, expect, test } from 'vitest';
import { driftOf, type ForecastAccuracy } from '../../../src/domain/forecast-accuracy.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { createRollingAccuracy } from '../../../src/forecast/rolling-accuracy.ts';
import { aForecast } from '../../builders/forecast.ts';
import { NOW_MS } from '../../builders/observation.ts';

const MINUTE_MS = 60_000;

/** A history of minutes that ends `values.length` minutes after NOW_MS - 1 minute. */
function aHistory(values: readonly number[]): TimeSeries {
  return { startAtMs: NOW_MS - MINUTE_MS, stepSeconds: 60, values: Float64Array.from(values) };
}

/** A forecast of `medianRps` at each minute, then what came; `actual(i)` is the rate of minute i. */
function scored(
  minutes: number,
  medianRps: (minute: number) => number,
  actual: (minute: number) => number,
): ForecastAccuracy | undefined {
  const score = createRollingAccuracy();
  const values = [100];
  for (let minute = 0; minute <= minutes; minute += 1) {
    const originAtMs = NOW_MS + minute * MINUTE_MS;
    const result = aForecast(
      Array.from({ length: 15 }, () => medianRps(minute)),
      { originAtMs },
    );
    score.forecast(aHistory(values), result);
    values.push(actual(minute));
  }
  return score.accuracy();
}

describe('the rolling score of a workload', () => {
  test('nothing is said before anything has come', () => {
    expect(
      scored(
        0,
        () => 100,
        () => 100,
      ),
    ).toBeUndefined();
  });

  test('a forecast 5 % too high: error and bias of 5 %, everything within its quantiles', () => {
    const accuracy = scored(
      300,
      () => 105,
      () => 100,
    );
    expect(accuracy?.absoluteErrorRatio).toBeCloseTo(0.05, 9);
    expect(accuracy?.biasRatio).toBeCloseTo(0.05, 9);
    expect(accuracy?.coverage90Ratio).toBe(1);
    // Half-life of six hours: 300 minutes count as some 228.
    expect(accuracy?.slots).toBeGreaterThan(200);
    expect(accuracy?.slots).toBeLessThan(300);
  });

  test('too low counts as negative bias, and as a miss above', () => {
    const accuracy = scored(
      120,
      () => 80,
      () => 100,
    );
    expect(accuracy?.biasRatio).toBeCloseTo(-0.2, 9);
    expect(accuracy?.upper95Ratio).toBe(0);
  });

  test('what is newer weighs more: after a day of misses and a day without, the misses are all but forgotten', () => {
    const accuracy = scored(
      2880,
      (minute) => (minute < 1440 ? 50 : 100),
      () => 100,
    );
    expect(accuracy?.upper95Ratio).toBeGreaterThan(0.9);
  });

  test('a slot without a sample is not scored', () => {
    const accuracy = scored(
      120,
      () => 100,
      (minute) => (minute % 2 === 0 ? Number.NaN : 100),
    );
    expect(accuracy?.absoluteErrorRatio).toBe(0);
    expect(accuracy?.slots).toBeLessThan(70);
  });

  test('half the error of "all stays as it is" says 0.5', () => {
    // The newest known rate is always 20 away from what comes next, the forecast 10.
    const score = createRollingAccuracy();
    const values = [100];
    for (let minute = 0; minute < 60; minute += 1) {
      const next = minute % 2 === 0 ? 120 : 100;
      const originAtMs = NOW_MS + minute * MINUTE_MS;
      score.forecast(aHistory(values), aForecast([next - 10], { originAtMs }));
      values.push(next);
    }
    expect(score.accuracy()?.toNaiveRatio).toBeCloseTo(0.5, 9);
  });
});

describe('drift', () => {
  const good: ForecastAccuracy = {
    slots: 200,
    absoluteErrorRatio: 0.1,
    biasRatio: 0,
    coverage90Ratio: 0.9,
    upper95Ratio: 0.95,
    toNaiveRatio: 0.7,
  };
  test.each([
    ['all as promised', {}, undefined],
    ['a bad hour in the window', { upper95Ratio: 0.85, coverage90Ratio: 0.8 }, undefined],
    ['bad, on hardly any slots', { slots: 20, upper95Ratio: 0.2 }, undefined],
    ['nothing moved', { toNaiveRatio: undefined }, undefined],
    [
      'above the upper quantile',
      { upper95Ratio: 0.71 },
      'only 71 % of the last 200 slots were at or below its 0.95 quantile',
    ],
    [
      'outside the quantiles',
      { coverage90Ratio: 0.6 },
      'only 60 % of the last 200 slots were between its 0.05 and 0.95 quantiles',
    ],
    ['worse than naive', { toNaiveRatio: 1.5 }, 'its errors were 1.50 times those of "all stays as it is"'],
  ])('%s', (_, changes, expected) => {
    expect(driftOf({ ...good, ...changes } as ForecastAccuracy)).toBe(expected);
  });
});
