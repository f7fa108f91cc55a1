import { expect, test } from 'vitest';
import { sameTimeBefore } from '../../../src/forecast/same-time-before.ts';

const DAY_SLOTS = 24;

/** Slots of an hour, each with its own number; `gap` has no sample. */
function hours(count: number, gap = -1): Parameters<typeof sameTimeBefore>[0] {
  const values = Float64Array.from({ length: count }, (_, slot) => (slot === gap ? Number.NaN : slot));
  return { startAtMs: 0, stepSeconds: 3600, values };
}

test.each([
  ['a day before', hours(50), [26, 27]],
  ['two days before where that is a gap', hours(60, 36), [12, 37]],
  ['a week before, of three weeks', hours(21 * DAY_SLOTS), [14 * DAY_SLOTS, 14 * DAY_SLOTS + 1]],
] as const)('%s', (_, series, expected) => {
  expect(Array.from(sameTimeBefore(series, expected.length)!)).toEqual(expected);
});

test('steps more than a day ahead: two days before', () => {
  const path = sameTimeBefore(hours(60), DAY_SLOTS + 1)!;
  expect(Array.from(path.subarray(DAY_SLOTS - 1))).toEqual([59, 36]);
});

test('of less than a day there is none', () => {
  expect(sameTimeBefore(hours(23), 2)).toBeUndefined();
});
