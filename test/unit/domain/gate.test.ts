import { expect, test } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';

test('so many at a time, the others in the order in which they came, whatever becomes of those before', async () => {
  const gate = createGate(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (name: number) =>
    gate.through(
      () =>
        new Promise<number>((resolve, reject) => {
          begun.push(name);
          ends.push(() => (name === 2 ? reject(new Error('no')) : resolve(name)));
        }),
    );
  const all = Promise.allSettled([1, 2, 3, 4].map(work));
  await Promise.resolve();
  expect([begun, gate.waiting()]).toEqual([[1, 2], 2]);
  for (let done = 0; done < 4; done += 1) {
    ends[done]();
    await new Promise(setImmediate);
    expect(begun).toHaveLength(Math.min(4, done + 3));
  }
  expect(begun).toEqual([1, 2, 3, 4]);
  expect((await all).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect(gate.waiting()).toBe(0);
});
