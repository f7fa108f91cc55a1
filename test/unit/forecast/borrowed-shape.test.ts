import { describe, expect, test } from 'vitest';
import { type DayProfile, profileOf } from '../../../src/forecast/day-profile.ts';
import type { ForecastOutcome } from '../../../src/forecast/forecaster.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { createLocalClock } from '../../../src/forecast/local-clock.ts';
import { createEnsemble } from '../../../src/forecast/models/ensemble/ensemble.ts';
import { MEDIAN_INDEX } from '../../../src/domain/forecast.ts';
import { aRequest, aSeries } from '../../contract/forecaster.ts';

const HOUR_SLOTS = 12;
const STEPS = 2 * HOUR_SLOTS;
type Made = Extract<ForecastOutcome, { kind: 'forecast' }>;

/** Ten times as much at night as by day, or the other way round, with 20 % of noise. */
const shaped =
  (phase: number) =>
  (atDays: number, noise: () => number): number =>
    100 * Math.exp(1.15 * Math.sin(2 * Math.PI * (atDays + phase))) * (0.9 + 0.2 * noise());
const lent = profileOf(aSeries({ days: 6, rate: shaped(0) }), createLocalClock('UTC', 300))!;
const unlike = profileOf(aSeries({ days: 6, rate: shaped(0.5) }), createLocalClock('UTC', 300))!;
const lived = aSeries({ days: 3, rate: shaped(0) });

/** The first so many hours. */
function firstHours(hours: number, series: TimeSeries = lived): TimeSeries {
  return { ...series, values: series.values.slice(0, hours * HOUR_SLOTS) };
}

function forecast(series: TimeSeries, borrowedShape?: DayProfile, model = createEnsemble()): Made {
  const [outcome] = model.forecast([aRequest(series, { horizonSteps: STEPS, borrowedShape })]);
  if (outcome.kind !== 'forecast') throw new Error(outcome.message);
  return outcome;
}

/** Mean absolute error of the medians, at every hour from `from` to `to`. */
function meanError(from: number, to: number, borrowed?: DayProfile): number {
  const model = createEnsemble();
  let [sum, count] = [0, 0];
  for (let hours = from; hours < to; hours += 1) {
    const { quantilesRps } = forecast(firstHours(hours), borrowed, model);
    quantilesRps.forEach((row, step) => {
      sum += Math.abs(row[MEDIAN_INDEX] - lived.values[hours * HOUR_SLOTS + step]);
      count += 1;
    });
  }
  return sum / count;
}

describe('a young workload that borrows', () => {
  test('is forecast better by the shape of workloads like it', () => {
    expect(meanError(8, 24, lent)).toBeLessThan(0.85 * meanError(8, 24));
  });

  test('is hardly forecast worse by a shape that it does not share', () => {
    expect(meanError(8, 24, unlike)).toBeLessThan(1.03 * meanError(8, 24));
  });

  test('tells how much the shape counts', () => {
    const { weights } = forecast(firstHours(16), lent);
    expect(weights).toHaveLength(9);
    expect(weights?.at(-1)?.expert).toBe('borrowed-shape');
    expect(weights?.at(-1)?.weightRatio).toBeGreaterThan(0.2);
    const total = weights!.reduce((sum, { weightRatio }) => sum + weightRatio, 0);
    expect(total).toBeCloseTo(1, 6);
  });

  test('a fresh model answers as one that has gone along', () => {
    const model = createEnsemble();
    for (let hours = 6; hours < 20; hours += 1) forecast(firstHours(hours), lent, model);
    expect(forecast(firstHours(20), lent, model)).toEqual(forecast(firstHours(20), lent));
  });

  test('a shape that has come from another thread is the same', () => {
    const model = createEnsemble();
    forecast(firstHours(12), lent, model);
    const again = forecast(firstHours(13), structuredClone(lent), model);
    expect(again).toEqual(forecast(firstHours(13), lent));
  });

  test('another shape is followed from then on, as if it had been there all along', () => {
    const model = createEnsemble();
    forecast(firstHours(12), unlike, model);
    expect(forecast(firstHours(13), lent, model)).toEqual(forecast(firstHours(13), lent));
  });

  test('nothing after the origin matters', () => {
    const whole = Float64Array.from(lived.values);
    whole.fill(1e9, 12 * HOUR_SLOTS);
    const garbled = { ...lived, values: whole.subarray(0, 12 * HOUR_SLOTS) };
    expect(forecast(garbled, lent)).toEqual(forecast(firstHours(12), lent));
  });

  test.each([
    ['gaps', (rate: number, slot: number) => (slot % 7 < 3 ? Number.NaN : rate)],
    ['no load so far', () => 0],
    ['a load that comes and goes', (rate: number, slot: number) => (slot % 24 < 20 ? 0 : rate)],
  ])('with %s: every rate is finite and not negative', (_, altered) => {
    const { quantilesRps } = forecast({ ...lived, values: lived.values.map(altered).slice(0, 400) }, lent);
    for (const row of quantilesRps) for (const rate of row) expect(rate >= 0 && rate < 1e6).toBe(true);
  });
});

describe('nothing is borrowed', () => {
  test.each([
    ['by a workload of more than two days', aSeries({ days: 2.6, rate: shaped(0) })],
    ['by one of a week', aSeries({ days: 7, rate: shaped(0) })],
  ])('%s: its forecast is what it would be without', (_, series) => {
    expect(forecast(series, lent)).toEqual(forecast(series));
  });

  test('and what was borrowed leaves no trace behind', () => {
    const model = createEnsemble();
    for (const hours of [12, 30, 47]) forecast(firstHours(hours), lent, model);
    expect(forecast(firstHours(60), undefined, model)).toEqual(forecast(firstHours(60)));
    expect(forecast(firstHours(60), undefined, model).weights).toHaveLength(8);
  });
});
