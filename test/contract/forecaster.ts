import { expect, test } from 'vitest';
import { createRandom } from '../../src/domain/random.ts';
import { QUANTILE_LEVELS } from '../../src/domain/forecast.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import type { Forecaster, ForecastOutcome, ForecastRequest } from '../../src/forecast/forecaster.ts';
import type { Calendar } from '../../src/policy/policy.ts';
import type { ForecastCalendar } from '../../src/forecast/known-events.ts';

const MONDAY_MS = Date.UTC(2026, 5, 1);
const MINUTE = 60;
export const PLAIN_CALENDAR: ForecastCalendar = { timeZone: 'UTC', events: [] };
/** The same as a policy has it. */
export const PLAIN_POLICY_CALENDAR: Calendar = {
  timeZone: 'UTC',
  holidayCountry: null,
  events: [],
  excludedFromTraining: [],
};

export interface SeriesShape {
  readonly days: number;
  readonly stepSeconds?: number;
  readonly startAtMs?: number;
  readonly rate?: (atDays: number, noise: () => number) => number;
}

/** A day-shaped load with noise, the same on every run. */
export function aSeries({
  days,
  stepSeconds = 300,
  startAtMs = MONDAY_MS,
  rate = (atDays, noise) => 100 * (1.5 + Math.sin(2 * Math.PI * atDays)) * (0.9 + 0.2 * noise()),
}: SeriesShape): TimeSeries {
  const noise = createRandom(7);
  const count = Math.round((days * 86_400) / stepSeconds);
  const values = Float64Array.from({ length: count }, (_, i) => rate((i * stepSeconds) / 86_400, noise));
  return { startAtMs, stepSeconds, values };
}

export function aRequest(series: TimeSeries, overrides: Partial<ForecastRequest> = {}): ForecastRequest {
  return { seriesKey: 'shop/checkout', series, horizonSteps: 3, calendar: PLAIN_CALENDAR, ...overrides };
}

function cut(series: TimeSeries, fromSlot: number, toSlot: number): TimeSeries {
  const startAtMs = series.startAtMs + fromSlot * series.stepSeconds * 1000;
  return { ...series, startAtMs, values: series.values.slice(fromSlot, toSlot) };
}

function ask(model: Forecaster, request: ForecastRequest): ForecastOutcome {
  return model.forecast([request])[0];
}

type Made = Extract<ForecastOutcome, { kind: 'forecast' }>;
function made(outcome: ForecastOutcome): Made {
  if (outcome.kind !== 'forecast') throw new Error(`${outcome.reason}: ${outcome.message}`);
  return outcome;
}

function expectSane(outcome: Made, horizonSteps: number): void {
  expect(outcome.meanRps).toHaveLength(horizonSteps);
  expect(outcome.quantilesRps).toHaveLength(horizonSteps);
  expect(outcome.confidenceRatio).toBeGreaterThanOrEqual(0);
  expect(outcome.confidenceRatio).toBeLessThanOrEqual(1);
  for (const row of outcome.quantilesRps) {
    expect(row).toHaveLength(QUANTILE_LEVELS.length);
    expect([...row].sort((a, b) => a - b)).toEqual(row);
    for (const rate of row) expect(Number.isFinite(rate) && rate >= 0).toBe(true);
  }
  for (const rate of outcome.meanRps) expect(Number.isFinite(rate) && rate >= 0).toBe(true);
}

