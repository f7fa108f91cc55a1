import { expect, test } from 'vitest';
import { GrowingNumbers } from '../../../../src/observe/recording/growing-numbers.ts';

const LENGTH = 1_300_000;

test.each([
  ['of unknown length', () => null],
  ['of which too little seems to be read', () => 0.001],
  ['of which all seems to be read', () => 1],
  ['of which nothing seems to be read', () => 0],
])('holds every number of an input %s', (_what, doneRatio) => {
  const numbers = new GrowingNumbers(doneRatio);
  for (let index = 0; index < LENGTH; index += 1) numbers.push(index / 7);
  expect(numbers.length).toBe(LENGTH);
  expect(numbers.at(LENGTH - 1)).toBe((LENGTH - 1) / 7);
  const taken = numbers.takeWithRoomFor(LENGTH + 10);
  expect(taken).toHaveLength(LENGTH + 10);
  expect(taken.findIndex((value, index) => value !== (index < LENGTH ? index / 7 : 0))).toBe(-1);
  expect(numbers.length).toBe(0);
});

test('what is taken does not hold on to much more memory than it shows', () => {
  const numbers = new GrowingNumbers(() => null);
  numbers.push(1);
  expect(numbers.takeWithRoomFor(3).buffer.byteLength).toBe(3 * 8);
});
