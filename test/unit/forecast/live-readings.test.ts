import { expect, test } from 'vitest';
import type { LiveHistory } from '../../../src/domain/live-history.ts';
import { type LiveReadings, liveReadings } from '../../../src/forecast/features/live-readings.ts';

const STEP_MS = 60_000;
/** Slots since the epoch. */
const FIRST = 29_000_000;
const GRID = { stepSeconds: 60, slotsPerDay: 1440, phaseMs: 0 };

function readingsOf(values: readonly number[], laterMs = 0, phaseMs = 0): LiveReadings {
  const series = {
    startAtMs: FIRST * STEP_MS + laterMs,
    stepSeconds: 60,
    values: Float64Array.from(values),
  };
  return liveReadings({ metrics: { latency: series }, rolloutsAtMs: [] }, { ...GRID, phaseMs });
}

test('the newest slot before the origin, and the mean of the day before it', () => {
  const readings = readingsOf(Array.from({ length: 2000 }, (_, slot) => slot));
  expect(readings.now('latency', FIRST + 10)).toBe(9);
  expect(readings.dayMean('latency', FIRST + 10)).toBe(4.5);
  expect(readings.dayMean('latency', FIRST + 1900)).toBe(460 + 1439 / 2);
});

test('nothing from the origin on is read', () => {
  const values = Array.from({ length: 100 }, (_, slot) => slot);
  const spoilt = values.map((value, slot) => (slot < 50 ? value : 1e9));
  for (const name of ['now', 'dayMean'] as const)
    expect(readingsOf(spoilt)[name]('latency', FIRST + 50)).toBe(
      readingsOf(values)[name]('latency', FIRST + 50),
    );
});

test.each([
  ['a gap of one slot', [1, 2, Number.NaN], 2, 1.5],
  ['a reading older than two minutes', [1, 2, Number.NaN, Number.NaN], Number.NaN, 1.5],
  ['a value below zero', [1, -1, -1], Number.NaN, 1],
  ['an endless value', [1, 3, Infinity, Infinity], Number.NaN, 2],
  ['a recorded zero', [1, 3, 2, 0], 0, 1.5],
  ['nothing but gaps', [Number.NaN, Number.NaN], Number.NaN, Number.NaN],
  ['nothing at all', [], Number.NaN, Number.NaN],
])('%s', (_, values, now, dayMean) => {
  const readings = readingsOf(values);
  expect(readings.now('latency', FIRST + values.length)).toBe(now);
  expect(readings.dayMean('latency', FIRST + values.length)).toBe(dayMean);
});

test('before its first slot, and at another step, a metric is not known', () => {
  expect(readingsOf([1, 2]).now('latency', FIRST)).toBeNaN();
  expect(readingsOf([1, 2]).now('connections', FIRST + 1)).toBeNaN();
  const coarse = { startAtMs: 0, stepSeconds: 300, values: Float64Array.of(1, 2) };
  expect(liveReadings({ metrics: { latency: coarse }, rolloutsAtMs: [] }, GRID).now('latency', 1)).toBeNaN();
});

test.each([
  ['on the grid of the rates', 20_000, 20_000, 1],
  ['ten seconds after it: known one slot later', 30_000, 20_000, Number.NaN],
  ['ten seconds before it', 10_000, 20_000, 1],
])('a column %s', (_, laterMs, phaseMs, expected) => {
  expect(readingsOf([1], laterMs, phaseMs).now('latency', FIRST + 1)).toBe(expected);
});

test('the newest rollout at or before the origin', () => {
  const at = (slot: number): number => (FIRST + slot) * STEP_MS;
  const known: LiveHistory = { metrics: {}, rolloutsAtMs: [at(5), at(9)] };
  const readings = liveReadings(known, GRID);
  expect([4, 5, 8, 9, 20].map((slot) => readings.lastRolloutAtMs(FIRST + slot))).toEqual([
    undefined,
    at(5),
    at(5),
    at(9),
    at(9),
  ]);
});
