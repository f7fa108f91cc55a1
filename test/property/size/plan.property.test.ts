import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import type { SizingInput, SizingStep } from '../../../src/size/size-replicas.ts';
import { aSizingInput } from '../../unit/size/sizing-input.ts';

const RUNS = { numRuns: 150 };
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const price = real(-6, 0).map((exponent) => 10 ** exponent);
const anyStep = fc.oneof(
  real(0, 2000),
  fc
    .array(real(0, 2000), { minLength: QUANTILE_LEVELS.length, maxLength: QUANTILE_LEVELS.length })
    .map((rates) => rates.toSorted((a, b) => a - b)),
);

/** A window with a horizon after it, prices, starts that cost and replicas that warm up. */
const anyInput: fc.Arbitrary<SizingInput> = fc
  .record({
    steps: fc.array(anyStep, { minLength: 3, maxLength: 9 }),
    windowSteps: fc.integer({ min: 1, max: 3 }),
    currentReplicas: fc.integer({ min: 1, max: 30 }),
    startingShare: real(0, 1),
    backlogRequests: fc.constantFrom(0, 0, 30_000),
    serversPerReplica: fc.constantFrom(1, 8),
    dispatch: fc.constantFrom('Central' as const, 'Random' as const, 'LeastRequests' as const),
    objectiveRatio: fc.constantFrom(0.9, 0.99),
    perReplicaHour: price,
    perViolation: price,
    perReplicaStart: fc.oneof(fc.constant(0), price),
    startupSeconds: fc.constantFrom(0, 90, 300),
    warmUp: fc.constantFrom(
      { durationSeconds: 0, initialRatio: 1 },
      { durationSeconds: 300, initialRatio: 0.4 },
    ),
  })
  .map((drawn) => {
    const { steps, windowSteps, currentReplicas, startingShare, backlogRequests } = drawn;
    const input = aSizingInput(steps, {
      currentReplicas,
      startingReplicas: Math.floor(startingShare * currentReplicas),
      backlogRequests,
      leadTimeSeconds: drawn.startupSeconds + 15,
      policy: {
        capacity: {
          serversPerReplica: drawn.serversPerReplica,
          dispatch: drawn.dispatch,
          startupSeconds: drawn.startupSeconds,
          warmUp: drawn.warmUp,
        },
        slo: { objectiveRatio: drawn.objectiveRatio },
        cost: {
          perReplicaHour: drawn.perReplicaHour,
          perViolation: drawn.perViolation,
          perReplicaStart: drawn.perReplicaStart,
        },
      },
    });
    return { ...input, window: input.window.slice(0, windowSteps), horizon: input.window.slice(windowSteps) };
  });

function withSteps(input: SizingInput, change: (step: SizingStep) => SizingStep): SizingInput {
  return { ...input, window: input.window.map(change), horizon: (input.horizon ?? []).map(change) };
}

function scaledRates(step: SizingStep, factor: number): SizingStep {
  return 'rateRps' in step
    ? { ...step, rateRps: step.rateRps * factor }
    : { ...step, quantilesRps: step.quantilesRps.map((rate) => rate * factor) };
}

function withCost(input: SizingInput, change: Partial<SizingInput['policy']['cost']>): SizingInput {
  return { ...input, policy: { ...input.policy, cost: { ...input.policy.cost, ...change } } };
}

const needed = (input: SizingInput): number => sizeReplicas(input).neededReplicas;

