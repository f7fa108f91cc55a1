import type { StoredDecision } from '../../src/control/decision-store.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { NO_FORECAST } from './forecast.ts';
import { anObservation, NOW_MS } from './observation.ts';

/** A decision that holds ten replicas, and that nothing came of. */
export function aStoredDecision(overrides: Partial<Decision> = {}): StoredDecision {
  const decision: Decision = {
    workload: { namespace: 'shop', name: 'checkout' },
    policyHash: '0123456789abcdef',
    decidedAtMs: NOW_MS,
    tickSeconds: 15,
    slo: { responseSeconds: 0.25, objectiveRatio: 0.99 },
    observed: anObservation(),
    memory: {
      completeSinceMs: NOW_MS,
      recommendations: [],
      changes: [],
      served: [],
      backlogRequests: 0,
      backlogAtMs: NOW_MS,
    },
    forecast: NO_FORECAST,
    guards: [],
    outcome: { kind: 'hold', reason: 'ForecastUnavailable' },
    ...overrides,
  };
  const { workload, decidedAtMs } = decision;
  const actuation = { workload, decidedAtMs, result: 'unchanged', toReplicas: 10, message: '' } as const;
  return { decision, actuation };
}
