import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type DecideInput, redecide } from '../../../src/decide.ts';
import { type Decision, desiredReplicas, GUARD_NAMES } from '../../../src/domain/decision.ts';
import { decisionFromJson, decisionToJson } from '../../../src/explain/to-json.ts';
import { anyDecideInput, anyUntrusted, anyValue } from '../arbitraries.ts';
import { tightestDependency } from '../../../src/size/dependency-limit.ts';

const RUNS = { numRuns: 200 };

function forAny(check: (decision: Decision, input: DecideInput) => void, inputs = anyDecideInput()): void {
  fc.assert(
    fc.property(inputs, (input) => check(decide(input).decision, input)),
    RUNS,
  );
}
const clamped = ({ policy }: DecideInput, replicas: number) =>
  Math.min(Math.max(replicas, policy.minReplicas), policy.maxReplicas);
const isPaused = ({ policy, observation }: DecideInput) => policy.paused || observation.paused;

describe('the chain', () => {
  test('every guard answers, in order; each starts where the one before it ended', () => {
    forAny((decision, input) => {
      expect(decision.guards.map((step) => step.guard)).toEqual(GUARD_NAMES);
      const counts = decision.guards.map((step) => step.beforeReplicas);
      expect(counts[0]).toBe(decision.sizing?.replicas ?? input.observation.currentReplicas);
      expect(counts.slice(1)).toEqual(decision.guards.slice(0, -1).map((step) => step.afterReplicas));
    });
  });

  test('the last count is the target, a whole number, and the outcome says it', () => {
    forAny((decision, input) => {
      const target = decision.guards.at(-1)!.afterReplicas;
      expect(desiredReplicas(decision)).toBe(target);
      expect(Number.isSafeInteger(target) && target >= 0).toBe(true);
      const { outcome } = decision;
      if (outcome.kind === 'scale') expect(outcome.toReplicas).toBe(target);
      if (outcome.kind === 'hold') expect(target).toBe(input.observation.currentReplicas);
      if (outcome.kind === 'scale') expect(target).not.toBe(input.observation.currentReplicas);
    });
  });

  test('no guard raises a count above maxReplicas or lowers one below minReplicas; pause leaves what runs', () => {
    forAny((decision, { policy, observation }) => {
      for (const { guard, beforeReplicas, afterReplicas, reason } of decision.guards) {
        if (guard === 'pause' && reason === 'Paused') expect(afterReplicas).toBe(observation.currentReplicas);
        else if (afterReplicas > beforeReplicas)
          expect(afterReplicas).toBeLessThanOrEqual(policy.maxReplicas);
        else if (afterReplicas < beforeReplicas)
          expect(afterReplicas).toBeGreaterThanOrEqual(policy.minReplicas);
      }
    });
  });

  test('nothing after sizing asks for more than a dependency has room for, but what runs and minReplicas', () => {
    forAny((decision, input) => {
      const { observation, policy, memory } = input;
      const stepSeconds = policy.forecast.stepSeconds;
      const limit = tightestDependency(policy.dependencies, {
        observation,
        served: memory.served,
        stepSeconds,
      });
      const room = Math.max(limit?.mostReplicas ?? Infinity, observation.currentReplicas);
      expect(decision.sizing?.replicas ?? 0).toBeLessThanOrEqual(room);
      expect(desiredReplicas(decision)).toBeLessThanOrEqual(Math.max(room, policy.minReplicas));
    });
  });

  test('the target lies within the bounds unless a person has paused', () => {
    forAny((decision, input) => {
      const target = desiredReplicas(decision);
      expect(target).toBe(isPaused(input) ? input.observation.currentReplicas : clamped(input, target));
    });
  });
});

