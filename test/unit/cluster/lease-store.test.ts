import { expect, test } from 'vitest';
import { microTime } from '../../../src/cluster/lease-store.ts';

test('a MicroTime has exactly six digits, also for a whole second', () => {
  expect(microTime(Date.UTC(2026, 10, 25, 17, 5, 9, 7))).toBe('2026-11-25T17:05:09.007000Z');
  expect(microTime(Date.UTC(2026, 10, 25))).toBe('2026-11-25T00:00:00.000000Z');
});
