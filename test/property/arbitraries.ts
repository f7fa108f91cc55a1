import fc from 'fast-check';
import { RATIO_EDGES } from '../../src/size/overshoot-record.ts';
import type { DecideInput } from '../../src/decide.ts';
import type { DecisionMemory } from '../../src/domain/decision.ts';
import {
  type Forecast,
  type ForecastResult,
  MODEL_NAMES,
  QUANTILE_LEVELS,
  SKIP_REASONS,
} from '../../src/domain/forecast.ts';
import type { Measurement } from '../../src/domain/measurement.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { DISPATCHES, type Policy, type ScalingRules, type ScenarioEffect } from '../../src/policy/policy.ts';
import { NOW_MS } from '../builders/observation.ts';
import { aPolicy } from '../builders/policy.ts';

/** Anything that may be met, not only what is likely: counts outside of the bounds, zeros, hopeless objectives. */
const whole = (min: number, max: number) => fc.integer({ min, max });
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((value) => value + 0);
const ratio = () => real(0, 1);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
/** Queues that shed or give up take sizing a hundred times as long: a few cases of them, the rest to its own tests. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 24, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

export const anyRateRps = fc.oneof(fc.constant(0), real(0, 1), real(0, 3000));

export const anyRules: fc.Arbitrary<ScalingRules> = fc.record({
  stabilizationWindowSeconds: fc.constantFrom(0, 15, 60, 300, 3600),
  selectPolicy: fc.constantFrom('Max' as const, 'Min' as const, 'Disabled' as const),
  policies: fc.array(
    fc.record({
      type: fc.constantFrom('Pods' as const, 'Percent' as const),
      value: whole(1, 200),
      periodSeconds: whole(1, 1800),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  toleranceRatio: fc.oneof(fc.constant(0), real(0, 0.5)),
});

const anyEffect: fc.Arbitrary<ScenarioEffect> = fc.oneof(
  fc.record({ kind: fc.constant('ShareLost' as const), lossRatio: real(0.01, 0.9) }),
  fc.record({
    kind: fc.constant('Rollout' as const),
    lossRatio: real(0, 0.9),
    leastReplicas: fc.constantFrom(0, 1),
  }),
  fc.record({ kind: fc.constant('ReplicasLost' as const), lostReplicas: whole(1, 20) }),
  fc.record({ kind: fc.constant('ArrivalRate' as const), multiplier: real(1.01, 5) }),
  fc.record({ kind: fc.constant('ServiceRate' as const), multiplier: real(0.2, 0.99) }),
);

const anyScenario = fc.record({
  name: fc.constantFrom('zone-loss', 'node-drain', 'bad-deploy'),
  probability: ratio(),
  effect: anyEffect,
  availabilityRatio: rarely(real(0.5, 0.999)),
  userImpactRatio: ratio(),
  recoverySeconds: real(1, 3600),
  required: fc.boolean(),
});

/** By capacity, or asked: then `capacity` is null. */
const anyDependency = (name: string) =>
  fc
    .record({ limitPerReplica: real(0.5, 20), capacity: orNull(real(1, 1000)) })
    .map((given) => ({ ...given, name, query: given.capacity === null ? 'free' : null }));

