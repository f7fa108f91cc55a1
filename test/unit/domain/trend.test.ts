import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeTrend, resampleTrend, type TrendRow } from '../../../src/domain/trend.ts';

const spread = (value: number) => ({ min: value, max: value, last: value });
/** A row of five minutes in which nothing moved. */
function rowAt(index: number, rps: number | null, replicas = 4): TrendRow {
  return {
    atMs: index * 300_000,
    decisions: 20,
    arrivalRateRps: rps === null ? null : { ...spread(rps), sum: 20 * rps, count: 20 },
    currentReplicas: spread(replicas),
    readyReplicas: spread(replicas),
    recommendedReplicas: rps === null ? null : spread(replicas),
    sloViolationProbability: rps === null ? null : rps / 1000,
  };
}

test('an hour of rows keeps the peak, the dip, the last and the mean', () => {
  const rates = [100, 900, 40, 60, null, 70, 80, 90, 100, 110, 120, 130];
  const [hour, ...more] = resampleTrend(
    rates.map((rps, index) => rowAt(index, rps, index)),
    3600,
  );
  expect(more).toEqual([]);
  expect(hour).toMatchObject({
    atMs: 0,
    decisions: 240,
    arrivalRateRps: { min: 40, max: 900, last: 130, count: 220 },
    currentReplicas: { min: 0, max: 11, last: 11 },
    sloViolationProbability: 0.9,
  });
  expect(hour.arrivalRateRps!.sum / hour.arrivalRateRps!.count).toBeCloseTo(1800 / 11, 9);
});

test('stretches begin at whole multiples of the step, and one without a row is not there', () => {
  const rows = [rowAt(11, 1), rowAt(12, 2), rowAt(40, 3)];
  expect(resampleTrend(rows, 3600).map(({ atMs }) => atMs)).toEqual([0, 3_600_000, 10_800_000]);
});

test('where nothing was measured there is null, not zero', () => {
  const both = mergeTrend(rowAt(0, null), rowAt(1, null));
  expect(both).toMatchObject({
    arrivalRateRps: null,
    recommendedReplicas: null,
    sloViolationProbability: null,
  });
});

test('put together twice or at once is the same', () => {
  const rate = fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null });
  fc.assert(
    fc.property(fc.array(rate, { minLength: 1, maxLength: 100 }), (rates) => {
      const rows = rates.map((rps, index) => rowAt(index, rps));
      expect(resampleTrend(resampleTrend(rows, 900), 7200)).toEqual(resampleTrend(rows, 7200));
    }),
  );
});
