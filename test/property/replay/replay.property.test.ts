import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedGap, frontierOf, hoursAt, type FrontierPoint } from '../../../src/replay/frontier.ts';
import { loadPathFrom } from '../../../src/replay/load-path.ts';
import { physicsFrom } from '../../../src/replay/physics.ts';
import { createSimulatedCluster } from '../../../src/replay/simulated-cluster.ts';
import { createStepServer } from '../../../src/replay/step-lateness.ts';
import { highestAhead } from '../../../src/replay/baselines/planned.ts';
import { createRecordedPlan } from '../../../src/replay/recorded-plan.ts';
import { aPolicy } from '../../builders/policy.ts';

const points: fc.Arbitrary<FrontierPoint[]> = fc.array(
  fc.record({
    excessRatio: fc.double({ min: 0, max: 0.5, noNaN: true }),
    replicaHours: fc.double({ min: 1, max: 1e4, noNaN: true }),
  }),
  { minLength: 1, maxLength: 20 },
);

describe('whatever is ordered', () => {
  test('ready and starting are together what was ordered last, and a start takes its time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 20 }),
        (orders, startSteps) => {
          const physics = {
            ...physicsFrom(aPolicy(), 60),
            startup: { seconds: [15 * startSteps] },
          };
          const cluster = createSimulatedCluster(physics, 5);
          orders.forEach((wanted, step) => {
            cluster.begin(step);
            const readyBefore = cluster.readyReplicas();
            cluster.order(wanted, step);
            expect(cluster.readyReplicas() + cluster.startingReplicas()).toBe(wanted);
            expect(cluster.paidReplicas()).toBe(wanted);
            if (startSteps > 0) expect(cluster.readyReplicas()).toBeLessThanOrEqual(readyBefore);
          });
        },
      ),
    );
  });
});

describe('a step', () => {
  const server = createStepServer({ serviceRateRps: 10, serversPerReplica: 2, dispatch: 'Central' }, 0.4, 15);
  test('is never later for more replicas, nor earlier for more that waits, and loses no request', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 500, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        (rateRps, replicas, waiting) => {
          const here = server.serve(rateRps, replicas, waiting);
          const more = server.serve(rateRps, replicas + 1, waiting);
          const none = server.serve(rateRps, replicas, 0);
          expect(more.lateRatio).toBeLessThanOrEqual(here.lateRatio + 1e-12);
          expect(none.lateRatio).toBeLessThanOrEqual(here.lateRatio + 1e-12);
          const served = waiting + 15 * rateRps - here.backlogRequests;
          expect(served).toBeLessThanOrEqual(15 * server.capacityRps(replicas) + 1e-6);
          expect(here.utilizationRatio).toBeGreaterThanOrEqual(0);
          expect(here.utilizationRatio).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('a load path', () => {
  test('stays within its rows, and tells nothing of rows that have not begun', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 2, maxLength: 20 }),
        fc.constantFrom(60, 300),
        fc.nat(),
        (values, stepSeconds, at) => {
          const physics = physicsFrom(aPolicy(), stepSeconds);
          const pathOf = (rates: readonly number[]) =>
            loadPathFrom({ startAtMs: 0, stepSeconds, values: Float64Array.from(rates) }, physics);
          const path = pathOf(values);
          for (let step = 0; step < path.steps; step += 1) {
            const rate = path.rateAt(step);
            expect(rate).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
            expect(rate).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
          }
          const step = at % path.steps;
          const begun = Math.floor(step / path.stepsPerRow) + 1;
          const other = pathOf(values.map((rate, row) => (row < begun ? rate : 7 * rate + 3)));
          const newest = path.newestKnowable(step);
          expect(other.newestKnowable(step)).toBe(newest);
          expect(other.rateAt(newest)).toBe(path.rateAt(newest));
        },
      ),
    );
  });
});

describe('a frontier', () => {
  test('falls as lateness grows, and no setting is below it', () => {
    fc.assert(
      fc.property(points, (settings) => {
        const frontier = frontierOf(settings);
        for (let i = 1; i < frontier.length; i += 1) {
          expect(frontier[i].excessRatio).toBeGreaterThan(frontier[i - 1].excessRatio);
          expect(frontier[i].replicaHours).toBeLessThan(frontier[i - 1].replicaHours);
        }
        for (const { excessRatio, replicaHours } of settings)
          expect(hoursAt(frontier, excessRatio)!).toBeLessThanOrEqual(replicaHours + 1e-9);
      }),
    );
  });
  test('a point on the ideal closes all of the gap, one on the rival none', () => {
    fc.assert(
      fc.property(points, fc.double({ min: 1.1, max: 5, noNaN: true }), (settings, factor) => {
        const ideal = frontierOf(settings);
        const rival = ideal.map((point) => ({ ...point, replicaHours: factor * point.replicaHours }));
        expect(closedGap(ideal[0], { rival, ideal })).toBeCloseTo(1, 9);
        expect(closedGap(rival[0], { rival, ideal })).toBeCloseTo(0, 9);
      }),
    );
  });
});

test('ahead by some steps is the highest of them, and changes nothing ahead by none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 50 }),
      fc.integer({ min: 0, max: 12 }),
      (counts, steps) => {
        const asked: number[] = [];
        const countAt = (step: number): number => {
          asked.push(step);
          return counts[step];
        };
        const ahead = highestAhead(countAt, { steps, untilStep: counts.length });
        counts.forEach((_, i) => {
          expect(ahead(i)).toBe(Math.max(...counts.slice(i, i + steps + 1)));
          // No further than it has to look, and nothing twice.
          expect(asked).toEqual(counts.map((__, step) => step).slice(0, i + steps + 1));
        });
      },
    ),
  );
});

test('a recorded plan says once more what it was told, from any step on', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 50 }),
      fc.nat(),
      fc.nat({ max: 1000 }),
      (counts, at, firstStep) => {
        const plan = createRecordedPlan();
        counts.forEach((count, i) => plan.add(firstStep + i, count));
        const from = at % counts.length;
        const countAt = plan.counts();
        expect(counts.slice(from).map((_, i) => countAt(firstStep + from + i))).toEqual(counts.slice(from));
      },
    ),
  );
});
