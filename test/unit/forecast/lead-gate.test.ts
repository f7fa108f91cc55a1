import { describe, expect, test } from 'vitest';
import { type Forecast, type ForecastResult, QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { createLeadGate } from '../../../src/forecast/lead-gate.ts';
import { aForecast, NO_FORECAST } from '../../builders/forecast.ts';

/** Steps of ten minutes: a day is 144 of them. */
const STEP_SECONDS = 600;
const DAY_SLOTS = 144;
const STEPS = 4;
const DECISION_STEPS = 3;
const START_AT_MS = Date.UTC(2026, 0, 5);

/** A load that stands at 100 requests per second and at 400 from 8 to 16 h, with 5 % of noise. */
function dailyLoad(days: number): Float64Array {
  const random = createRandom(3);
  return Float64Array.from({ length: days * DAY_SLOTS }, (_, slot) => {
    const hour = (slot % DAY_SLOTS) / 6;
    return (hour >= 8 && hour < 16 ? 400 : 100) * (0.95 + 0.1 * random());
  });
}

type Named = (slot: number, rates: Float64Array) => number;

/** At each slot a forecast that is certain of what `named` says of each of its steps; what was made of it. */
function led(rates: Float64Array, named: Named, model: Forecast['model'] = 'arima'): ForecastResult[] {
  const gate = createLeadGate();
  return Array.from({ length: rates.length - STEPS }, (_, slot) => {
    const history = { startAtMs: START_AT_MS, stepSeconds: STEP_SECONDS, values: rates.subarray(0, slot) };
    const path = Array.from({ length: STEPS }, (_, step) => named(slot + step, rates));
    const made = aForecast(path, {
      model,
      originAtMs: START_AT_MS + slot * STEP_SECONDS * 1000,
      stepSeconds: STEP_SECONDS,
      quantilesRps: path.map((rate) => QUANTILE_LEVELS.map(() => rate)),
    });
    return gate.lead(history, made, DECISION_STEPS);
  });
}

function leaders(results: readonly ForecastResult[]): readonly string[] {
  return results.map((result) => (result.kind === 'forecast' ? result.model : 'none'));
}

const rates = dailyLoad(8);
const truth: Named = (slot) => rates[slot];
const threefold: Named = (slot) => 3 * rates[slot];
/** Two hours late in the morning and in the evening. */
const late: Named = (slot) => rates[Math.max(0, slot - 12)];

describe('a model leads only while its decisions are cheaper than those of the same time before', () => {
  test('one that knows what comes always leads', () => {
    expect(new Set(leaders(led(rates, truth)))).toEqual(new Set(['arima']));
  });

  test.each([
    ['one that names three times what comes', threefold],
    ['one that names nothing', () => 0],
    ['one that is two hours late, twice a day', late],
  ])('%s gives the lead away, and says why', (_, named) => {
    const results = led(rates, named);
    const [last] = results.slice(-1);
    expect(last).toMatchObject({ kind: 'forecast', model: 'seasonal-naive' });
    expect((last as Forecast).skipped).toEqual([
      {
        model: 'arima',
        reason: 'NotBetter',
        message: expect.stringMatching(/^its decisions cost \d+\.\d\d times those of the same time before$/),
      },
    ]);
  });

  test('one that was wrong for one hour in a week has shown nothing yet, and keeps the lead', () => {
    const once: Named = (slot) => (slot >= 5 * DAY_SLOTS && slot < 5 * DAY_SLOTS + 6 ? 0 : rates[slot]);
    expect(new Set(leaders(led(rates, once)))).toEqual(new Set(['arima']));
  });

  test('one that has room for crowds leads again once the plain plan, which costs half, has missed two', () => {
    const crowds = [5 * DAY_SLOTS + 20, 6 * DAY_SLOTS + 30];
    const crowded = rates.map((rate, slot) => (crowds.includes(slot) ? 1.5 * rate : rate));
    const models = leaders(led(crowded, (slot) => 1.6 * rates[slot]));
    expect(models[crowds[0] - STEPS]).toBe('seasonal-naive');
    expect(models.at(-1)).toBe('arima');
  });

  test('nobody takes the lead before a day, 60 outcomes to learn from and 60 to judge are known', () => {
    const first = leaders(led(rates, threefold)).indexOf('seasonal-naive');
    expect(first).toBeGreaterThanOrEqual(DAY_SLOTS + 120);
    expect(first).toBeLessThan(DAY_SLOTS + 120 + 2 * DECISION_STEPS + 2);
  });

  test('a model that is good again has the lead again', () => {
    const models = leaders(led(rates, (slot) => (slot < 3 * DAY_SLOTS ? 1.3 : 1) * rates[slot]));
    expect(models[3 * DAY_SLOTS - STEPS]).toBe('seasonal-naive');
    expect(models.at(-1)).toBe('arima');
  });

  test('it changes hands twice at most where the model is as good as the plain plan from some day on', () => {
    const yesterday: Named = (slot) =>
      slot < 2.5 * DAY_SLOTS ? 3 * rates[slot] : 1.1 * rates[slot - DAY_SLOTS];
    const models = leaders(led(rates, yesterday));
    const changes = models.filter((model, i) => i > 0 && model !== models[i - 1]);
    expect(changes.length).toBeLessThanOrEqual(2);
  });
});

describe('the plain plan', () => {
  const results = led(rates, threefold).filter(
    (result): result is Forecast => result.kind === 'forecast' && result.model === 'seasonal-naive',
  );

  test('has quantiles that ascend and hold: 90 to 99.9 % of what comes is at or below its 0.95', () => {
    let held = 0;
    let all = 0;
    for (const { originAtMs, quantilesRps } of results) {
      const slot = (originAtMs - START_AT_MS) / (STEP_SECONDS * 1000);
      const highest = Math.max(...rates.subarray(slot, slot + DECISION_STEPS));
      const named = Math.max(...quantilesRps.slice(0, DECISION_STEPS).map((row) => row[10]));
      held += highest <= named ? 1 : 0;
      all += 1;
      for (const row of quantilesRps) expect([...row].sort((a, b) => a - b)).toEqual(row);
    }
    expect(held / all).toBeGreaterThan(0.9);
    expect(held / all).toBeLessThan(0.999);
  });

  test('is as sure as its own past says', () => {
    expect(results.at(-1)!.confidenceRatio).toBeGreaterThan(0.85);
    expect(results.at(-1)!.confidenceRatio).toBeLessThan(1);
  });
});

describe('what is not judged', () => {
  test('a chain that has come down to seasonal-naive itself', () => {
    const results = led(rates, threefold, 'seasonal-naive');
    expect(results.every((result) => result.kind === 'forecast' && result.skipped.length === 0)).toBe(true);
  });

  test('no forecast stays none', () => {
    const history = { startAtMs: START_AT_MS, stepSeconds: STEP_SECONDS, values: rates };
    expect(createLeadGate().lead(history, NO_FORECAST, DECISION_STEPS)).toBe(NO_FORECAST);
  });

  test('hours that were not measured: a model is not dearer for what nobody saw', () => {
    const gaps = rates.map((rate, slot) => (slot >= DAY_SLOTS + 100 ? Number.NaN : rate));
    expect(new Set(leaders(led(gaps, threefold)))).toEqual(new Set(['arima']));
  });
});
