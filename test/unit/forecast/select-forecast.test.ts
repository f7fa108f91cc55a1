import { expect, test } from 'vitest';
import type { ModelName, SkipReason } from '../../../src/domain/forecast.ts';
import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import type { Forecaster, ForecastOutcome } from '../../../src/forecast/forecaster.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { aRequest, aSeries, PLAIN_POLICY_CALENDAR } from '../../contract/forecaster.ts';

const series = aSeries({ days: 1, rate: () => 10 });
const request = (seriesKey: string, models: readonly ModelName[]) => ({
  ...aRequest(series, { seriesKey, horizonSteps: 1 }),
  calendar: PLAIN_POLICY_CALENDAR,
  models,
});

function answering(rate: number, changes: object = {}): ForecastOutcome {
  const row = QUANTILE_LEVELS.map((level) => rate * (0.5 + level));
  return { kind: 'forecast', meanRps: [rate], quantilesRps: [row], confidenceRatio: 0.9, ...changes };
}

/** A model that gives `outcome` for the keys it knows, else "too little history". Tells what it was asked. */
function aModel(name: ModelName, outcomes: Record<string, ForecastOutcome>) {
  const calls: string[][] = [];
  const model: Forecaster = {
    name,
    forecast(requests) {
      calls.push(requests.map(({ seriesKey }) => seriesKey));
      return requests.map(
        ({ seriesKey }) =>
          outcomes[seriesKey] ?? { kind: 'unavailable', reason: 'TooLittleHistory', message: 'needs more' },
      );
    },
  };
  return { model, calls };
}

test('each series gets its first model that answers; each model is asked once for all that are left', () => {
  const arima = aModel('arima', { a: answering(11) });
  const average = aModel('moving-average', { b: answering(12) });
  const naive = aModel('naive', { c: answering(13) });
  const chain = createForecastChain([naive.model, average.model, arima.model]);
  const models = ['arima', 'moving-average'] as const;
  const results = chain.forecast(['a', 'b', 'c'].map((key) => request(key, models)));
  expect(results.map((result) => result.kind === 'forecast' && result.model)).toEqual([
    'arima',
    'moving-average',
    'naive',
  ]);
  expect([arima.calls, average.calls, naive.calls]).toEqual([[['a', 'b', 'c']], [['b', 'c']], [['c']]]);
  expect(results[2].skipped).toEqual(
    models.map((model) => ({ model, reason: 'TooLittleHistory', message: 'needs more' })),
  );
});

test('the result carries origin, step and what the model said', () => {
  const chain = createForecastChain([aModel('naive', { a: answering(10) }).model]);
  expect(chain.forecast([request('a', ['naive'])])[0]).toMatchObject({
    kind: 'forecast',
    model: 'naive',
    skipped: [],
    confidenceRatio: 0.9,
    originAtMs: series.startAtMs + 86_400_000,
    stepSeconds: 300,
    meanRps: [10],
  });
});

test('naive closes the chain once, wherever it was named', () => {
  const naive = aModel('naive', {});
  const average = aModel('moving-average', { a: answering(10) });
  const chain = createForecastChain([naive.model, average.model]);
  const [result] = chain.forecast([request('a', ['naive', 'moving-average'])]);
  expect(result).toMatchObject({ model: 'moving-average' });
  expect(naive.calls).toEqual([]);
});

test('where no model answers, the result lists every one with its reason', () => {
  const chain = createForecastChain([aModel('naive', {}).model]);
  expect(chain.forecast([request('a', ['lstm'])])).toEqual([
    {
      kind: 'unavailable',
      skipped: [
        { model: 'lstm', reason: 'ArtefactMissing', message: 'not part of this build' },
        { model: 'naive', reason: 'TooLittleHistory', message: 'needs more' },
      ],
    },
  ]);
});

test('series with different chains are served in one go', () => {
  const arima = aModel('arima', { a: answering(1), b: answering(2) });
  const average = aModel('moving-average', { a: answering(3), b: answering(4) });
  const chain = createForecastChain([arima.model, average.model]);
  const results = chain.forecast([request('a', ['arima']), request('b', ['moving-average', 'arima'])]);
  expect(results.map((result) => result.kind === 'forecast' && result.meanRps)).toEqual([[1], [4]]);
});

