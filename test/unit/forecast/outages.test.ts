import type { SlotValues } from '../../../src/domain/time-series.ts';
import { describe, expect, test } from 'vitest';
import type { ForecastResult, ModelName } from '../../../src/domain/forecast.ts';
import { createModels, DEFAULT_CHAIN } from '../../../src/forecast/create-models.ts';
import { OutageFinder } from '../../../src/forecast/outages.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { aSeries, PLAIN_POLICY_CALENDAR } from '../../contract/forecaster.ts';

const STEP_SECONDS = 300;
const HOUR = 12;
const DAY = 24 * HOUR;
/** Noon of the sixth day. */
const NOON = 5.5 * DAY;

type Spoil = (ratesRps: Float64Array) => void;

/** Twelve days between 20 and 100 requests per second, most at noon, with `spoil` upon them. */
function spoilt(spoil: Spoil): Float64Array {
  const rates = Float64Array.from(
    { length: 12 * DAY },
    (_, slot) => 60 + 40 * Math.sin((2 * Math.PI * (slot - 6 * HOUR)) / DAY),
  );
  spoil(rates);
  return rates;
}

function multiply(rates: SlotValues, factor: number, from: number, to: number): void {
  for (let slot = from; slot < to; slot += 1) rates[slot] *= factor;
}

const cases: [string, Spoil, (readonly [number, number])[]][] = [
  ['an ordinary week', () => undefined, []],
  [
    'a tenth of the load for half an hour',
    (rates) => multiply(rates, 0.1, NOON, NOON + 6),
    [[NOON, NOON + 6]],
  ],
  ['nothing at all for half an hour', (rates) => multiply(rates, 0, NOON, NOON + 6), [[NOON, NOON + 6]]],
  [
    'one with a gap in the middle',
    (rates) => {
      multiply(rates, 0, NOON, NOON + 6);
      rates[NOON + 2] = Number.NaN;
    },
    [[NOON, NOON + 6]],
  ],
  [
    'with its way down and up',
    (rates) => [0.6, 0.1, 0.05, 0.5].forEach((factor, i) => multiply(rates, factor, NOON + i, NOON + i + 1)),
    [[NOON, NOON + 4]],
  ],
  ['half the load', (rates) => multiply(rates, 0.5, NOON, NOON + 6), []],
  ['a new level that stays', (rates) => multiply(rates, 0.1, NOON, 12 * DAY), []],
  [
    'one that comes after a new level has stayed for two days',
    (rates) => {
      multiply(rates, 0.1, NOON, 12 * DAY);
      multiply(rates, 0.1, NOON + 2 * DAY, NOON + 2 * DAY + 6);
    },
    [[NOON + 2 * DAY, NOON + 2 * DAY + 6]],
  ],
  ['a day off', (rates) => multiply(rates, 0.1, 6 * DAY, 7 * DAY), []],
  ['what has not ended', (rates) => multiply(rates, 0.1, 12 * DAY - 6, 12 * DAY), []],
  [
    'one in the first days, of which nobody knows what is usual',
    (rates) => multiply(rates, 0.1, 1.5 * DAY, 1.5 * DAY + 6),
    [],
  ],
  [
    'at the same time again the next day: from then on it is a habit',
    (rates) => [0, 1, 2].forEach((day) => multiply(rates, 0.1, NOON + day * DAY, NOON + day * DAY + 6)),
    [[NOON, NOON + 6]],
  ],
  [
    'two, at other times of the day',
    (rates) => [0, DAY + 5 * HOUR].forEach((after) => multiply(rates, 0.1, NOON + after, NOON + after + 6)),
    [
      [NOON, NOON + 6],
      [NOON + DAY + 5 * HOUR, NOON + DAY + 5 * HOUR + 6],
    ],
  ],
];

describe('an outage is what was far below the week before and back in hours', () => {
  test.each(cases)('%s', (_, spoil, expected) => {
    const found = new OutageFinder(STEP_SECONDS).look(spoilt(spoil), 0, 1000);
    expect(found.map(({ firstSlot, endSlot }) => [firstSlot - 1000, endSlot - 1000])).toEqual(expected);
  });
  test.each(cases)('seen sample by sample: %s', (_, spoil, expected) => {
    const rates = spoilt(spoil);
    const finder = new OutageFinder(STEP_SECONDS);
    const found = Array.from(rates, (_rate, slot) =>
      finder.look(rates.subarray(0, slot + 1), slot, 1000),
    ).flat();
    expect(found.map(({ firstSlot, endSlot }) => [firstSlot - 1000, endSlot - 1000])).toEqual(expected);
  });
  test('not looked for in slots that do not divide the hour', () => {
    const rates = new Float64Array(400).fill(100);
    rates.fill(0, 300, 302);
    expect(new OutageFinder(7200).look(rates, 0, 0)).toEqual([]);
  });
});

/** The median a quarter of an hour ahead, just before noon, of a load that had (or had not) next to nothing at noon the day before. */
function medianAtNoon(days: number, models: readonly ModelName[], hadOutage: boolean): number {
  const series = aSeries({ days: days + 0.5 - 10 / 1440, stepSeconds: STEP_SECONDS });
  const noon = (days - 0.5) * DAY;
  if (hadOutage) multiply(series.values, 0.02, noon, noon + HOUR);
  const chain = createForecastChain(createModels({ missing: 'not asked for' }));
  const request = { seriesKey: 'shop/checkout', series, horizonSteps: 3, calendar: PLAIN_POLICY_CALENDAR };
  const [result] = chain.forecast([{ ...request, models }]);
  return (result as Extract<ForecastResult, { kind: 'forecast' }>).quantilesRps[2][5];
}

test.each<[number, string, readonly ModelName[]]>([
  [4, 'the default chain', DEFAULT_CHAIN],
  [9, 'the default chain', DEFAULT_CHAIN],
  [22, 'the default chain', DEFAULT_CHAIN],
  [9, 'arima', ['arima']],
])("with %i days of history yesterday's outage hardly changes today's forecast: %s", (days, _, models) => {
  const ratio = medianAtNoon(days, models, true) / medianAtNoon(days, models, false);
  expect(Math.abs(ratio - 1)).toBeLessThan(0.06);
});
