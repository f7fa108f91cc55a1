import { expect, test } from 'vitest';
import {
  type UnlearntOrigin,
  UnlearntOrigins,
} from '../../../src/forecast/models/ensemble/unlearnt-origins.ts';

const PATHS = 2;
const STEPS = 3;

/** Of the paths of every fourth one, the first is flat; of every third one the plain one and its sizes are. */
function origin(slot: number): UnlearntOrigin {
  const from = (first: number, count: number) => Float32Array.from({ length: count }, (_, i) => first + i);
  const start = 100 * slot;
  const flat = new Float32Array(STEPS).fill(start);
  const paths = from(start, PATHS * STEPS);
  if (slot % 4 === 0) paths.set(flat);
  return {
    slot,
    paths,
    plain: slot % 3 === 0 ? flat : from(start + 50, STEPS),
    plainSizes: slot % 3 === 0 ? flat : from(start + 70, STEPS),
  };
}

test('origins are handed out once, in order, when their whole horizon lies before the slot', () => {
  const origins = new UnlearntOrigins(PATHS, STEPS);
  for (const slot of [1, 2, 4, 5, 9]) origins.add(origin(slot));
  expect(origins.takeBefore(3)).toEqual([]);
  expect(origins.takeBefore(5)).toEqual([origin(1), origin(2)]);
  origins.add(origin(11));
  expect(origins.takeBefore(9)).toEqual([origin(4), origin(5)]);
  expect(origins.takeBefore(100)).toEqual([origin(9), origin(11)]);
  expect(origins.takeBefore(100)).toEqual([]);
});
