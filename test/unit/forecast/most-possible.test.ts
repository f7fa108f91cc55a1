import { describe, expect, test } from 'vitest';
import { historyFrom } from '../../../src/forecast/history.ts';
import { mostPossibleRps } from '../../../src/forecast/most-possible.ts';

const MIDNIGHT_MS = Date.UTC(2026, 0, 5);
const MINUTES_PER_DAY = 1440;

/** How many times the largest rate of `minutes` minutes may be foretold. */
function growthAfter(minutes: number, rateAt: (minute: number) => number, firstMinute = 0): number {
  const values = Float64Array.from({ length: minutes }, (_, i) => rateAt(firstMinute + i));
  const startAtMs = MIDNIGHT_MS + firstMinute * 60_000;
  const history = historyFrom({ startAtMs, stepSeconds: 60, values }, [], 30 * 86_400);
  return mostPossibleRps(history) / history.largestRps;
}

/** Runs for ten minutes of every hour. */
const batch = (minute: number): number => (minute % 60 < 10 ? 100 : 0);

describe('the most that a forecast may name', () => {
  test('is 1.5 times the largest rate of a day or more', () => {
    expect(growthAfter(2 * MINUTES_PER_DAY, batch)).toBe(1.5);
  });

  test('is four times that of less than a day which goes on growing', () => {
    expect(growthAfter(600, (minute) => 1.01 ** minute)).toBe(4);
  });

  test.each([
    [1, 4],
    [2, 2.5],
    [4, 1.75],
    [13, 1 + 3 / 13],
  ])('after %i runs of a batch at one rate: %f times that rate', (runs, growth) => {
    expect(growthAfter(60 * runs, batch)).toBeCloseTo(growth, 12);
  });

  test('a rate that goes a tenth beyond all before may go anywhere again', () => {
    expect(growthAfter(660, (minute) => (minute < 600 ? 1 : 1.1) * batch(minute))).toBe(4);
  });

  test('hours far below the largest rate say nothing of it', () => {
    expect(growthAfter(660, (minute) => (minute < 60 ? batch(minute) : 50))).toBe(4);
  });

  test('is nothing where nothing was ever measured above 0', () => {
    const history = historyFrom(
      { startAtMs: MIDNIGHT_MS, stepSeconds: 60, values: new Float64Array(60) },
      [],
      86_400,
    );
    expect(mostPossibleRps(history)).toBe(0);
  });
});
