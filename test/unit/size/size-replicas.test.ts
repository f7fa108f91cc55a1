import { describe, expect, test } from 'vitest';
import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import {
  distributionFromQuantiles,
  meanRateRps,
  weightedRates,
} from '../../../src/size/rate-distribution.ts';
import type { ChaosScenario } from '../../../src/policy/policy.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import { aSizingInput, quantilesAround } from './sizing-input.ts';

const NO_PRICES = { perReplicaHour: null, perViolation: null };

describe('the count that the load needs', () => {
  test('at a certain rate with prices: the cost optimum, described in full', () => {
    const trace = sizeReplicas(aSizingInput([900]));
    expect(trace).toMatchObject({
      reason: 'CostOptimum',
      replicas: 6,
      neededReplicas: 6,
      servers: 48,
      sizedForRps: 900,
      offeredLoadErlangs: 36,
      utilizationRatio: 0.75,
      buffer: null,
      leadTimeSeconds: 105,
    });
    const cheapest = [...trace.candidates].sort((a, b) => a.costPerHour.total - b.costPerHour.total)[0];
    expect(cheapest?.replicas).toBe(6);
    expect(trace.costPerHour).toEqual(cheapest?.costPerHour);
  });

  test('without prices: the smallest count that meets the objective', () => {
    expect(sizeReplicas(aSizingInput([900], { policy: { cost: NO_PRICES } }))).toMatchObject({
      reason: 'ObjectiveMet',
      replicas: 5,
      costPerHour: { total: 0 },
    });
  });

  test('prices never buy less than the objective needs', () => {
    const worthless = { perReplicaHour: 100, perViolation: 1e-12 };
    const trace = sizeReplicas(aSizingInput([900], { policy: { cost: worthless } }));
    expect(trace.replicas).toBe(5);
    expect(trace.sloViolationProbability).toBeLessThanOrEqual(0.01);
  });

  test('uncertainty costs replicas: a wide forecast needs more than its median for certain', () => {
    const certain = sizeReplicas(aSizingInput([900]));
    const wide = sizeReplicas(aSizingInput([quantilesAround(900, 0.5)]));
    expect(wide.replicas).toBeGreaterThan(certain.replicas);
    expect(wide.sizedForRps).toBeGreaterThan(900);
  });

  test('the expected cost beats that of every other count from 1 to 60', () => {
    const trace = sizeReplicas(aSizingInput([quantilesAround(2500, 0.3)]));
    const total = (replicas: number) =>
      sizeReplicas(aSizingInput([quantilesAround(2500, 0.3)])).candidates.find(
        (candidate) => candidate.replicas === replicas,
      )?.costPerHour.total ?? Infinity;
    for (const { replicas } of trace.candidates)
      expect(total(replicas)).toBeGreaterThanOrEqual(total(trace.neededReplicas));
  });

  test('the peak of the window counts, and is named', () => {
    const trace = sizeReplicas(aSizingInput([400, 900, 700], { currentReplicas: 6 }));
    expect(trace.replicas).toBe(sizeReplicas(aSizingInput([900])).replicas);
    expect(trace.peakAtMs).toBe(Date.UTC(2026, 10, 21, 8, 1));
  });

  test('a backlog is worked off in a quarter of the lead time: 6,000 requests in 60 s are 100 more a second', () => {
    const withBacklog = sizeReplicas(aSizingInput([900], { backlogRequests: 6000, leadTimeSeconds: 240 }));
    expect(withBacklog.replicas).toBe(sizeReplicas(aSizingInput([1000], { leadTimeSeconds: 240 })).replicas);
    expect(withBacklog.sizedForRps).toBe(1000);
  });

  test('overload before new replicas are ready leaves a backlog that they must work off', () => {
    const ready = sizeReplicas(aSizingInput([900, 900], { currentReplicas: 6 }));
    const starting = sizeReplicas(aSizingInput([900, 900], { currentReplicas: 6, startingReplicas: 4 }));
    expect(starting.replicas).toBeGreaterThan(ready.replicas);
  });

  test('while nothing serves nothing waits: replicas that all start still need no more than the load does', () => {
    const starting = sizeReplicas(aSizingInput([900, 900], { currentReplicas: 6, startingReplicas: 6 }));
    expect(starting.replicas).toBe(sizeReplicas(aSizingInput([900, 900], { currentReplicas: 6 })).replicas);
  });

  test('who is ready at once leaves nothing waiting', () => {
    const atOnce = sizeReplicas(aSizingInput([900], { leadTimeSeconds: 0 }));
    expect(atOnce.replicas).toBe(sizeReplicas(aSizingInput([900])).replicas);
  });

  test('no load at all still has one replica', () => {
    expect(sizeReplicas(aSizingInput([0]))).toMatchObject({ replicas: 1, utilizationRatio: 0 });
  });

  test('an empty window is refused', () => {
    expect(() => sizeReplicas(aSizingInput([]))).toThrow(RangeError);
  });
});

