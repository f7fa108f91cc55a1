import { expect, test } from 'vitest';
import { createSystemClock } from '../../../../src/control/clocks/system-clock.ts';

test('an aborted sleep resolves at once, before or during', async () => {
  const clock = createSystemClock();
  const stop = new AbortController();
  const sleeping = clock.sleep(3600, stop.signal);
  stop.abort();
  await sleeping;
  await clock.sleep(3600, stop.signal);
  expect(clock.monotonicMs()).toBeLessThan(3_600_000);
});

test('a sleep of no time, or of less, ends', async () => {
  const clock = createSystemClock();
  await clock.sleep(0, new AbortController().signal);
  await clock.sleep(-5, new AbortController().signal);
  expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(1000);
});
