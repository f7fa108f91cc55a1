import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ModelName } from '../../../src/domain/forecast.ts';
import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { createModels } from '../../../src/forecast/create-models.ts';
import { digestHistory } from '../../../src/forecast/history-digest.ts';
import { weightedQuantiles } from '../../../src/forecast/weighted-quantiles.ts';
import { argsort } from '../../../src/forecast/numeric/argsort.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { PLAIN_POLICY_CALENDAR } from '../../contract/forecaster.ts';

const rate = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 1000, noNaN: true }) },
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -3, Infinity, 1e-300, 1e12) },
);

const network = await shippedNetwork();

test('whatever the history, the chain serves something sane or says why not, and never throws', () => {
  const chain = createForecastChain(createModels(network));
  const models: ModelName[] = ['lstm', 'arima', 'moving-average'];
  fc.assert(
    fc.property(
      fc.array(rate, { maxLength: 400, size: 'max' }),
      fc.constantFrom(15, 60, 300, 600, 3600, 86_400),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 2_000_000 }),
      (values, stepSeconds, horizonSteps, startSlot) => {
        const series = {
          startAtMs: startSlot * stepSeconds * 1000 + 53_000,
          stepSeconds,
          values: Float64Array.from(values),
        };
        const request = { seriesKey: 'any', series, horizonSteps, calendar: PLAIN_POLICY_CALENDAR, models };
        const [result] = chain.forecast([request]);
        if (result.kind === 'unavailable') {
          expect(result.skipped.map(({ model }) => model)).toEqual([...models, 'naive']);
          return;
        }
        expect(result.quantilesRps).toHaveLength(horizonSteps);
        for (const row of result.quantilesRps) {
          expect(row.every((value, i) => Number.isFinite(value) && value >= (i === 0 ? 0 : row[i - 1]))).toBe(
            true,
          );
        }
        expect(result.confidenceRatio >= 0 && result.confidenceRatio <= 1).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('weighted quantiles ascend and stay within the values', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.double({ min: -1e6, max: 1e6, noNaN: true }),
          fc.double({ min: 1e-6, max: 1, noNaN: true }),
        ),
        {
          minLength: 1,
          maxLength: 60,
        },
      ),
      (pairs) => {
        const values = Float64Array.from(pairs, ([value]) => value);
        const weights = Float64Array.from(pairs, ([, weight]) => weight);
        const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
        const quantiles = weightedQuantiles(
          { values, weights, weightSum, order: argsort(values) },
          QUANTILE_LEVELS,
        );
        expect([...quantiles].sort((a, b) => a - b)).toEqual(quantiles);
        expect(quantiles[0]).toBeGreaterThanOrEqual(Math.min(...values));
        expect(quantiles.at(-1)).toBeLessThanOrEqual(Math.max(...values));
      },
    ),
  );
});

test('argsort sorts any numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 300 }), (keys) => {
      const sorted = [...argsort(Float64Array.from(keys))].map((index) => keys[index]);
      expect(sorted.every((key, i) => i === 0 || sorted[i - 1] <= key)).toBe(true);
      expect(new Set(argsort(Float64Array.from(keys))).size).toBe(keys.length);
    }),
  );
});

test('digests: equal slots and samples agree wherever the history begins; one other sample does not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 50 }),
      fc.nat(),
      fc.nat(),
      (values, cut, changed) => {
        const history = (first: number, samples: readonly number[]) => ({
          stepSeconds: 60,
          slotsPerDay: 1440,
          offsetSlots: 0,
          firstSlot: 1000 + first,
          ratesRps: Float64Array.from(samples),
          largestRps: Math.max(...samples),
          crowds: [],
          passedOver: [],
        });
        const from = cut % (values.length - 1);
        const end = 1000 + values.length;
        const whole = digestHistory(history(0, values)).range(1000 + from, end);
        expect(digestHistory(history(from, values.slice(from))).range(1000 + from, end)).toBe(whole);
        const at = from + (changed % (values.length - from));
        const other = values.map((value, i) => (i === at ? value + 1 : value));
        expect(digestHistory(history(0, other)).range(1000 + from, end)).not.toBe(whole);
      },
    ),
  );
});
