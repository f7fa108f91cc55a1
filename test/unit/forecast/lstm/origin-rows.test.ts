import { expect, test } from 'vitest';
import { EXPERTS } from '../../../../src/forecast/models/lstm/experts.ts';
import {
  type OriginRecord,
  type Track,
  trackOf,
} from '../../../../src/forecast/models/lstm/network-inputs.ts';
import { OriginRows } from '../../../../src/forecast/models/lstm/origin-rows.ts';

const STEPS = 3;
const GATES = 4;
const MOST_ORIGINS = 5;

function recordAt(origin: number): OriginRecord {
  const base = {
    forecasts: Float64Array.from({ length: STEPS }, (_, step) => origin + step / 10),
    sizes: Float64Array.from({ length: STEPS }, (_, step) => origin / 3 + step),
  };
  const offsets = Float32Array.from({ length: STEPS * EXPERTS }, (_, i) => origin - i / 7);
  return { origin, base, offsets, row: new Float32Array(0) };
}

function projectedAt(origin: number): Float32Array {
  return Float32Array.from({ length: GATES }, (_, gate) => origin + gate / 3);
}

function rowsOf(origins: readonly number[]): OriginRows {
  const rows = new OriginRows(MOST_ORIGINS, { gates: GATES, steps: STEPS });
  for (const origin of origins) rows.add(recordAt(origin), projectedAt(origin));
  return rows;
}

/** All that a row of a later origin can read, by origin. */
function told(track: Track) {
  const indexes = Array.from({ length: track.end - track.from }, (_, i) => track.from + i);
  return indexes.map((index) => ({
    origin: track.originAt(index),
    forecasts: Array.from({ length: STEPS }, (_, step) => track.forecastAt(index, step)),
    expected: [track.firstExpectedAt(index), track.lastExpectedAt(index)],
    lastOffsets: Array.from({ length: EXPERTS }, (_, expert) => track.lastOffsetAt(index, expert)),
  }));
}

test.each([
  ['all of a few', [10, 20, 30], 0, [10, 20, 30]],
  ['those after a slot', [10, 20, 30], 10, [20, 30]],
  ['none after the newest', [10, 20, 30], 30, []],
  ['the newest of many', [10, 20, 30, 40, 50, 60, 70], 0, [30, 40, 50, 60, 70]],
])('packed rows tell what whole records tell: %s', (_, origins, slot, expected) => {
  const rows = rowsOf(origins);
  expect(told(rows.trackAfter(slot))).toEqual(told(trackOf(expected.map(recordAt))));
  expect(rows.projectedAfter(slot)).toEqual(expected.map(projectedAt));
  expect(rows.newestSlot).toBe(origins.at(-1));
});

test('a row that is taken back is as if it had not been', () => {
  const rows = rowsOf([10, 20, 30]);
  rows.takeBackNewest();
  rows.add(recordAt(40), projectedAt(40));
  expect(told(rows.trackAfter(0))).toEqual(told(trackOf([10, 20, 40].map(recordAt))));
});

test('there is no newest slot before the first row', () => {
  expect(rowsOf([]).newestSlot).toBeUndefined();
});
