import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { DISPATCHES, type ScenarioEffect } from '../../../src/policy/policy.ts';
import { answerSize } from '../../../src/size/queueing-answer.ts';
import type { SizeQuestion } from '../../../src/size/queueing-answer.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import type { SizingInput } from '../../../src/size/size-replicas.ts';
import { aSizingInput } from '../../unit/size/sizing-input.ts';

const RUNS = 150;
const price = fc.double({ min: -7, max: 0, noNaN: true }).map((exponent) => 10 ** exponent);
const quantiles = fc
  .array(fc.double({ min: 0, max: 2000, noNaN: true }), {
    minLength: QUANTILE_LEVELS.length,
    maxLength: QUANTILE_LEVELS.length,
  })
  .map((rates) => rates.sort((a, b) => a - b));
const step = fc.oneof(fc.double({ min: 0, max: 2000, noNaN: true }), quantiles);
const share = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const anyEffect: fc.Arbitrary<ScenarioEffect> = fc.oneof(
  fc.record({ kind: fc.constant('ShareLost' as const), lossRatio: share(0.01, 0.6) }),
  fc.record({
    kind: fc.constant('Rollout' as const),
    lossRatio: share(0, 0.6),
    leastReplicas: fc.constantFrom(0, 1),
  }),
  fc.record({ kind: fc.constant('ReplicasLost' as const), lostReplicas: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant('ArrivalRate' as const), multiplier: share(1.01, 3) }),
  fc.record({ kind: fc.constant('ServiceRate' as const), multiplier: share(0.3, 0.99) }),
);
const scenario = fc.record({
  name: fc.constantFrom('zone-loss', 'node-drain', 'slow-disk'),
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
  effect: anyEffect,
  availabilityRatio: fc.constantFrom(null, null, 0.999),
  userImpactRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  recoverySeconds: fc.constantFrom(0, 60, 3600),
  required: fc.boolean(),
});
const input: fc.Arbitrary<SizingInput> = fc
  .record({
    window: fc.array(step, { minLength: 1, maxLength: 4 }),
    backlogRequests: fc.constantFrom(0, 0, 100, 30_000),
    currentReplicas: fc.integer({ min: 1, max: 30 }),
    serversPerReplica: fc.constantFrom(1, 3, 8),
    dispatch: fc.constantFrom(...DISPATCHES),
    responseSeconds: fc.constantFrom(0.05, 0.25, 1),
    objectiveRatio: fc.constantFrom(0.9, 0.99, 0.9999),
    perReplicaHour: fc.option(price),
    perViolation: fc.option(price),
    scenarios: fc.array(scenario, { maxLength: 2 }),
    safetyFactor: fc.constantFrom(1, 1.2),
    availabilityRatio: fc.constantFrom(null, 0.999),
  })
  .map((given) =>
    aSizingInput(given.window, {
      backlogRequests: given.backlogRequests,
      currentReplicas: given.currentReplicas,
      policy: {
        capacity: { serversPerReplica: given.serversPerReplica, dispatch: given.dispatch },
        slo: { responseSeconds: given.responseSeconds, objectiveRatio: given.objectiveRatio },
        cost: { perReplicaHour: given.perReplicaHour, perViolation: given.perViolation },
        chaos: {
          scenarios: given.scenarios,
          safetyFactor: given.safetyFactor,
          availabilityRatio: given.availabilityRatio,
        },
      },
    }),
  );

function withMoreLoad(base: SizingInput, raise: (rateRps: number, index: number) => number): SizingInput {
  const window = base.window.map((each) =>
    'rateRps' in each
      ? { ...each, rateRps: raise(each.rateRps, 0) }
      : { ...each, quantilesRps: each.quantilesRps.map(raise).sort((a, b) => a - b) },
  );
  return { ...base, window };
}