describe('store inputs, derive the verdict', () => {
  test('deciding again from a stored Decision gives the very same Decision', () => {
    forAny((decision, { policy }) => {
      const stored = JSON.parse(JSON.stringify(decision)) as Decision;
      expect(redecide(stored, policy)).toEqual(decision);
    });
  });
  test('so it does from the wire form, which loses nothing', () => {
    forAny((decision, { policy }) => {
      const wire: unknown = JSON.parse(JSON.stringify(decisionToJson(decision)));
      expect(decisionFromJson(wire)).toEqual(decision);
      expect(redecide(decisionFromJson(wire), policy)).toEqual(decision);
    });
  });
  test('neither the input nor its memory is changed', () => {
    forAny((decision, input) => {
      const before = structuredClone(input);
      decide(input);
      expect(input).toEqual(before);
      expect(decision.memory).toEqual(input.memory);
    });
  });
});

describe('what is trusted', () => {
  test('without a trusted measurement nothing is sized and the count only comes inside the bounds', () => {
    forAny((decision, input) => {
      expect(decision.outcome.kind).toBe('abstain');
      expect(decision.sizing).toBeUndefined();
      const { currentReplicas } = input.observation;
      expect(desiredReplicas(decision)).toBe(
        isPaused(input) ? currentReplicas : clamped(input, currentReplicas),
      );
    }, anyDecideInput(anyUntrusted));
  });

  test.each<readonly [string, (input: DecideInput) => DecideInput]>([
    [
      'low confidence',
      (input) => ({
        ...input,
        policy: { ...input.policy, forecast: { ...input.policy.forecast, minConfidenceRatio: 0.9 } },
        forecast:
          input.forecast.kind === 'forecast' ? { ...input.forecast, confidenceRatio: 0.89 } : input.forecast,
      }),
    ],
    ['no forecast', (input) => ({ ...input, forecast: { kind: 'unavailable', skipped: [] } })],
    ['a roll-out', (input) => ({ ...input, observation: { ...input.observation, rollingOut: true } })],
    [
      'little coverage',
      (input) => ({ ...input, observation: { ...input.observation, coverageRatio: 0.49 } }),
    ],
    [
      'a memory that begins now',
      (input) => ({ ...input, memory: { ...input.memory, completeSinceMs: input.nowMs } }),
    ],
  ])('%s removes nothing', (_name, changed) => {
    fc.assert(
      fc.property(anyDecideInput(anyValue), (any) => {
        const input = changed(any);
        const { currentReplicas } = input.observation;
        const least = isPaused(input) ? currentReplicas : Math.min(currentReplicas, input.policy.maxReplicas);
        expect(desiredReplicas(decide(input).decision)).toBeGreaterThanOrEqual(least);
      }),
      RUNS,
    );
  });

  test('never below what the measured rate needs, before the guards', () => {
    forAny((decision, input) => {
      const alone = decide({ ...input, forecast: { kind: 'unavailable', skipped: [] } }).decision;
      expect(decision.sizing!.replicas).toBeGreaterThanOrEqual(alone.sizing!.replicas);
    }, anyDecideInput(anyValue));
  });
});

test('more load never gives fewer replicas before the guards', () => {
  const more = fc.record({
    factor: fc.double({ min: 1, max: 3, noNaN: true }),
    extraRps: fc.integer({ min: 0, max: 500 }),
  });
  fc.assert(
    fc.property(anyDecideInput(anyValue), more, more, (input, onMeasured, onForecast) => {
      const raised = (rateRps: number, by: typeof onMeasured) => rateRps * by.factor + by.extraRps;
      const { arrivalRate } = input.observation;
      const { forecast } = input;
      const loaded: DecideInput = {
        ...input,
        observation: {
          ...input.observation,
          arrivalRate:
            arrivalRate.kind === 'value'
              ? { ...arrivalRate, value: raised(arrivalRate.value, onMeasured) }
              : arrivalRate,
        },
        forecast:
          forecast.kind === 'forecast'
            ? {
                ...forecast,
                quantilesRps: forecast.quantilesRps.map((rates) =>
                  rates.map((rate) => raised(rate, onForecast)),
                ),
              }
            : forecast,
      };
      const fewer = decide(input).decision.sizing!.replicas;
      expect(decide(loaded).decision.sizing!.replicas).toBeGreaterThanOrEqual(fewer);
    }),
    RUNS,
  );
});
