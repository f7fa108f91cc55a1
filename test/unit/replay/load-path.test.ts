import { describe, expect, test } from 'vitest';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { loadPathFrom, type LoadPath } from '../../../src/replay/load-path.ts';
import { physicsFrom } from '../../../src/replay/physics.ts';
import { aPolicy } from '../../builders/policy.ts';

function rowsOf(stepSeconds: number, values: readonly number[]): TimeSeries {
  return { startAtMs: 0, stepSeconds, values: Float64Array.from(values) };
}

function pathOf(stepSeconds: number, values: readonly number[]) {
  return loadPathFrom(rowsOf(stepSeconds, values), physicsFrom(aPolicy(), stepSeconds));
}

function ratesOf({ steps, rateAt }: LoadPath): number[] {
  return Array.from({ length: steps }, (_, step) => rateAt(step));
}

describe('rates by control step', () => {
  test('a row of a minute holds for its four steps', () => {
    expect(ratesOf(pathOf(60, [4, 8]))).toEqual([4, 4, 4, 4, 8, 8, 8, 8]);
  });
  test('longer rows are linear between their middles, flat at both ends, and keep their order', () => {
    const ratesRps = ratesOf(pathOf(300, [10, 20]));
    expect(ratesRps[0]).toBe(10);
    expect(ratesRps[9]).toBe(10);
    expect(ratesRps[10]).toBeCloseTo(10.25, 10);
    expect(ratesRps[20]).toBeCloseTo(15.25, 10);
    expect(ratesRps[39]).toBe(20);
  });
  test('up to three missing rows are bridged, four are not', () => {
    const missing = Number.NaN;
    expect(ratesOf(pathOf(15, [1, missing, missing, missing, 5]))).toEqual([1, 2, 3, 4, 5]);
    expect(ratesOf(pathOf(15, [1, missing, missing, missing, missing, 6])).slice(1, 5)).toEqual([
      missing,
      missing,
      missing,
      missing,
    ]);
  });
  test('nothing is known before the first row', () => {
    expect(pathOf(15, [Number.NaN, 3]).rateAt(0)).toBeNaN();
  });
  test('a step that does not divide the row is refused', () => {
    const physics = { ...physicsFrom(aPolicy(), 60), stepSeconds: 25 };
    expect(() => loadPathFrom(rowsOf(60, [1, 2]), physics)).toThrow(RangeError);
  });
});

describe('what may be known', () => {
  test.each([
    ['a minute row from its first step on', 60, [1, 2], 4, 4],
    ['the last step of a row that has ended', 60, [1, 2], 3, 3],
    ['a long row up to its middle', 300, [1, 2], 15, 9],
    ['nothing new until the next row begins', 300, [1, 2], 19, 9],
    ['the next row from its beginning on', 300, [1, 2], 20, 20],
    ['in a gap the last recorded row', 60, [1, Number.NaN, 3], 6, 3],
    ['nothing before the first row', 60, [Number.NaN, 2], 2, -1],
  ] as const)('%s', (...[, stepSeconds, values, step, newest]) => {
    expect(pathOf(stepSeconds, values).newestKnowable(step)).toBe(newest);
  });

  test.each([60, 300])('rows of %i s that have not begun change nothing of it', (stepSeconds) => {
    const before = pathOf(stepSeconds, [3, 7, 5, 9]);
    const after = pathOf(stepSeconds, [3, 7, 90, 1]);
    const steps = stepSeconds / 15;
    for (let step = 0; step < 2 * steps; step += 1) {
      expect(after.newestKnowable(step)).toBe(before.newestKnowable(step));
      expect(after.rateAt(after.newestKnowable(step))).toBe(before.rateAt(before.newestKnowable(step)));
    }
  });
});
