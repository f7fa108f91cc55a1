import { expect, test } from 'vitest';
import { withOutcomes } from '../../../src/forecast/event-outcomes.ts';
import type { CalendarEvent } from '../../../src/forecast/known-events.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday. */
const START_MS = Date.UTC(2026, 10, 2);
const STEP_SECONDS = 300;

/** Every Thursday from ten to twelve; so many of them. */
function sales(count: number, announced = 2.5): CalendarEvent[] {
  return Array.from({ length: count }, (_, week) => ({
    name: 'sale',
    startAtMs: START_MS + (3 + 7 * week) * DAY_MS + 10 * HOUR_MS,
    endAtMs: START_MS + (3 + 7 * week) * DAY_MS + 12 * HOUR_MS,
    arrivalRateMultiplier: announced,
  }));
}

interface Load {
  readonly days: number;
  readonly events: readonly CalendarEvent[];
  /** What the n-th event does. */
  readonly brings: (index: number) => number;
  /** How many times the usual load comes on a day, event or not. */
  readonly level?: (day: number) => number;
}

/** A daily wave between 50 and 150 requests per second. */
function recorded({ days, events, brings, level = () => 1 }: Load) {
  const values = Float64Array.from({ length: (days * DAY_MS) / (STEP_SECONDS * 1000) }, (_, slot) => {
    const atMs = START_MS + slot * STEP_SECONDS * 1000;
    const usual = 100 + 50 * Math.sin((2 * Math.PI * (atMs % DAY_MS)) / DAY_MS);
    const index = events.findIndex(({ startAtMs, endAtMs }) => startAtMs <= atMs && atMs < endAtMs);
    return usual * level(Math.floor((atMs - START_MS) / DAY_MS)) * (index === -1 ? 1 : brings(index));
  });
  return { startAtMs: START_MS, stepSeconds: STEP_SECONDS, values };
}

const multipliers = (events: readonly CalendarEvent[]) =>
  events.map(({ arrivalRateMultiplier }) => Number(arrivalRateMultiplier.toFixed(3)));

test('before the first one there is only what was announced', () => {
  const events = sales(2);
  expect(withOutcomes(events, recorded({ days: 2, events, brings: () => 4 }))).toEqual(events);
});

test('what is over has its outcome; the next is between what was announced and what came', () => {
  const events = sales(3);
  const series = recorded({ days: 12, events, brings: () => 4 });
  expect(multipliers(withOutcomes(events, series))).toEqual([
    4,
    4,
    Number(Math.cbrt(2.5 * 4 * 4).toFixed(3)),
  ]);
});

test('an event that is announced and brings nothing is believed less each time', () => {
  const events = sales(7);
  const expected = [1, 2, 3, 4, 5].map((weeks) => {
    const series = recorded({ days: 7 * weeks, events, brings: () => 1 });
    return withOutcomes(events, series)[weeks].arrivalRateMultiplier;
  });
  expect(expected).toEqual([...expected].sort((a, b) => b - a));
  expect(expected[0]).toBeCloseTo(Math.sqrt(2.5), 6);
  expect(expected[4]).toBeCloseTo(2.5 ** (1 / 6), 6);
});

test('only the newest five outcomes count', () => {
  const events = sales(9);
  const series = recorded({ days: 56, events, brings: (index) => (index < 3 ? 40 : 2) });
  expect(withOutcomes(events, series)[8].arrivalRateMultiplier).toBeCloseTo((2.5 * 2 ** 5) ** (1 / 6), 6);
});

test('a day that is busier as a whole is not the doing of its event', () => {
  const events = sales(2);
  const series = recorded({ days: 7, events, brings: () => 3, level: (day) => (day === 3 ? 1.5 : 1) });
  expect(withOutcomes(events, series)[0].arrivalRateMultiplier).toBeCloseTo(3, 6);
});

test('an event of another name learns nothing from it', () => {
  const [first, second] = sales(2);
  const events = [first, { ...second, name: 'launch' }];
  const series = recorded({ days: 7, events, brings: () => 4 });
  expect(multipliers(withOutcomes(events, series))).toEqual([4, 2.5]);
});

test.each<[string, (series: ReturnType<typeof recorded>, events: readonly CalendarEvent[]) => void]>([
  [
    'most of it was not measured',
    ({ values }, [{ startAtMs }]) => {
      const first = (startAtMs - START_MS) / (STEP_SECONDS * 1000);
      values.fill(Number.NaN, first, first + 20);
    },
  ],
  ['the days before were not measured', ({ values }) => values.fill(Number.NaN, 0, 3 * 288)],
  ['nothing came at all', ({ values }) => values.fill(0)],
])('an event says nothing where %s', (_name, spoil) => {
  const events = sales(2);
  const series = recorded({ days: 7, events, brings: () => 4 });
  spoil(series, events);
  expect(multipliers(withOutcomes(events, series))).toEqual([2.5, 2.5]);
});

test('two events at once tell nothing of either', () => {
  const [first, second] = sales(2);
  const events = [first, { ...first, name: 'launch' }, second];
  const series = recorded({ days: 7, events: [first], brings: () => 4 });
  expect(multipliers(withOutcomes(events, series))).toEqual([2.5, 2.5, 2.5]);
});

test('an event that goes on is not judged yet', () => {
  const events = sales(1);
  const series = recorded({ days: 7, events, brings: () => 4 });
  const cut = { ...series, values: series.values.slice(0, 3 * 288 + 11 * 12) };
  expect(multipliers(withOutcomes(events, cut))).toEqual([2.5]);
});
