import type { SlotValues } from '../../../src/domain/time-series.ts';
import { describe, expect, test } from 'vitest';
import type { ForecastResult, ModelName } from '../../../src/domain/forecast.ts';
import { createModels, DEFAULT_CHAIN } from '../../../src/forecast/create-models.ts';
import { beforeCrowds, CrowdFinder, isCrowded } from '../../../src/forecast/flash-crowds.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { aSeries, PLAIN_POLICY_CALENDAR } from '../../contract/forecaster.ts';

const STEP_SECONDS = 300;
const HOUR = 12;
const DAY = 24 * HOUR;
/** Noon of the sixth day. */
const NOON = 5.5 * DAY;

/** Nine days between 20 and 100 requests per second, with `spoil` upon them. */
function found(spoil: (ratesRps: Float64Array) => void): (readonly [number, number])[] {
  const rates = Float64Array.from(
    { length: 9 * DAY },
    (_, slot) => 60 + 40 * Math.sin((2 * Math.PI * (slot - 6 * HOUR)) / DAY),
  );
  spoil(rates);
  const crowds = new CrowdFinder(STEP_SECONDS).look(rates, 0, 1000);
  return crowds.map(({ firstSlot, endSlot }) => [firstSlot - 1000, endSlot - 1000] as const);
}

function multiply(rates: SlotValues, factor: number, from: number, to: number): void {
  for (let slot = from; slot < to; slot += 1) rates[slot] *= factor;
}

describe('a flash crowd is what was far beyond the week before and gone in hours', () => {
  test.each<[string, (rates: Float64Array) => void, (readonly [number, number])[]]>([
    ['an ordinary week', () => undefined, []],
    [
      'ten times the load for half an hour',
      (rates) => multiply(rates, 10, NOON, NOON + 6),
      [[NOON, NOON + 6]],
    ],
    [
      'one with a gap in the middle',
      (rates) => {
        multiply(rates, 10, NOON, NOON + 6);
        rates[NOON + 2] = Number.NaN;
      },
      [[NOON, NOON + 6]],
    ],
    [
      'with its way up and down',
      (rates) => [2, 4, 9, 5, 2].forEach((factor, i) => multiply(rates, factor, NOON + i, NOON + i + 1)),
      [[NOON, NOON + 5]],
    ],
    ['twice the load', (rates) => multiply(rates, 2, NOON, NOON + 6), []],
    ['a new level that stays', (rates) => multiply(rates, 10, NOON, 9 * DAY), []],
    ['what has not ended', (rates) => multiply(rates, 10, 9 * DAY - 6, 9 * DAY), []],
    [
      'one in the first day, of which nobody knows what is usual',
      (rates) => multiply(rates, 10, 150, 156),
      [],
    ],
    [
      'two, at other times of the day',
      (rates) => {
        multiply(rates, 10, NOON, NOON + 6);
        multiply(rates, 10, NOON + DAY + 4 * HOUR, NOON + DAY + 5 * HOUR);
      },
      [
        [NOON, NOON + 6],
        [NOON + DAY + 4 * HOUR, NOON + DAY + 5 * HOUR],
      ],
    ],
    [
      'at the same time again the next day: from then on it is a habit',
      (rates) => [0, 1, 2].forEach((day) => multiply(rates, 10, NOON + day * DAY, NOON + day * DAY + 6)),
      [[NOON, NOON + 6]],
    ],
  ])('%s', (_, spoil, expected) => {
    expect(found(spoil)).toEqual(expected);
  });
});

const crowds = [{ firstSlot: 1000, endSlot: 1010 }];

test.each<[string, number, number, number, boolean]>([
  ['beside it', 990, 1000, 5000, false],
  ['at its first slot', 995, 1001, 5000, true],
  ['at its last slot', 1009, 1020, 5000, true],
  ['after it', 1010, 1020, 5000, false],
  ['before its end is known', 1000, 1005, 1010, false],
  ['when its end is known', 1000, 1005, 1011, true],
])('a stretch %s', (_, ...[fromSlot, toSlot, originSlot, expected]) => {
  expect(isCrowded(crowds, { fromSlot, toSlot, originSlot })).toBe(expected);
});

test('who looks back into a crowd looks back another day', () => {
  const looks = { reachSlots: 2, strideSlots: 100, originSlot: 5000 };
  expect(beforeCrowds(crowds, 1005, looks)).toBe(905);
  expect(beforeCrowds(crowds, 1011, looks)).toBe(911);
  expect(beforeCrowds(crowds, 1012, looks)).toBe(1012);
  expect(beforeCrowds([], 1005, looks)).toBe(1005);
});

/** The median a quarter of an hour ahead, just before noon, of a load that had (or had not) ten times as much at noon the day before. */
function medianAtNoon(days: number, models: readonly ModelName[], hadCrowd: boolean): number {
  const series = aSeries({ days: days + 0.5 - 10 / 1440, stepSeconds: STEP_SECONDS });
  const noon = (days - 0.5) * DAY;
  if (hadCrowd) multiply(series.values, 10, noon, noon + 6);
  const chain = createForecastChain(createModels({ missing: 'not asked for' }));
  const request = { seriesKey: 'shop/checkout', series, horizonSteps: 3, calendar: PLAIN_POLICY_CALENDAR };
  const [result] = chain.forecast([{ ...request, models }]);
  return (result as Extract<ForecastResult, { kind: 'forecast' }>).quantilesRps[2][5];
}

test.each<[number, string, readonly ModelName[]]>([
  [3, 'the default chain', DEFAULT_CHAIN],
  [9, 'the default chain', DEFAULT_CHAIN],
  [22, 'the default chain', DEFAULT_CHAIN],
  [9, 'arima', ['arima']],
])("with %i days of history yesterday's crowd hardly changes today's forecast: %s", (days, _, models) => {
  const ratio = medianAtNoon(days, models, true) / medianAtNoon(days, models, false);
  // It was 1.5 to 2.6.
  expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
});
