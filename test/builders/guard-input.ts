import type { GuardInput } from '../../src/guard/guard.ts';
import { aForecast } from './forecast.ts';
import { anObservation, NOW_MS } from './observation.ts';
import { aPolicy } from './policy.ts';

/** A memory that has seen everything since an hour ago and remembers nothing that speaks against a change. */
export const WARM_MEMORY: GuardInput['memory'] = {
  completeSinceMs: NOW_MS - 3_600_000,
  recommendations: [],
  changes: [],
  served: [],
  backlogRequests: 0,
  backlogAtMs: NOW_MS - 15_000,
};

/** Ten replicas, trusted metrics and forecast, the checkout policy: no guard has anything to say. */
export function aGuardInput(overrides: Partial<GuardInput> = {}): GuardInput {
  return {
    observation: anObservation(),
    forecast: aForecast(),
    policy: aPolicy(),
    memory: WARM_MEMORY,
    nowMs: NOW_MS,
    ...overrides,
  };
}