describe('a plan over the horizon', () => {
  test('more load at any step never asks for fewer', () => {
    fc.assert(
      fc.property(anyInput, fc.array(real(1, 2), { minLength: 9, maxLength: 9 }), (input, factors) => {
        let index = 0;
        const more = withSteps(input, (step) => scaledRates(step, factors[index++]));
        expect(needed(more)).toBeGreaterThanOrEqual(needed(input));
      }),
      RUNS,
    );
  });

  test('dearer violations never ask for fewer, dearer replicas never for more', () => {
    fc.assert(
      fc.property(anyInput, real(1, 100), (input, factor) => {
        const { perReplicaHour, perViolation } = input.policy.cost;
        const before = needed(input);
        expect(needed(withCost(input, { perViolation: perViolation! * factor }))).toBeGreaterThanOrEqual(
          before,
        );
        expect(needed(withCost(input, { perReplicaHour: perReplicaHour! * factor }))).toBeLessThanOrEqual(
          before,
        );
      }),
      RUNS,
    );
  });

  test('a stricter objective never asks for fewer', () => {
    fc.assert(
      fc.property(anyInput, real(1, 20), (input, factor) => {
        const { slo } = input.policy;
        const objectiveRatio = 1 - (1 - slo.objectiveRatio) / factor;
        const stricter = { ...input, policy: { ...input.policy, slo: { ...slo, objectiveRatio } } };
        // What cannot be met is bought by another rule, which allows for what service alone makes late.
        if (sizeReplicas(stricter).reason !== 'ServiceTimeExceedsSlo')
          expect(needed(stricter)).toBeGreaterThanOrEqual(needed(input));
      }),
      RUNS,
    );
  });

  test('knows no unit of time: twice as fast a world, the same counts', () => {
    fc.assert(
      fc.property(anyInput, fc.constantFrom(0.25, 0.5, 2, 4), (input, factor) => {
        expect(sizeReplicas(faster(input, factor)).plan?.map(({ replicas }) => replicas)).toEqual(
          sizeReplicas(input).plan?.map(({ replicas }) => replicas),
        );
      }),
      RUNS,
    );
  });

  test('executes its first step, keeps every floor, and has a count for each step that a window follows', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const trace = sizeReplicas(input);
        const steps = input.window.length + (input.horizon ?? []).length;
        const plan = trace.plan ?? [];
        expect(plan).toHaveLength(steps === input.window.length ? 0 : steps - input.window.length + 1);
        if (plan.length > 0) expect(plan[0].replicas).toBe(trace.neededReplicas);
        expect(plan.every(({ replicas }) => Number.isSafeInteger(replicas) && replicas >= 1)).toBe(true);
      }),
      RUNS,
    );
  });

  test('starts that cost nothing are no reason to plan: the window’s largest need', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const free = withCost(
          {
            ...input,
            policy: {
              ...input.policy,
              capacity: {
                ...input.policy.capacity,
                startupSeconds: 0,
                warmUp: { durationSeconds: 0, initialRatio: 1 },
              },
            },
          },
          { perReplicaStart: 0 },
        );
        const { horizon: _beyond, ...window } = free;
        expect(needed(free)).toBe(needed(window));
      }),
      RUNS,
    );
  });
});

/** The same world with `factor` times as many of everything in a second. */
function faster(input: SizingInput, factor: number): SizingInput {
  const { policy } = input;
  const startMs = input.window[0].atMs;
  const { capacity, slo, cost, forecast } = policy;
  const { durationSeconds, initialRatio } = capacity.warmUp;
  const sped = withSteps(input, (step) => ({
    ...scaledRates(step, factor),
    atMs: startMs + (step.atMs - startMs) / factor,
  }));
  return {
    ...sped,
    leadTimeSeconds: input.leadTimeSeconds / factor,
    serviceRateRps: input.serviceRateRps * factor,
    policy: {
      ...policy,
      capacity: {
        ...capacity,
        startupSeconds: capacity.startupSeconds / factor,
        warmUp: { durationSeconds: durationSeconds / factor, initialRatio },
      },
      slo: { ...slo, responseSeconds: slo.responseSeconds / factor },
      cost: { ...cost, perReplicaHour: cost.perReplicaHour! * factor },
      forecast: { ...forecast, stepSeconds: forecast.stepSeconds / factor },
    },
  };
}