/** What every forecaster that can forecast keeps to. `create` gives a fresh one. */
export function forecasterContract(create: () => Forecaster): void {
  test.each([
    ['1 step of 5 minutes', 300, 1],
    ['15 steps of a minute', MINUTE, 15],
    ['20 steps of 15 seconds', 15, 20],
    ['6 steps of 10 minutes', 600, 6],
    ['2 steps of half an hour', 1800, 2],
    ['6 steps of an hour', 3600, 6],
    ['48 steps of an hour, past the day', 3600, 48],
  ])('forecasts %s: right shape, ascending quantiles, nothing negative', (_, stepSeconds, horizonSteps) => {
    const days = stepSeconds < MINUTE ? 2 : stepSeconds < 1800 ? 5 : 25;
    const series = aSeries({ days, stepSeconds });
    expectSane(made(ask(create(), aRequest(series, { horizonSteps }))), horizonSteps);
  });

  test('what stands after the origin changes nothing: garbage in the same memory is not read', () => {
    const whole = aSeries({ days: 10 });
    const end = 8 * 288 + 17;
    const known = { ...whole, values: whole.values.subarray(0, end) };
    const before = ask(create(), aRequest(known));
    whole.values.fill(1e9, end);
    expect(ask(create(), aRequest(known))).toEqual(before);
  });

  test('past errors do not peek: a jump in the last slot does not move the forecast made before it', () => {
    const model = create();
    const series = aSeries({ days: 10 });
    const early = aRequest(cut(series, 0, series.values.length - 20));
    const before = ask(model, early);
    ask(model, aRequest({ ...series, values: series.values.map((v, i) => (i > 2800 ? 1e6 : v)) }));
    expect(ask(model, early)).toEqual(before);
  });

  test('warm and fresh answer the same at every origin, also after a late correction', () => {
    const series = aSeries({ days: 9.3 });
    const warm = create();
    for (const end of [9 * 288 - 1, 9 * 288, 9 * 288 + 1, 9 * 288 + 40])
      expect(ask(warm, aRequest(cut(series, 0, end)))).toEqual(ask(create(), aRequest(cut(series, 0, end))));
    series.values[9 * 288 - 200] *= 3;
    const corrected = aRequest(cut(series, 0, 9 * 288 + 40));
    expect(ask(warm, corrected)).toEqual(ask(create(), corrected));
  });

  test.each([
    ['midnight', 0],
    ['the instant on Wednesdays, ten past seven, at which it learns', 2 * 86_400 + 7 * 3600 + 600],
  ])(
    'warm and fresh answer the same while a window of ten days slides past %s',
    (_, learningOffsetSeconds) => {
      const series = aSeries({ days: 12 });
      const warm = create();
      const instant = 11 * 288 + ((learningOffsetSeconds / 300) % 288);
      for (const end of [instant - 1, instant, instant + 7]) {
        const request = aRequest(cut(series, end - 2880, end), { learningOffsetSeconds });
        expect(ask(warm, request)).toEqual(ask(create(), request));
      }
    },
  );

  test('a batch is answered as its parts, in order, whatever their keys', () => {
    const requests = [5, 6, 7].map((days, i) =>
      aRequest(aSeries({ days, rate: (at, noise) => 10 ** i * (2 + Math.cos(6.28 * at) + noise()) }), {
        seriesKey: i === 1 ? 'a' : `b${i}`,
      }),
    );
    const apart = requests.map((request) => ask(create(), request));
    expect(create().forecast(requests)).toEqual(apart);
    expect(create().forecast([...requests].reverse())).toEqual([...apart].reverse());
    expect(create().forecast([])).toEqual([]);
  });

  test('two series under one key do not mix', () => {
    const model = create();
    const one = aRequest(aSeries({ days: 5 }));
    const other = aRequest(aSeries({ days: 5, rate: (_, noise) => 3 + noise() }));
    ask(model, one);
    expect(ask(model, other)).toEqual(ask(create(), other));
    expect(ask(model, one)).toEqual(ask(create(), one));
  });

  test('a constant load is forecast as itself', () => {
    const { quantilesRps, meanRps } = made(ask(create(), aRequest(aSeries({ days: 9, rate: () => 42 }))));
    for (const rate of [...quantilesRps.flat(), ...meanRps]) expect(rate).toBeCloseTo(42, 4);
  });

  test('no load at all is forecast as none', () => {
    const { quantilesRps, meanRps } = made(ask(create(), aRequest(aSeries({ days: 9, rate: () => 0 }))));
    expect(new Set([...quantilesRps.flat(), ...meanRps])).toEqual(new Set([0]));
  });

  test('the first requests after days of none are survived', () => {
    const rate = (at: number): number => (at > 8.98 ? 500 : 0);
    expectSane(made(ask(create(), aRequest(aSeries({ days: 9, rate })))), 3);
  });

  test('gaps, negative and infinite samples are no samples: no number is made of them', () => {
    const series = aSeries({ days: 9 });
    const holed = series.values.slice();
    const invalid = series.values.slice();
    for (let i = 5; i < holed.length; i += 1) {
      if (i % 7 !== 0 && !(i > 1000 && i < 1400)) continue;
      holed[i] = Number.NaN;
      invalid[i] = i % 3 === 0 ? -5 : Infinity;
    }
    const outcome = ask(create(), aRequest({ ...series, values: holed }));
    expectSane(made(outcome), 3);
    expect(ask(create(), aRequest({ ...series, values: invalid }))).toEqual(outcome);
  });

  test('slots before the first sample do not matter', () => {
    const series = aSeries({ days: 6, startAtMs: MONDAY_MS + 3_900_000 });
    const padded = new Float64Array(series.values.length + 500).fill(Number.NaN);
    padded.set(series.values, 500);
    const startAtMs = series.startAtMs - 500 * 300_000;
    expect(ask(create(), aRequest({ startAtMs, stepSeconds: 300, values: padded }))).toEqual(
      ask(create(), aRequest(series)),
    );
  });

  test.each([4 ** -8, 1e-4, 1e3, 4 ** 9])(
    'a load %d times as large is forecast as so many times as much',
    (factor) => {
      const series = aSeries({ days: 9 });
      const scaled = { ...series, values: series.values.map((rate) => rate * factor) };
      const plain = made(ask(create(), aRequest(series)));
      const times = made(ask(create(), aRequest(scaled)));
      plain.quantilesRps.flat().forEach((rate, i) => {
        expect(times.quantilesRps.flat()[i] / factor / rate).toBeCloseTo(1, 5);
      });
      expect(times.confidenceRatio).toBeCloseTo(plain.confidenceRatio, 6);
    },
  );

  test('bursts out of idle hours: nothing is foretold beyond one and a half times the largest rate seen', () => {
    const series = aSeries({ days: 9, rate: (_, noise) => (noise() < 0.1 ? 10 ** (4 * noise()) : 0) });
    const largestRps = Math.max(...series.values);
    for (const end of [9 * 288, 9 * 288 - 7, 9 * 288 - 40]) {
      const { quantilesRps, meanRps } = made(ask(create(), aRequest(cut(series, 0, end))));
      expect(Math.max(...meanRps, ...quantilesRps.flat())).toBeLessThanOrEqual(1.5 * largestRps);
    }
  });

  test('a known event multiplies its slots and leaves the others', () => {
    const series = aSeries({ days: 9 });
    const endAtMs = series.startAtMs + 9 * 86_400_000;
    const event = {
      name: 'sale',
      startAtMs: endAtMs + 300_000,
      endAtMs: endAtMs + 600_000,
      arrivalRateMultiplier: 2.5,
    };
    const calendar = { ...PLAIN_CALENDAR, events: [event] };
    const usual = made(ask(create(), aRequest(series)));
    const sale = made(ask(create(), aRequest(series, { calendar })));
    expect(sale.quantilesRps[0]).toEqual(usual.quantilesRps[0]);
    sale.quantilesRps[1].forEach((rate, i) => expect(rate).toBeCloseTo(2.5 * usual.quantilesRps[1][i], 9));
    expect(sale.quantilesRps[2]).toEqual(usual.quantilesRps[2]);
  });

  test('a past event is divided out: what it did does not come back tomorrow', () => {
    const series = aSeries({ days: 9 });
    const startAtMs = series.startAtMs + 8 * 86_400_000;
    const event = { name: 'sale', startAtMs, endAtMs: startAtMs + 3_600_000, arrivalRateMultiplier: 4 };
    const boosted = series.values.map((rate, i) => (i >= 2304 && i < 2316 ? 4 * rate : rate));
    const calendar = { ...PLAIN_CALENDAR, events: [event] };
    const usual = made(ask(create(), aRequest(series)));
    const after = made(ask(create(), aRequest({ ...series, values: boosted }, { calendar })));
    after.quantilesRps.flat().forEach((rate, i) => expect(rate).toBeCloseTo(usual.quantilesRps.flat()[i], 6));
  });

  test.each([0, 1, 5, 12])('%d slots of history are too little, and it says so', (count) => {
    const outcome = ask(create(), aRequest(cut(aSeries({ days: 1 }), 0, count)));
    expect(outcome).toMatchObject({ kind: 'unavailable', reason: 'TooLittleHistory' });
    expect(outcome).toHaveProperty('message', expect.stringMatching(/needs \d+ .*has \d+/));
  });

  test('a history without a single sample is too little', () => {
    const empty = { startAtMs: MONDAY_MS, stepSeconds: 300, values: new Float64Array(3000).fill(Number.NaN) };
    expect(ask(create(), aRequest(empty))).toMatchObject({ kind: 'unavailable', reason: 'TooLittleHistory' });
  });

  test('a step up is noticed: the forecast an hour after it is near the new level', () => {
    const rate = (at: number, noise: () => number): number =>
      (at > 8.95 ? 300 : 100) * (0.95 + 0.1 * noise());
    const { quantilesRps } = made(ask(create(), aRequest(aSeries({ days: 9, rate }))));
    expect(quantilesRps[0][11]).toBeGreaterThan(250);
  });
}