export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    paused: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
    minReplicas: whole(1, 10),
    room: whole(0, 60),
    capacity: fc.record({
      serviceRateRps: real(0.5, 100),
      serversPerReplica: whole(1, 16),
      startupSeconds: real(0, 600),
      // PowerOfTwo is left to the tests of sizing: its mean field takes a hundred times as long.
      dispatch: fc.constantFrom(...DISPATCHES.filter((dispatch) => dispatch !== 'PowerOfTwo')),
      queueLimitRequests: rarely(whole(1, 1000)),
      warmUp: fc.oneof(
        fc.constant({ durationSeconds: 0, initialRatio: 1 }),
        fc.record({ durationSeconds: real(0, 900), initialRatio: real(0.1, 1) }),
      ),
    }),
    slo: fc.record({
      responseSeconds: real(0.01, 5),
      objectiveRatio: real(0.5, 0.999),
      patienceSeconds: rarely(real(0.1, 60)),
    }),
    cost: fc.record({
      perReplicaHour: orNull(real(0.001, 2)),
      perViolation: orNull(real(1e-6, 0.01)),
      perReplicaStart: fc.oneof(fc.constant(0), real(0, 0.1)),
    }),
    minConfidenceRatio: ratio(),
    chaos: fc.record({
      safetyFactor: real(1, 1.1),
      availabilityRatio: orNull(real(0.5, 0.999)),
      replicaDownProbability: real(0.001, 0.5),
      scenarios: fc.array(anyScenario, { maxLength: 2 }),
    }),
    dependencies: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      fc.tuple(anyDependency('orders-db'), anyDependency('cache')),
    ),
    behavior: fc.record({ scaleUp: anyRules, scaleDown: anyRules }),
  })
  .map(({ minReplicas, room, minConfidenceRatio, ...rest }) =>
    aPolicy({ ...rest, minReplicas, maxReplicas: minReplicas + room, forecast: { minConfidenceRatio } }),
  );

export const anyUntrusted: fc.Arbitrary<Measurement> = fc.oneof(
  fc.record({
    kind: fc.constant('stale' as const),
    value: anyRateRps,
    endsAtMs: whole(NOW_MS - 1e6, NOW_MS - 1e5),
  }),
  fc.constant({ kind: 'empty' as const }),
  fc.record({ kind: fc.constant('notANumber' as const), endsAtMs: whole(NOW_MS - 1e5, NOW_MS) }),
  fc.record({
    kind: fc.constantFrom('partial' as const, 'queryRejected' as const, 'sourceDown' as const),
    message: fc.string(),
  }),
);

export const anyValue: fc.Arbitrary<Measurement> = fc.record({
  kind: fc.constant('value' as const),
  value: anyRateRps,
  endsAtMs: whole(NOW_MS - 120_000, NOW_MS),
});

/** What a dependency has left, if it says so; below zero where it is overrun. */
const anyRoom: fc.Arbitrary<Measurement> = fc.oneof(
  anyUntrusted,
  fc.record({
    kind: fc.constant('value' as const),
    value: real(-200, 800),
    endsAtMs: whole(NOW_MS - 120_000, NOW_MS),
  }),
);

export function anyObservation(arrivalRate: fc.Arbitrary<Measurement>): fc.Arbitrary<Observation> {
  return fc
    .record({
      arrivalRate,
      coverageRatio: fc.oneof(fc.constant(1), ratio()),
      currentReplicas: whole(0, 90),
      readyShare: ratio(),
      rollingOut: fc.boolean(),
      paused: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
      serviceRateRps: real(0.5, 100),
      cpu: fc.option(anyValue, { nil: undefined }),
      dependencies: fc.oneof(
        fc.constant([]),
        anyRoom.map((free) => [{ name: 'orders-db', free }]),
      ),
      backlogRequests: fc.oneof(fc.constant(0), real(0, 10_000)),
    })
    .map(({ readyShare, cpu, ...observed }) => {
      const readyReplicas = Math.floor(observed.currentReplicas * readyShare);
      return {
        ...observed,
        workload: { namespace: 'shop', name: 'checkout' },
        observedAtMs: NOW_MS,
        context: cpu === undefined ? {} : { cpuUtilization: cpu },
        readyReplicas,
        startingReplicas: observed.currentReplicas - readyReplicas,
      };
    });
}

const anySkipped = fc.array(
  fc.record({
    model: fc.constantFrom(...MODEL_NAMES),
    reason: fc.constantFrom(...SKIP_REASONS),
    message: fc.string(),
  }),
  { maxLength: 2 },
);