describe('sizeReplicas', () => {
  test('more load, at any quantile or step, never gives fewer replicas', () => {
    fc.assert(
      fc.property(
        input,
        fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 12, maxLength: 12 }),
        (base, extra) => {
          const more = withMoreLoad(base, (rate, index) => rate + extra[index]);
          expect(sizeReplicas(more).replicas).toBeGreaterThanOrEqual(sizeReplicas(base).replicas);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('a little more load never gives fewer replicas either', () => {
    fc.assert(
      fc.property(input, fc.double({ min: 1, max: 1.05, noNaN: true }), (base, factor) => {
        const more = withMoreLoad(base, (rate) => rate * factor);
        expect(sizeReplicas(more).replicas).toBeGreaterThanOrEqual(sizeReplicas(base).replicas);
      }),
      { numRuns: RUNS },
    );
  });

  test('more backlog never gives fewer replicas', () => {
    fc.assert(
      fc.property(input, fc.double({ min: 0, max: 1e5, noNaN: true }), (base, extra) => {
        const more = { ...base, backlogRequests: base.backlogRequests + extra };
        expect(sizeReplicas(more).replicas).toBeGreaterThanOrEqual(sizeReplicas(base).replicas);
      }),
      { numRuns: RUNS },
    );
  });

  test('dearer violations never give fewer replicas, dearer replicas never more', () => {
    fc.assert(
      fc.property(input, fc.double({ min: 1, max: 100, noNaN: true }), (base, factor) => {
        const { cost } = base.policy;
        fc.pre(cost.perReplicaHour !== null && cost.perViolation !== null);
        const needed = (change: Partial<typeof cost>) =>
          sizeReplicas({ ...base, policy: { ...base.policy, cost: { ...cost, ...change } } }).neededReplicas;
        const before = needed({});
        expect(needed({ perViolation: cost.perViolation * factor })).toBeGreaterThanOrEqual(before);
        expect(needed({ perReplicaHour: cost.perReplicaHour * factor })).toBeLessThanOrEqual(before);
      }),
      { numRuns: RUNS },
    );
  });

  test('the same input gives the same answer, finite in every number', () => {
    fc.assert(
      fc.property(input, (base) => {
        const trace = sizeReplicas(base);
        expect(sizeReplicas(base)).toEqual(trace);
        expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
        expect(trace.replicas).toBe(trace.neededReplicas + (trace.buffer?.bufferReplicas ?? 0));
        expect(trace.replicas).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: RUNS },
    );
  });
});

const question: fc.Arbitrary<SizeQuestion> = fc.record({
  arrivalRateRps: fc.double({ min: 0, max: 3000, noNaN: true }),
  serviceRateRps: fc.double({ min: 0.5, max: 100, noNaN: true }),
  sloSeconds: fc.double({ min: 0.01, max: 3, noNaN: true }),
  serversPerReplica: fc.constantFrom(1, 2, 8),
  dispatch: fc.constantFrom(...DISPATCHES),
  minReplicas: fc.constant(1),
  objectiveRatio: fc.constantFrom(undefined, 0.9, 0.99, 0.999),
  perReplicaHour: fc.option(price, { nil: undefined }),
  perViolation: fc.option(price, { nil: undefined }),
});

describe('the pure queueing answer', () => {
  test('is never beaten by any count near or far', () => {
    fc.assert(
      fc.property(question, fc.integer({ min: 1, max: 200 }), (asked, other) => {
        fc.pre(asked.perReplicaHour !== undefined && asked.perViolation !== undefined);
        const best = answerSize({ ...asked, objectiveRatio: undefined });
        const lowest = Math.max(1, best.replicas - other);
        for (const replicas of [lowest, best.replicas - 1, best.replicas + 1, best.replicas + other]) {
          if (replicas < 1) continue;
          const rival = answerSize({ ...asked, replicas });
          if (rival.stable)
            expect(rival.costPerHour.total!).toBeGreaterThanOrEqual(best.costPerHour.total! * (1 - 1e-12));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('knows no unit of time: twice the rates and half the SLO give the same count', () => {
    fc.assert(
      fc.property(question, fc.constantFrom(1 / 1024, 0.5, 2, 4096), (asked, factor) => {
        const scaled = answerSize({
          ...asked,
          arrivalRateRps: asked.arrivalRateRps * factor,
          serviceRateRps: asked.serviceRateRps * factor,
          sloSeconds: asked.sloSeconds / factor,
          ...(asked.perReplicaHour === undefined ? {} : { perReplicaHour: asked.perReplicaHour * factor }),
        });
        const plain = answerSize(asked);
        expect(scaled.replicas).toBe(plain.replicas);
        expect(scaled.sloViolationProbability).toBeCloseTo(plain.sloViolationProbability, 12);
      }),
      { numRuns: RUNS },
    );
  });

  test('more load, a stricter objective or a shorter SLO that can be met never gives fewer replicas', () => {
    fc.assert(
      fc.property(question, fc.double({ min: 1, max: 3, noNaN: true }), (asked, factor) => {
        const unpriced = { ...asked, perReplicaHour: undefined, perViolation: undefined };
        const before = answerSize(unpriced);
        const louder = answerSize({ ...unpriced, arrivalRateRps: asked.arrivalRateRps * factor });
        expect(louder.replicas).toBeGreaterThanOrEqual(before.replicas);
        const objectiveRatio = 1 - (1 - (asked.objectiveRatio ?? 0.99)) / factor;
        for (const change of [{ objectiveRatio }, { sloSeconds: asked.sloSeconds / factor }]) {
          const stricter = answerSize({ ...unpriced, ...change });
          if (stricter.reason === 'ObjectiveMet')
            expect(stricter.replicas).toBeGreaterThanOrEqual(before.replicas);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('lateness falls with every replica and rises with every request', () => {
    fc.assert(
      fc.property(question, fc.integer({ min: 1, max: 300 }), (asked, replicas) => {
        const late = answerSize({ ...asked, replicas }).sloViolationProbability;
        const more = answerSize({ ...asked, replicas: replicas + 1 }).sloViolationProbability;
        const louder = answerSize({ ...asked, replicas, arrivalRateRps: asked.arrivalRateRps * 1.1 });
        expect(more).toBeLessThanOrEqual(late * (1 + 1e-9));
        expect(louder.sloViolationProbability).toBeGreaterThanOrEqual(late * (1 - 1e-9));
      }),
      { numRuns: RUNS },
    );
  });
});