test('a model that throws for one series is skipped for that one, with its message', () => {
  const throwing: Forecaster = {
    name: 'arima',
    forecast(requests) {
      if (requests.some(({ seriesKey }) => seriesKey === 'bad')) throw new RangeError('singular');
      return requests.map(() => answering(5));
    },
  };
  const chain = createForecastChain([throwing, aModel('naive', { bad: answering(7) }).model]);
  const [good, bad] = chain.forecast([request('good', ['arima']), request('bad', ['arima'])]);
  expect(good).toMatchObject({ model: 'arima', skipped: [] });
  expect(bad).toMatchObject({
    model: 'naive',
    skipped: [{ model: 'arima', reason: 'FitFailed', message: 'singular' }],
  });
});

test('a model that loses an answer is skipped', () => {
  const losing: Forecaster = { name: 'arima', forecast: () => [] };
  const chain = createForecastChain([losing, aModel('naive', { a: answering(7) }).model]);
  expect(chain.forecast([request('a', ['arima'])])[0].skipped).toEqual([
    { model: 'arima', reason: 'FitFailed', message: 'arima gave 0 answers to 1 requests' },
  ]);
});

const row = (rates: Partial<Record<number, number>>): number[] =>
  QUANTILE_LEVELS.map((level, i) => rates[i] ?? 10 * (0.5 + level));

test.each<[string, ForecastOutcome, SkipReason]>([
  ['a quantile that is NaN', answering(10, { quantilesRps: [row({ 5: Number.NaN })] }), 'NotFinite'],
  ['an infinite mean', answering(10, { meanRps: [Infinity] }), 'NotFinite'],
  ['a confidence that is NaN', answering(10, { confidenceRatio: Number.NaN }), 'NotFinite'],
  ['a negative quantile', answering(10, { quantilesRps: [row({ 0: -1e-9 })] }), 'OutOfBounds'],
  ['a negative mean', answering(10, { meanRps: [-1] }), 'OutOfBounds'],
  ['a confidence above 1', answering(10, { confidenceRatio: 1.01 }), 'OutOfBounds'],
  ['quantiles that cross', answering(10, { quantilesRps: [row({ 4: 11 })] }), 'OutOfBounds'],
  ['51 times what was ever seen', answering(10, { quantilesRps: [row({ 11: 510 })] }), 'OutOfBounds'],
  ['a mean of 51 times what was ever seen', answering(10, { meanRps: [510] }), 'OutOfBounds'],
  ['a step too few', answering(10, { quantilesRps: [] }), 'FitFailed'],
  ['eleven quantiles', answering(10, { quantilesRps: [row({}).slice(1)] }), 'FitFailed'],
])('%s is not served', (_, outcome, reason) => {
  const chain = createForecastChain([
    aModel('arima', { a: outcome }).model,
    aModel('naive', { a: answering(10) }).model,
  ]);
  expect(chain.forecast([request('a', ['arima'])])[0]).toMatchObject({
    model: 'naive',
    skipped: [{ model: 'arima', reason, message: expect.stringMatching(/^answered /) as string }],
  });
});

test('49 times what was ever seen is served, and more where an event announces it', () => {
  const chain = (rate: number) =>
    createForecastChain([aModel('arima', { a: answering(10, { quantilesRps: [row({ 11: rate })] }) }).model]);
  const plain = request('a', ['arima']);
  const { startAtMs } = series;
  const timing = { kind: 'Once', startAtMs, endAtMs: startAtMs + 1 } as const;
  const event = { name: 'sale', timing, arrivalRateMultiplier: 3 };
  expect(chain(490).forecast([plain])[0].kind).toBe('forecast');
  expect(chain(1400).forecast([plain])[0].kind).toBe('unavailable');
  const announced = { ...plain, calendar: { ...plain.calendar, events: [event] } };
  expect(chain(1400).forecast([announced])[0].kind).toBe('forecast');
});

test('an empty batch is an empty answer', () => {
  expect(createForecastChain([]).forecast([])).toEqual([]);
});
