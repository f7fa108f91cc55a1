import { expect, test } from 'vitest';
import { MEDIAN_INDEX } from '../../../src/domain/forecast.ts';
import { createModels, DEFAULT_CHAIN } from '../../../src/forecast/create-models.ts';
import { defaultHorizonSteps } from '../../../src/forecast/default-horizon.ts';
import type { Forecaster } from '../../../src/forecast/forecaster.ts';
import { createMovingAverage } from '../../../src/forecast/models/moving-average/moving-average.ts';
import { createNaive } from '../../../src/forecast/models/naive/naive.ts';
import { createSeasonalNaive } from '../../../src/forecast/models/seasonal-naive/seasonal-naive.ts';
import { aRequest, aSeries } from '../../contract/forecaster.ts';

/** The medians of a model whose past errors are all zero: the rule itself. */
function ruleOf(model: Forecaster, days: number, rate: (at: number) => number): number[] {
  const [outcome] = model.forecast([
    aRequest(aSeries({ days, rate, stepSeconds: 3600 }), { horizonSteps: 3 }),
  ]);
  if (outcome.kind !== 'forecast') throw new Error(outcome.message);
  return outcome.quantilesRps.map((row) => row[MEDIAN_INDEX]);
}

const hour = (at: number): number => Math.round((at - Math.floor(at)) * 24);
const daily = (at: number): number => 10 + hour(at);
const weekly = (at: number): number => daily(at) + 100 * (Math.floor(at) % 7);

test('seasonal naive repeats the day that never changes', () => {
  ruleOf(createSeasonalNaive(), 5, daily).forEach((rate, step) => expect(rate).toBeCloseTo(10 + step, 5));
});

test('with three weeks behind it, it repeats the week', () => {
  ruleOf(createSeasonalNaive(), 56, weekly).forEach((rate, step) => expect(rate).toBeCloseTo(10 + step, 3));
});

test('less than a day is too little for the seasonal model', () => {
  const [outcome] = createSeasonalNaive().forecast([aRequest(aSeries({ days: 0.9 }))]);
  expect(outcome).toMatchObject({ kind: 'unavailable', reason: 'TooLittleHistory' });
});

test('where yesterday has a gap, the day before stands in', () => {
  const series = aSeries({ days: 5, stepSeconds: 3600, rate: daily });
  series.values.fill(Number.NaN, 4 * 24, 4 * 24 + 3);
  const [outcome] = createSeasonalNaive().forecast([aRequest(series)]);
  expect(outcome.kind === 'forecast' && outcome.quantilesRps.map((row) => row[MEDIAN_INDEX])).toEqual(
    [10, 11, 12].map((rate) => expect.closeTo(rate, 5) as number),
  );
});

test('the moving average is the mean of the last five slots, the naive forecast the last', () => {
  const steps = (at: number): number => [5, 1, 2, 3, 4][Math.round(at * 24) % 5];
  for (const rate of ruleOf(createMovingAverage(), 10, steps)) expect(rate).toBeCloseTo(3, 0);
  const constant = ruleOf(createNaive(), 10, () => 8);
  expect(constant).toEqual([8, 8, 8].map((rate) => expect.closeTo(rate, 9) as number));
});

test('a gap of more than a week leaves the naive forecast nothing to go by', () => {
  const series = aSeries({ days: 20, stepSeconds: 3600 });
  series.values.fill(Number.NaN, 12 * 24);
  const [outcome] = createNaive().forecast([aRequest(series)]);
  expect(outcome).toMatchObject({ kind: 'unavailable', reason: 'TooManyGaps' });
});

test('there is one forecaster for each name that the chain and the policy know', () => {
  const names = createModels({ missing: 'not here' }).map(({ name }) => name);
  expect(names).toEqual(['ensemble', 'lstm', 'arima', 'moving-average', 'seasonal-naive', 'naive']);
  expect(DEFAULT_CHAIN.every((name) => names.includes(name))).toBe(true);
});

test.each([
  [15, 60],
  [60, 15],
  [300, 3],
  [600, 6],
  [1800, 2],
  [3600, 6],
])('steps of %d s are looked ahead %d steps', (stepSeconds, steps) => {
  expect(defaultHorizonSteps(stepSeconds)).toBe(steps);
});
