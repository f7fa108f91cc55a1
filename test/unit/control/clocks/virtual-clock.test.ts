import { expect, test } from 'vitest';
import { createVirtualClock, type Speed } from '../../../../src/control/clocks/virtual-clock.ts';
import { createFakeClock } from '../../../fakes/clock.ts';

const NEVER = new AbortController().signal;

/** Ten sleeps of 15 s with `workSeconds` of real work after each: the virtual instants, and the real seconds taken. */
async function play(speed: Speed, workSeconds: number) {
  const realClock = createFakeClock(1_000_000);
  const clock = createVirtualClock({ startAtMs: 0, speed, realClock });
  const instants: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    await clock.sleep(15, NEVER);
    instants.push(clock.nowMs());
    realClock.advance(workSeconds);
  }
  return { instants, realSeconds: realClock.monotonicMs() / 1000 };
}

const GRID = Array.from({ length: 10 }, (_, i) => (i + 1) * 15_000);

test.each<[Speed, number]>([
  [1, 0],
  [1, 40],
  [100, 0.05],
  [20_000, 0.4],
  ['max', 0],
  ['max', 3],
])('at speed %s with %d s of work, the instants are the same', async (speed, workSeconds) => {
  expect((await play(speed, workSeconds)).instants).toEqual(GRID);
});

test('the speed is virtual seconds per real second, work included', async () => {
  expect((await play(10, 0.5)).realSeconds).toBeCloseTo(15.5, 6);
});

test('work that is slower than the speed is made up for as soon as it can be', async () => {
  const realClock = createFakeClock(0);
  const clock = createVirtualClock({ startAtMs: 0, speed: 10, realClock });
  await clock.sleep(15, NEVER);
  realClock.advance(10); // 1.5 s + 10 s of work: 100 virtual seconds behind
  for (let i = 0; i < 9; i += 1) await clock.sleep(15, NEVER);
  expect(realClock.monotonicMs() / 1000).toBeCloseTo(15, 6);
});

test('at max no real time passes between two instants of work', async () => {
  expect((await play('max', 0)).realSeconds).toBe(0);
});

test('an abort wakes the sleeper, and time does not pass', async () => {
  const stop = new AbortController();
  const clock = createVirtualClock({ startAtMs: 5, speed: 'max', realClock: createFakeClock() });
  stop.abort();
  await clock.sleep(15, stop.signal);
  expect(clock.nowMs()).toBe(5);
});

test('others get their turn between two sleeps, at any speed', async () => {
  const clock = createVirtualClock({ startAtMs: 0, speed: 'max', realClock: createFakeClock() });
  let turns = 0;
  const counting = setInterval(() => (turns += 1), 0);
  while (turns < 3) await clock.sleep(15, NEVER);
  clearInterval(counting);
  expect(clock.nowMs()).toBeGreaterThan(0);
});