/** A forecast with quantiles that ascend; it mostly covers now. */
export const anyForecast: fc.Arbitrary<Forecast> = fc
  .record({
    model: fc.constantFrom(...MODEL_NAMES),
    skipped: anySkipped,
    confidenceRatio: ratio(),
    ageSeconds: fc.oneof({ weight: 9, arbitrary: whole(0, 50) }, whole(-900, 3600)),
    stepSeconds: fc.constantFrom(60, 300),
    steps: fc.array(
      fc.array(anyRateRps, { minLength: QUANTILE_LEVELS.length, maxLength: QUANTILE_LEVELS.length }),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
  })
  .map(({ ageSeconds, steps, ...forecast }) => {
    const quantilesRps = steps.map((rates) => rates.toSorted((a, b) => a - b));
    return {
      ...forecast,
      kind: 'forecast' as const,
      originAtMs: NOW_MS - ageSeconds * 1000,
      meanRps: quantilesRps.map((rates) => rates[5]),
      quantilesRps,
    };
  });

export const anyForecastResult: fc.Arbitrary<ForecastResult> = fc.oneof(
  { weight: 4, arbitrary: anyForecast },
  fc.record({ kind: fc.constant('unavailable' as const), skipped: anySkipped }),
);

const anyPast = (seconds: number) => whole(0, seconds).map((ago) => NOW_MS - ago * 1000);
const byTime = <Entry extends { readonly atMs: number }>(entries: readonly Entry[]) =>
  entries.toSorted((a, b) => a.atMs - b.atMs);

export const anyMemory: fc.Arbitrary<DecisionMemory> = fc
  .record({
    completeSinceMs: anyPast(7200),
    recommendations: fc.array(fc.record({ atMs: anyPast(4000), replicas: whole(1, 90) }), { maxLength: 8 }),
    changes: fc.array(
      fc.record({
        atMs: anyPast(2000),
        replicas: whole(-20, 20).filter((replicas) => replicas !== 0),
        fromReplicas: whole(0, 90),
      }),
      { maxLength: 4 },
    ),
    served: fc.array(fc.record({ atMs: anyPast(300), replicas: whole(0, 90) }), { maxLength: 3 }),
    backlogRequests: fc.oneof(fc.constant(0), real(0, 10_000)),
    backlogAtMs: anyPast(300),
    account: fc.option(
      fc.record({
        requests: real(0, 1e9),
        avoidablyLateRequests: real(0, 1e7),
        seconds: real(0, 3e6),
        askedReplicas: whole(0, 90),
        servingReplicas: whole(0, 90),
      }),
      { nil: undefined },
    ),
    overshoot: fc.option(
      fc.record({
        weights: fc.array(real(0, 1e6), { minLength: RATIO_EDGES.length, maxLength: RATIO_EDGES.length }),
        samples: real(0, 1e5),
        forecastLossRps: real(0, 1e6),
        overshootLossRps: real(0, 1e6),
        highestRps: real(0, 1e5),
        pending: fc.array(
          fc.record({
            dueAtMs: anyPast(300).map((ago) => 2 * NOW_MS - ago),
            expectedRps: real(0, 1e5),
            forecastRps: real(0, 1e5),
            overshootRps: real(0, 1e6),
          }),
          { maxLength: 4 },
        ),
      }),
      { nil: undefined },
    ),
  })
  .map(({ account, overshoot, ...memory }) => ({
    ...memory,
    ...(account && { account }),
    ...(overshoot && { overshoot }),
    recommendations: byTime(memory.recommendations),
    changes: byTime(memory.changes),
    served: byTime(memory.served),
  }));

/** Everything that a decision is made of, with the given measurement. */
export function anyDecideInput(
  arrivalRate: fc.Arbitrary<Measurement> = fc.oneof({ weight: 3, arbitrary: anyValue }, anyUntrusted),
): fc.Arbitrary<DecideInput> {
  return fc.record({
    observation: anyObservation(arrivalRate),
    forecast: anyForecastResult,
    policy: anyPolicy,
    memory: anyMemory,
    nowMs: fc.constant(NOW_MS),
    tickSeconds: fc.constantFrom(1, 15, 60),
    hpaReplicas: fc.option(fc.nat(1000), { nil: undefined }),
  });
}
