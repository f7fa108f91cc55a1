import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FleetLimits } from '../../../src/safety/fleet-limits.ts';
import { createFleetPast } from '../../../src/safety/fleet-past.ts';
import { restrain, type Restrained } from '../../../src/safety/restrain.ts';
import { shareBudget } from '../../../src/safety/share-budget.ts';
import { NOW_MS } from '../../builders/observation.ts';

const TICK_SECONDS = 15;

const anyLimits: fc.Arbitrary<FleetLimits> = fc.record({
  windowSeconds: fc.integer({ min: 15, max: 300 }),
  removedReplicasRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  freeReplicas: fc.integer({ min: 0, max: 5 }),
  halvedWorkloadsRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  freeWorkloads: fc.integer({ min: 0, max: 2 }),
  addedReplicas: fc.option(fc.integer({ min: 0, max: 60 })),
  warmSeconds: fc.constantFrom(0, 60),
});
/** What each of five workloads would like to have, tick by tick. */
const anyDesires = fc.array(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 5 }), {
  minLength: 1,
  maxLength: 30,
});

interface Played {
  readonly nowMs: number;
  readonly restrained: readonly Restrained[];
}

/** The fleet follows what is allowed, at once. */
function play(limits: FleetLimits, desires: readonly (readonly number[])[], areLifted = false): Played[] {
  const past = createFleetPast({ windowSeconds: limits.windowSeconds, gapSeconds: 60 });
  let current: readonly number[] = [20, 20, 20, 10, 5];
  return desires.map((desired, tick) => {
    const nowMs = NOW_MS + tick * TICK_SECONDS * 1000;
    const wishes = current.map((currentReplicas, index) => ({
      key: `shop/w${index}`,
      currentReplicas,
      desiredReplicas: desired[index],
      isMeasured: true,
    }));
    past.see(wishes, nowMs);
    const restrained = restrain({ wishes, past, limits, areLifted });
    current = restrained.map(({ allowedReplicas }) => allowedReplicas);
    return { nowMs, restrained };
  });
}

/** The counts of a workload within the window before tick `index`, what is allowed in it included: a witness's own book. */
function countsWithin(
  played: readonly Played[],
  index: number,
  key: string,
  windowSeconds: number,
): number[] {
  const { nowMs } = played[index];
  const of = (tick: Played): Restrained => tick.restrained.find((one) => one.key === key)!;
  const seen = played.slice(0, index + 1).filter((_, k) => {
    // What ran from one tick to the next was seen until the next.
    const untilMs = played[k + 1]?.nowMs ?? Infinity;
    return Math.min(untilMs, nowMs) > nowMs - windowSeconds * 1000 || k === index;
  });
  return [...seen.map((tick) => of(tick).currentReplicas), of(played[index]).allowedReplicas];
}

describe('whatever the fleet wishes', () => {
  test('what is allowed lies between what runs and what was wished for, and less of it has a reason', () => {
    fc.assert(
      fc.property(anyLimits, anyDesires, fc.boolean(), (limits, desires, areLifted) => {
        for (const { restrained } of play(limits, desires, areLifted))
          for (const { currentReplicas, desiredReplicas, allowedReplicas, hold } of restrained) {
            expect(allowedReplicas).toBeGreaterThanOrEqual(Math.min(currentReplicas, desiredReplicas));
            expect(allowedReplicas).toBeLessThanOrEqual(Math.max(currentReplicas, desiredReplicas));
            expect(hold === undefined).toBe(allowedReplicas === desiredReplicas);
          }
      }),
    );
  });

  test('no more of its replicas are gone within the window than may, or than were gone already', () => {
    fc.assert(
      fc.property(anyLimits, anyDesires, (limits, desires) => {
        const played = play(limits, desires);
        played.forEach(({ restrained }, index) => {
          const books = restrained.map(({ key }) => countsWithin(played, index, key, limits.windowSeconds));
          const highest = books.map((counts) => Math.max(...counts.slice(0, -1)));
          const total = highest.reduce((sum, one) => sum + one, 0);
          const gone = (of: (one: Restrained) => number): number =>
            restrained.reduce((sum, one, k) => sum + Math.max(0, highest[k] - of(one)), 0);
          const most = Math.max(limits.freeReplicas, Math.floor(limits.removedReplicasRatio * total));
          // Those that grow are not counted against those that shrink.
          const after = gone(({ currentReplicas, allowedReplicas }) =>
            Math.min(currentReplicas, allowedReplicas),
          );
          expect(after).toBeLessThanOrEqual(
            Math.max(
              most,
              gone(({ currentReplicas }) => currentReplicas),
            ),
          );
        });
      }),
    );
  });

  test('no more workloads are halved within the window than may, or than were already', () => {
    fc.assert(
      fc.property(anyLimits, anyDesires, (limits, desires) => {
        const played = play(limits, desires);
        played.forEach(({ restrained }, index) => {
          const highest = restrained.map(({ key }) =>
            Math.max(...countsWithin(played, index, key, limits.windowSeconds).slice(0, -1)),
          );
          const halved = (of: (one: Restrained) => number): number =>
            restrained.filter((one, k) => 2 * of(one) <= highest[k] && highest[k] > 0).length;
          const most = Math.max(
            limits.freeWorkloads,
            Math.floor(limits.halvedWorkloadsRatio * restrained.length),
          );
          const after = halved(({ currentReplicas, allowedReplicas }) =>
            Math.min(currentReplicas, allowedReplicas),
          );
          expect(after).toBeLessThanOrEqual(
            Math.max(
              most,
              halved(({ currentReplicas }) => currentReplicas),
            ),
          );
        });
      }),
    );
  });

  test('without a number of additions no addition is ever held', () => {
    fc.assert(
      fc.property(anyLimits, anyDesires, (limits, desires) => {
        for (const { restrained } of play({ ...limits, addedReplicas: null }, desires))
          for (const { currentReplicas, desiredReplicas, allowedReplicas } of restrained)
            if (desiredReplicas > currentReplicas) expect(allowedReplicas).toBe(desiredReplicas);
      }),
    );
  });

  test('where a person has agreed, everything that is warm is allowed', () => {
    fc.assert(
      fc.property(anyLimits, anyDesires, (limits, desires) => {
        for (const { restrained } of play({ ...limits, warmSeconds: 0 }, desires, true))
          for (const { desiredReplicas, allowedReplicas } of restrained)
            expect(allowedReplicas).toBe(desiredReplicas);
      }),
    );
  });
});

test('a budget is given out whole, to nobody more than asked for, in proportion to within one', () => {
  const anyWanted = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(anyWanted, fc.integer({ min: -5, max: 5000 }), (wanted, budget) => {
      const granted = shareBudget(wanted, budget);
      const all = wanted.reduce((sum, one) => sum + one, 0);
      expect(granted.reduce((sum, one) => sum + one, 0)).toBe(Math.min(all, Math.max(0, budget)));
      granted.forEach((one, index) => {
        expect(one).toBeLessThanOrEqual(wanted[index]);
        const exact = all === 0 ? 0 : (wanted[index] * Math.min(all, Math.max(0, budget))) / all;
        expect(Math.abs(one - exact)).toBeLessThan(1);
      });
    }),
  );
});
