import { type Decision, GUARD_NAMES } from '../../src/domain/decision.ts';
import type { SizingTrace } from '../../src/domain/sizing.ts';
import { aForecast } from './forecast.ts';
import { WARM_MEMORY } from './guard-input.ts';
import { anObservation, NOW_MS } from './observation.ts';

/** 18 replicas for 412 rps in two and a half minutes. Written down, not computed: for tests of what is made of it. */
export function aSizing(overrides: Partial<SizingTrace> = {}): SizingTrace {
  return {
    basis: 'forecast',
    reason: 'CostOptimum',
    leadTimeSeconds: 105,
    sizedForRps: 412,
    peakAtMs: NOW_MS + 150_000,
    serviceRateRps: 25,
    offeredLoadErlangs: 16.48,
    servers: 18,
    utilizationRatio: 0.9156,
    waitProbability: 0.61,
    meanResponseSeconds: 0.056,
    sloViolationProbability: 0.006,
    costPerHour: { replicas: 2.16, violations: 0.32, total: 2.48 },
    candidates: [],
    neededReplicas: 18,
    buffer: null,
    replicas: 18,
    ...overrides,
  };
}

/** A decision of 12 -> 18 replicas that no guard touched; `sizing` changes what it was sized for. */
export function aSizedDecision(
  sizing: Partial<SizingTrace> = {},
  overrides: Partial<Decision> = {},
): Decision {
  const trace = aSizing(sizing);
  return {
    workload: { namespace: 'shop', name: 'checkout' },
    policyHash: '0123456789abcdef',
    decidedAtMs: NOW_MS,
    tickSeconds: 15,
    slo: { responseSeconds: 0.25, objectiveRatio: 0.99 },
    observed: anObservation({ currentReplicas: 12, readyReplicas: 12 }),
    memory: WARM_MEMORY,
    forecast: aForecast(380),
    sizing: trace,
    guards: GUARD_NAMES.map((guard) => ({
      guard,
      beforeReplicas: trace.replicas,
      afterReplicas: trace.replicas,
      reason:
        guard === 'rates' || guard === 'dependency' || guard === 'budget' || guard === 'bounds'
          ? 'DesiredWithinRange'
          : 'ReadyForNewScale',
      message: 'as it was',
    })),
    outcome: { kind: 'scale', toReplicas: trace.replicas, reason: 'ReadyForNewScale' },
    ...overrides,
  };
}
