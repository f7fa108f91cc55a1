import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { MEDIAN_INDEX, QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { ARIMA_LOOKBACK_SECONDS, createArima } from '../../../src/forecast/models/arima/arima.ts';
import { fitSlotFor, fitSlotsBetween } from '../../../src/forecast/models/arima/fit-schedule.ts';
import { createLocalClock } from '../../../src/forecast/local-clock.ts';
import { aRequest, aSeries, PLAIN_CALENDAR } from '../../contract/forecaster.ts';

function forecastOf(series: TimeSeries, overrides: Parameters<typeof aRequest>[1] = {}) {
  const [outcome] = createArima().forecast([aRequest(series, overrides)]);
  if (outcome.kind !== 'forecast') throw new Error(outcome.message);
  return outcome;
}

describe('what it learns', () => {
  test('a daily shape: an hour before the peak it forecasts the rise', () => {
    const rate = (at: number): number => 100 + 80 * Math.sin(2 * Math.PI * at);
    const series = aSeries({ days: 9.125, stepSeconds: 600, rate });
    const { quantilesRps } = forecastOf(series, { horizonSteps: 6 });
    quantilesRps.forEach((row, step) => {
      const truth = rate(9.125 + (step * 600) / 86_400);
      expect(row[MEDIAN_INDEX] / truth).toBeCloseTo(1, 2);
    });
  });

  test('a weekly shape: Monday morning is not Sunday morning', () => {
    const rate = (at: number, noise: () => number): number =>
      (Math.floor(at) % 7 >= 5 ? 20 : 100) * (1.2 + Math.sin(2 * Math.PI * at)) * (0.95 + 0.1 * noise());
    const { quantilesRps } = forecastOf(aSeries({ days: 28, stepSeconds: 3600, rate }), { horizonSteps: 4 });
    // The series begins on a Monday, so day 28 is one; the last known hour is a Sunday's.
    for (const row of quantilesRps) expect(row[MEDIAN_INDEX]).toBeGreaterThan(85);
  });

  test('noise as of Poisson counts: quantiles and confidence hold what they promise', () => {
    const random = createRandom(11);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const mean = (at: number): number => 100 + 60 * Math.sin(2 * Math.PI * at);
    const whole = aSeries({ days: 20, rate: (at) => mean(at) + Math.sqrt(mean(at)) * normal() });
    const model = createArima();
    const below = QUANTILE_LEVELS.map(() => 0);
    let confidence = 0;
    let held = 0;
    let origins = 0;
    for (let end = 10 * 288; end < 19.9 * 288; end += 3, origins += 1) {
      const [outcome] = model.forecast([aRequest({ ...whole, values: whole.values.subarray(0, end) })]);
      if (outcome.kind !== 'forecast') throw new Error(outcome.message);
      const { quantilesRps, confidenceRatio } = outcome;
      quantilesRps[2].forEach((rate, i) => (below[i] += whole.values[end + 2] <= rate ? 1 : 0));
      confidence += confidenceRatio;
      const highest = Math.max(...whole.values.subarray(end, end + 3));
      held += highest <= Math.max(...quantilesRps.map((row) => row[10])) ? 1 : 0;
    }
    // 950 origins: one standard error of a share is at most 0.016.
    below.forEach((count, i) => expect(Math.abs(count / origins - QUANTILE_LEVELS[i])).toBeLessThan(0.04));
    expect(Math.abs(confidence - held) / origins).toBeLessThan(0.03);
  });

  test.each([2, 3, 4, 6])('a steady rate that dipped once, %i slots ago, has not gone', (slotsAgo) => {
    // A request more every 12.6 minutes: the regression learns the pattern, with coefficients that a dip is too much for.
    const more = (slot: number): number =>
      Math.floor(((slot + 1) * 5) / 12.6) - Math.floor((slot * 5) / 12.6);
    const rate = (at: number): number => 3.2667 + 0.0033 * more(Math.round(at * 288));
    const steady = aSeries({ days: 0.8, stepSeconds: 300, rate });
    steady.values[steady.values.length - slotsAgo] = 2.6167;
    const quarterMean = (2.6167 + 3.2667 + 3.27) / 3;
    for (const row of forecastOf(steady).quantilesRps) {
      expect(row[MEDIAN_INDEX]).toBeGreaterThan(quarterMean - 0.02);
      expect(row[MEDIAN_INDEX]).toBeLessThan(3.29);
    }
  });

  test('a load that is heard of for two hours only', () => {
    const { quantilesRps } = forecastOf(
      aSeries({ days: 1 / 12, stepSeconds: 60, rate: (_, noise) => 50 + noise() }),
    );
    expect(quantilesRps[0][MEDIAN_INDEX]).toBeCloseTo(50.5, 0);
  });
});

describe('public holidays', () => {
  const THURSDAY_MS = Date.UTC(2026, 3, 2);
  const calendar = { ...PLAIN_CALENDAR, holidayCountry: 'DE' };
  // Closed on Sundays and on holidays: Good Friday, Easter Monday, Labour Day, Ascension, Whit Monday.
  const closed = new Set([1, 4, 29, 42, 53].map((day) => day));
  const rate = (at: number, noise: () => number): number => {
    const isClosed = closed.has(Math.floor(at)) || Math.floor(at) % 7 === 3;
    const isOpen = !isClosed && at % 1 > 8 / 24 && at % 1 < 20 / 24;
    return (isOpen ? 200 : 40) * (0.95 + 0.1 * noise());
  };
  /** The forecast at 7:30 of the day, for 8:00 on. */
  const expectedAt = (day: number, overrides: object): number => {
    const series = aSeries({ days: day + 7.75 / 24, stepSeconds: 900, startAtMs: THURSDAY_MS, rate });
    return forecastOf(series, { horizonSteps: 4, ...overrides }).quantilesRps[3][MEDIAN_INDEX];
  };

  test('the fifth that is seen is expected to be like those before', () => {
    expect(expectedAt(53, { calendar })).toBeLessThan(90);
    expect(expectedAt(53, {})).toBeGreaterThan(120);
  });

  test('a week after a holiday the day is a usual one', () => {
    expect(expectedAt(49, { calendar })).toBeGreaterThan(expectedAt(49, {}));
    expect(expectedAt(49, { calendar })).toBeGreaterThan(180);
  });

  test('without history of a week they change nothing', () => {
    expect(expectedAt(5, { calendar })).toBe(expectedAt(5, {}));
  });
});

describe('what it promises of history', () => {
  test.each([300, 3600])('at %d s, history beyond its lookback changes nothing', (stepSeconds) => {
    const lookbackDays = Math.ceil(ARIMA_LOOKBACK_SECONDS / 86_400) + 1;
    const long = aSeries({ days: lookbackDays + 11.4, stepSeconds });
    const cutSlots = Math.floor((10.7 * 86_400) / stepSeconds);
    const startAtMs = long.startAtMs + cutSlots * stepSeconds * 1000;
    expect(forecastOf({ ...long, startAtMs, values: long.values.slice(cutSlots) })).toEqual(forecastOf(long));
  });

  test('too many gaps to fit: it says so', () => {
    const series = aSeries({ days: 3 });
    series.values.forEach((_, i) => (series.values[i] = i % 40 === 0 ? 10 : Number.NaN));
    expect(createArima().forecast([aRequest(series)])[0]).toMatchObject({
      kind: 'unavailable',
      reason: 'TooManyGaps',
    });
  });
});

describe('when it is fitted', () => {
  const MINUTES = 1440;
  test.each([
    ['nothing before an hour of slots', 0, 59, undefined],
    ['at the quarter while it is young', 0, 100, 90],
    ['at the full hour from six hours on', 0, 6 * 60 + 59, 6 * 60],
    ['every six hours from a day and a half on', 0, 2 * MINUTES + 719, 2 * MINUTES + 360],
    ['at midnight from six days on', 0, 7 * MINUTES + 1439, 7 * MINUTES],
    ['counted from the first slot', 600, 600 + 6 * MINUTES, 6 * MINUTES + 360],
  ])('%s', (_, firstSlot, slot, expected) => {
    expect(fitSlotFor({ firstSlot, stepSeconds: 60, offsetSlots: 0 }, slot)).toBe(expected);
  });

  test.each([
    ['at the quarter', 100, 97],
    ['at the full hour', 6 * 60 + 59, 6 * 60 + 7],
    ['once a day', 7 * MINUTES + 1439, 7 * MINUTES + 3 * 60 + 7],
  ])('%s, as much later as the series has its offset, which may be days', (_, slot, expected) => {
    const history = { firstSlot: 0, stepSeconds: 60, offsetSlots: 4 * MINUTES + 3 * 60 + 7 };
    expect(fitSlotFor(history, slot)).toBe(expected);
    expect(fitSlotsBetween(history, expected - 1, slot)).toEqual([expected]);
  });
});

describe('local time', () => {
  const slotAt = (iso: string): number => Date.parse(iso) / 3_600_000;
  test.each([
    ['UTC', '2026-06-01T00:00:00Z', 0],
    ['Europe/Berlin', '2026-01-15T12:00:00Z', 1],
    ['Europe/Berlin', '2026-03-29T00:00:00Z', 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 2],
    ['America/New_York', '2026-07-01T00:00:00Z', -4],
  ])('%s at %s is %d hours from UTC', (timeZone, iso, hours) => {
    expect(createLocalClock(timeZone, 3600).offsetSlots(slotAt(iso))).toBe(hours);
  });

  test('zones that are not whole hours away', () => {
    expect(createLocalClock('Asia/Kolkata', 900).offsetSlots(slotAt('2026-06-01T00:00:00Z') * 4)).toBe(22);
  });

  test('after a clock change the day is where the local clock says', () => {
    const startAtMs = Date.UTC(2026, 2, 9);
    const hourOfDay = (at: number): number => ((at - Math.floor(at)) * 24 + (at < 20 + 1 / 24 ? 1 : 2)) % 24;
    // Berlin's clocks go forward on 29 March, 01:00 UTC: day 20 of the series. Work begins at eight, local time.
    const rate = (at: number, noise: () => number): number =>
      (hourOfDay(at) >= 8 && hourOfDay(at) < 18 ? 500 : 50) * (0.97 + 0.06 * noise());
    const series = aSeries({ days: 20 + 6 / 24, stepSeconds: 3600, startAtMs, rate });
    const calendar = { ...PLAIN_CALENDAR, timeZone: 'Europe/Berlin' };
    const medians = (overrides: object): number =>
      forecastOf(series, { horizonSteps: 2, ...overrides }).quantilesRps[0][MEDIAN_INDEX];
    expect(medians({ calendar })).toBeGreaterThan(400);
    expect(medians({})).toBeLessThan(200);
  });
});
