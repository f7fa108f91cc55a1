import { describe, expect, test } from 'vitest';
import { endSlotOf, historyFrom } from '../../../src/forecast/history.ts';
import { eventMultipliers } from '../../../src/forecast/known-events.ts';

const DAY_MS = 86_400_000;
const MIDNIGHT_MS = Date.UTC(2026, 5, 1);
const MINUTE_SLOT = MIDNIGHT_MS / 60_000;
const series = (startAtMs: number, minutes: number) => ({
  startAtMs,
  stepSeconds: 60,
  values: new Float64Array(minutes).fill(5),
});
const firstSlotAfterMidnight = (startMinute: number, minutes: number, reachDays = 365): number =>
  historyFrom(series(MIDNIGHT_MS + startMinute * 60_000, minutes), [], reachDays * 86_400).firstSlot -
  MINUTE_SLOT;

test.each([
  ['8 days and more: the next midnight', 10, 14 * 1440, 1440],
  ['14 days from midnight on: all of it', 0, 14 * 1440, 0],
  ['2 to 8 days: the next six hours', 10, 3 * 1440, 360],
  ['8 hours to 2 days: the next full hour', 10, 1440, 60],
  ['2 hours and more: the next quarter', 10, 180, 15],
  ['less: as it is', 10, 100, 10],
])('a history of %s', (_, startMinute, minutes, expected) => {
  expect(firstSlotAfterMidnight(startMinute, minutes)).toBe(expected);
});

test('a window that slides within a day is the same history', () => {
  const starts = [1, 60, 700, 1440].map((minute) => firstSlotAfterMidnight(minute, 14 * 1440));
  expect(starts).toEqual([1440, 1440, 1440, 1440]);
});

test.each([
  ['a little before', 14 * 60 + 19, 0],
  ['at', 14 * 60 + 20, 0],
  ['after', 14 * 60 + 21, 1440],
])('a window that slides moves on at its own time of the day: %s it', (_, startMinute, expected) => {
  const offsetSeconds = 3 * 86_400 + 14 * 3600 + 20 * 60;
  const { firstSlot, offsetSlots } = historyFrom(
    series(MIDNIGHT_MS + startMinute * 60_000, 14 * 1440),
    [],
    365 * 86_400,
    offsetSeconds,
  );
  expect(firstSlot - MINUTE_SLOT).toBe(expected + 14 * 60 + 20);
  expect(offsetSlots).toBe(offsetSeconds / 60);
});

test('no more than the reach before the last midnight is used', () => {
  expect(firstSlotAfterMidnight(0, 30 * 1440 + 77, 9)).toBe(21 * 1440);
});

test('the end is the origin, whatever was cut', () => {
  const history = historyFrom(series(MIDNIGHT_MS + 600_000, 5000), [], 86_400);
  expect(endSlotOf(history)).toBe(MINUTE_SLOT + 5010);
});

test('what is negative or not finite is no sample; leading ones are not history', () => {
  const values = Float64Array.from([Number.NaN, -1, Infinity, 3, -2, 0, Infinity, 4]);
  const { ratesRps, firstSlot } = historyFrom({ ...series(MIDNIGHT_MS, 0), values }, [], 86_400);
  expect([...ratesRps]).toEqual([3, Number.NaN, 0, Number.NaN, 4]);
  expect(firstSlot).toBe(MINUTE_SLOT + 3);
  expect([...values.slice(1, 3)]).toEqual([-1, Infinity]);
});

test('no sample at all is an empty history', () => {
  const values = new Float64Array(50).fill(Number.NaN);
  expect(historyFrom({ ...series(MIDNIGHT_MS, 0), values }, [], 86_400).ratesRps).toHaveLength(0);
});

describe('event multipliers', () => {
  const slots = { startAtMs: MIDNIGHT_MS, stepSeconds: 60, count: 4 };
  const event = (from: number, to: number, arrivalRateMultiplier: number) => ({
    name: 'sale',
    startAtMs: MIDNIGHT_MS + from * 60_000,
    endAtMs: MIDNIGHT_MS + to * 60_000,
    arrivalRateMultiplier,
  });

  test.each<[string, ReturnType<typeof event>[], number[] | undefined]>([
    ['none', [], undefined],
    ['one that is over, one to come', [event(-5, 0, 9), event(4, 9, 9)], undefined],
    ['whole slots', [event(1, 3, 2.5)], [1, 2.5, 2.5, 1]],
    ['parts of slots', [event(0.5, 1.25, 3)], [2, 1.5, 1, 1]],
    ['within one slot', [event(2.25, 2.5, 5)], [1, 1, 2, 1]],
    ['one around all', [event(-9, 99, 0.5)], [0.5, 0.5, 0.5, 0.5]],
    ['two that overlap', [event(0, 2, 2), event(1, 3, 3)], [2, 6, 3, 1]],
  ])('%s', (_, events, expected) => {
    const multipliers = eventMultipliers(slots, events);
    expect(multipliers && [...multipliers]).toEqual(expected);
  });

  test('are divided out of the history', () => {
    const history = historyFrom(series(MIDNIGHT_MS, 4), [event(1, 2, 2.5)], DAY_MS);
    expect([...history.ratesRps]).toEqual([5, 2, 5, 5]);
  });
});
