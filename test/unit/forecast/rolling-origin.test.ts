import { expect, test } from 'vitest';
import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { meanOneStepChange } from '../../../src/forecast/accuracy.ts';
import type { Forecaster } from '../../../src/forecast/forecaster.ts';
import { evaluateRolling, rollingOrigins } from '../../../src/forecast/rolling-origin.ts';
import { PLAIN_POLICY_CALENDAR } from '../../contract/forecaster.ts';

const planOf = (values: readonly number[], overrides = {}) => ({
  series: { startAtMs: 0, stepSeconds: 300, values: Float64Array.from(values) },
  horizonSteps: 2,
  strideSlots: 3,
  lookbackSlots: Infinity,
  calendar: PLAIN_POLICY_CALENDAR,
  ...overrides,
});
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Forecasts the newest value for every quantile, and remembers what it was shown. */
function aWitness(): Forecaster & { readonly seen: number[][] } {
  const seen: number[][] = [];
  return {
    name: 'arima',
    seen,
    forecast: (requests) =>
      requests.map(({ series, horizonSteps }) => {
        seen.push([...series.values]);
        const row = QUANTILE_LEVELS.map(() => series.values.at(-1)!);
        const steps = Array.from({ length: horizonSteps }, () => row);
        return { kind: 'forecast', meanRps: steps.map(() => 0), quantilesRps: steps, confidenceRatio: 1 };
      }),
  };
}

const depsOf = (model: Forecaster) => {
  let nowMs = 0;
  return {
    models: [model],
    chain: ['arima'] as const,
    names: ['auto', 'arima', 'lstm'] as const,
    monotonicMs: () => (nowMs += 500),
  };
};

test('origins: from two thirds on (rounded up), a stride apart, while a slot follows', () => {
  expect(rollingOrigins(planOf(upTo(20)))).toEqual([14, 17]);
  expect(rollingOrigins(planOf(upTo(21)))).toEqual([14, 17, 20]);
});

test('an origin with nothing recorded in its horizon does not count', () => {
  const values = upTo(21).map((value) => (value >= 17 && value < 19 ? Number.NaN : value));
  expect(rollingOrigins(planOf(values))).toEqual([14, 20]);
});

test('a model sees what is before the origin and no more, once per origin', () => {
  const witness = aWitness();
  evaluateRolling(planOf(upTo(20)), depsOf(witness));
  expect(witness.seen).toEqual([upTo(14), upTo(17)]);
});

test('a model sees seven digits, as a controller keeps them, and is scored by all that were recorded', () => {
  const values = upTo(20).map((value) => 0.1 + value / 1e8);
  const witness = aWitness();
  const { models } = evaluateRolling(planOf(values), depsOf(witness));
  const kept = values.map(Math.fround);
  expect(witness.seen).toEqual([kept.slice(0, 14), kept.slice(0, 17)]);
  const misses = [14, 15, 17, 18].map((slot) => Math.abs(values[slot] - kept[slot < 17 ? 13 : 16]));
  const meanMiss = misses.reduce((sum, miss) => sum + miss, 0) / misses.length;
  expect(models.get('arima')!.maseRatio).toBeCloseTo(meanMiss / 1e-8, 6);
});

test('a lookback cuts what it sees', () => {
  const witness = aWitness();
  evaluateRolling(planOf(upTo(20), { lookbackSlots: 3 }), depsOf(witness));
  expect(witness.seen).toEqual([
    [11, 12, 13],
    [14, 15, 16],
  ]);
});

test('scores: auto is the chain, a model without a forecaster is unavailable everywhere', () => {
  const { origins, models } = evaluateRolling(planOf(upTo(20)), depsOf(aWitness()));
  expect(origins).toBe(2);
  expect([...models.keys()]).toEqual(['auto', 'arima', 'lstm']);
  // Newest value 13: misses 14 and 15 by 1 and 2; 16: 17 and 18 by the same. The one-step change is 1.
  expect(models.get('arima')).toMatchObject({
    maseRatio: 1.5,
    wapeRatio: 6 / 64,
    coverage90Ratio: 0,
    unavailableRatio: 0,
  });
  expect(models.get('auto')).toMatchObject({ maseRatio: 1.5, forecastSecondsP50: 0.5 });
  const { maseRatio, unavailableRatio } = models.get('lstm')!;
  expect([maseRatio, unavailableRatio]).toEqual([undefined, 1]);
});

test('steps past the end of the recording, and missing ones, are not scored', () => {
  const values = [...upTo(20), Number.NaN];
  const { models } = evaluateRolling(planOf(values, { strideSlots: 5 }), depsOf(aWitness()));
  // Origin 14 misses 14 and 15 by 1 and 2; origin 19 misses 19 by 1, and slot 20 holds nothing.
  expect(models.get('arima')!.maseRatio).toBeCloseTo(4 / 3, 12);
});

test('the one-step change skips gaps and what is after the first origin', () => {
  expect(meanOneStepChange(Float64Array.of(1, 3, Number.NaN, 10, 11, 99), 5)).toBe(1.5);
  expect(meanOneStepChange(Float64Array.of(1), 1)).toBeNaN();
});

test('whoever is asked is told what is known beside the rates', () => {
  const live = { metrics: {}, rolloutsAtMs: [900_000] };
  const told: unknown[] = [];
  const witness = aWitness();
  const model: Forecaster = {
    name: 'arima',
    forecast(requests) {
      told.push(...requests.map((request) => request.live));
      return witness.forecast(requests);
    },
  };
  evaluateRolling(planOf(upTo(20), { live }), depsOf(model));
  expect(told).toEqual([live, live]);
});