describe('what no count can do is said', () => {
  test('a service time that breaks the SLO by itself', () => {
    for (const cost of [{}, NO_PRICES]) {
      const trace = sizeReplicas(aSizingInput([900], { policy: { slo: { responseSeconds: 0.1 }, cost } }));
      expect(trace.reason).toBe('ServiceTimeExceedsSlo');
      expect(trace.replicas).toBeGreaterThan(4);
      expect(trace.replicas).toBeLessThan(15);
    }
  });
  test('an SLO of nothing at all still keeps the load stable', () => {
    const trace = sizeReplicas(
      aSizingInput([quantilesAround(900, 0.5)], { policy: { slo: { responseSeconds: 0 }, cost: NO_PRICES } }),
    );
    expect(trace.reason).toBe('ServiceTimeExceedsSlo');
    expect(trace.utilizationRatio).toBeLessThan(1);
  });
  test('maxReplicas that cannot carry the load: the need is still told', () => {
    const trace = sizeReplicas(aSizingInput([900], { policy: { maxReplicas: 4 } }));
    expect(trace).toMatchObject({ reason: 'MaxReplicasTooSmall', replicas: 6 });
  });
});

test('dispatch: each step away from a central queue never needs fewer, random far more', () => {
  const needed = (dispatch: 'Central' | 'LeastRequests' | 'PowerOfTwo' | 'RoundRobin' | 'Random') =>
    sizeReplicas(aSizingInput([900], { policy: { capacity: { dispatch, serversPerReplica: 1 } } })).replicas;
  const counts = (['Central', 'LeastRequests', 'PowerOfTwo', 'RoundRobin', 'Random'] as const).map(needed);
  expect([...counts].sort((a, b) => a - b)).toEqual(counts);
  expect(counts[4]).toBeGreaterThan(1.5 * counts[0]);
});

test('the buffer comes on top of what the load needs', () => {
  const scenario: ChaosScenario = {
    name: 'zone-loss',
    probability: 0.01,
    effect: { kind: 'ShareLost', lossRatio: 0.34 },
    availabilityRatio: null,
    userImpactRatio: 0.9,
    recoverySeconds: 600,
    required: true,
  };
  const trace = sizeReplicas(aSizingInput([900], { policy: { chaos: { scenarios: [scenario] } } }));
  expect(trace).toMatchObject({ neededReplicas: 6, replicas: 10, buffer: { scenario: 'zone-loss' } });
  expect(trace.costPerHour.replicas).toBeCloseTo(10 * 0.12, 12);
});

describe('what a forecast stands for', () => {
  const levelled = weightedRates(distributionFromQuantiles(QUANTILE_LEVELS));
  test('the probabilities sum to 1, the rates ascend, the mean of a uniform one is its middle', () => {
    expect(levelled.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 14);
    expect(levelled.ratesRps).toEqual([...levelled.ratesRps].sort((a, b) => a - b));
    expect(meanRateRps(distributionFromQuantiles(QUANTILE_LEVELS))).toBeCloseTo(0.5, 1);
  });
  test('no more than a hundredth stands for anything above the 0.98 quantile at one rate', () => {
    const tail = levelled.probabilities.filter((_, i) => levelled.ratesRps[i] > 0.94);
    expect(tail).toHaveLength(5);
    expect(Math.max(...tail)).toBeCloseTo(0.01, 14);
  });
  test('an exponential tail is found again between the quantiles', () => {
    const exponential = QUANTILE_LEVELS.map((level) => -Math.log(1 - level));
    const { ratesRps } = weightedRates(distributionFromQuantiles(exponential));
    expect(ratesRps.at(-2)).toBeCloseTo(-Math.log(0.015), 12);
    expect(ratesRps.at(-1)).toBeCloseTo(-Math.log(0.01), 12);
  });
});
