import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPlan, planReplicas } from '../../../src/size/horizon-plan.ts';
import type { PlanCosts, PlanStep } from '../../../src/size/horizon-plan.ts';

/** A step of `need` replicas: those up to it save 3 a second beyond their price, those above it lose 1. */
const step = (need: number, floor = 1): PlanStep => ({
  need,
  floor,
  surplusPerSecond: (replicas) => (replicas < need ? 3 : -1),
});
const costs = (perStart: number, startReplicas: number): PlanCosts => ({
  stepSeconds: 1,
  perStart,
  startReplicas,
});

describe('the path', () => {
  test.each<readonly [string, readonly number[], PlanCosts, readonly number[]]>([
    ['starts are free: every need', [2, 5, 1], costs(0, 9), [2, 5, 1]],
    [
      'a short dip is ridden through: 2 steps idle cost 2, a start 2.5',
      [5, 2, 2, 5],
      costs(2.5, 5),
      [5, 5, 5, 5],
    ],
    ['a long one is not', [5, 2, 2, 2, 5], costs(2.5, 5), [5, 2, 2, 2, 5]],
    ['a peak that earns less than a start is let pass: it earns 3', [2, 5, 2], costs(3.5, 2), [2, 2, 2]],
    ['one that earns more is served', [2, 5, 2], costs(2.5, 2), [2, 5, 2]],
    ['what runs already needs no start', [5, 2, 2], costs(3.5, 5), [5, 2, 2]],
    ['what runs and is not needed again goes at once', [2, 2, 2], costs(100, 9), [2, 2, 2]],
    ['what is needed at the end is needed after it: it is started', [2, 2, 5], costs(100, 2), [2, 2, 5]],
  ])('%s', (_name, needs, given, expected) => {
    expect(
      planReplicas(
        needs.map((need) => step(need)),
        given,
      ),
    ).toEqual(expected);
  });

  test('the floor is kept whatever a start costs', () => {
    expect(planReplicas([step(2), step(5, 4), step(2)], costs(1000, 2))).toEqual([2, 4, 2]);
  });
});

describe('beside every other path', () => {
  // Surpluses that fall with the count: the need is where they turn negative.
  const anyStep = fc
    .record({
      floor: fc.integer({ min: 1, max: 3 }),
      falls: fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 4, maxLength: 4 }),
      highest: fc.double({ min: -2, max: 8, noNaN: true }),
    })
    .map(({ floor, falls, highest }): PlanStep => {
      let sum = highest;
      const surplus = [highest, ...falls.map((fall) => (sum -= fall))];
      const worth = surplus.filter((value) => value > 0).length;
      return { need: Math.max(floor, worth), floor, surplusPerSecond: (level) => surplus[level] };
    });
  const MOST = 5;

  test('a level alone tells whether a count is above it', () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.integer({ min: 0, max: MOST }),
        fc.nat({ max: MOST }),
        (steps, perStart, startReplicas, replicas) => {
          const given = costs(perStart, startReplicas);
          const path = createPlan({ count: steps.length, at: (index) => steps[index] }, given);
          const isAbove = steps.map((_, index) => path.isAbove(index, replicas));
          expect(isAbove).toEqual(planReplicas(steps, given).map((count) => count > replicas));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('none is cheaper', () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.integer({ min: 0, max: MOST }),
        (steps, perStart, startReplicas) => {
          const given = costs(perStart, startReplicas);
          const plan = planReplicas(steps, given);
          const best = Math.max(...pathsFrom(steps, MOST).map((path) => valueOf(path, steps, given)));
          expect(plan.every((count, k) => count >= steps[k].floor)).toBe(true);
          expect(valueOf(plan, steps, given)).toBeGreaterThanOrEqual(best - 1e-9);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('it is the same where it is told what surpluses lie between', () => {
    const width = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyStep, width, width), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.integer({ min: 0, max: MOST }),
        (bounded, perStart, startReplicas) => {
          const given = costs(perStart, startReplicas);
          const exact = bounded.map(([step]) => step);
          const between = bounded.map(([step, below, above]) => ({
            ...step,
            surplusBounds: (level: number) => ({
              least: step.surplusPerSecond(level) - below,
              most: step.surplusPerSecond(level) + above,
            }),
          }));
          expect(planReplicas(between, given)).toEqual(planReplicas(exact, given));
        },
      ),
      { numRuns: 300 },
    );
  });

  /** Every path that keeps the floors. */
  function pathsFrom(steps: readonly PlanStep[], most: number): number[][] {
    return steps.reduce<number[][]>(
      (paths, { floor }) =>
        paths.flatMap((path) => Array.from({ length: most - floor + 1 }, (_, i) => [...path, floor + i])),
      [[]],
    );
  }

  /** Surpluses less starts; a level that the last step needs stays worth its start after it. */
  function valueOf(path: readonly number[], steps: readonly PlanStep[], given: PlanCosts): number {
    let value = 0;
    let before = given.startReplicas;
    path.forEach((count, k) => {
      for (let level = 0; level < count; level += 1) value += steps[k].surplusPerSecond(level);
      value -= given.perStart * Math.max(0, count - before);
      before = count;
    });
    return value + given.perStart * Math.min(before, steps[steps.length - 1].need);
  }
});
