import { expect, test } from 'vitest';
import { singleFlight } from '../../../../../src/cli/run/cluster/single-flight.ts';

test('work is not begun again while it runs, and is once it has ended, also with an error', async () => {
  const ends: ((error?: Error) => void)[] = [];
  const fly = singleFlight(
    () => new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve()))),
  );
  const first = fly();
  expect(fly()).toBe(first);
  expect(ends).toHaveLength(1);
  ends[0](new Error('no'));
  await expect(first).rejects.toThrow('no');
  const second = fly();
  expect(ends).toHaveLength(2);
  ends[1]();
  await second;
});
