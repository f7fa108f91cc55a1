import { expect, test } from 'vitest';
import { createReactiveFleet } from '../../make-recording/reactive-fleet.ts';

/** Ready replicas every 15 s while each replica uses `cpuRatio` of its CPU. */
function watch(fleet: ReturnType<typeof createReactiveFleet>, seconds: number, cpuRatio: number): number[] {
  return Array.from({ length: seconds / 15 }, () => {
    for (let i = 0; i < 3; i += 1) fleet.advance(5, cpuRatio);
    return fleet.readyReplicas();
  });
}

test('at its target it stays as it is', () => {
  expect(new Set(watch(createReactiveFleet(10), 900, 0.6))).toEqual(new Set([10]));
});

test('replicas that are asked for serve one start-up time later', () => {
  const ready = watch(createReactiveFleet(10), 180, 0.9);
  expect(ready.slice(0, 6)).toEqual([10, 10, 10, 10, 10, 10]);
  expect(ready.at(-1)).toBeGreaterThan(10);
});

test('what is idle goes only after five minutes, and never below three', () => {
  const fleet = createReactiveFleet(10);
  watch(fleet, 60, 0.6);
  expect(watch(fleet, 285, 0.1).at(-1)).toBe(10);
  expect(watch(fleet, 900, 0.1).at(-1)).toBe(3);
});

test('it never runs more than sixty', () => {
  expect(Math.max(...watch(createReactiveFleet(30), 1800, 1))).toBe(60);
});
