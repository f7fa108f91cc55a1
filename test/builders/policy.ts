import type { Policy } from '../../src/policy/policy.ts';

/** Every level may be given in part; arrays are replaced whole. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> }
    : T;

/** The policy that a test starts from: the web shop's checkout, with autoscaling/v2's default behavior. */
const CHECKOUT: Policy = {
  workload: { namespace: 'shop', name: 'checkout' },
  target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
  policyHash: '0123456789abcdef',
  mode: 'Recommend',
  paused: false,
  minReplicas: 2,
  maxReplicas: 60,
  metrics: {
    source: 'default',
    delaySeconds: 30,
    staleAfterSeconds: 120,
    queries: { arrivalRate: 'sum(rate(http_requests_total{app="checkout"}[1m]))' },
  },
  capacity: {
    serviceRateRps: 25,
    serversPerReplica: 8,
    startupSeconds: 90,
    dispatch: 'LeastRequests',
    scalability: { contention: 0, coherency: 0 },
    variability: { arrivals: 1, service: 1 },
    warmUp: { durationSeconds: 0, initialRatio: 1 },
    queueLimitRequests: null,
  },
  slo: { responseSeconds: 0.25, objectiveRatio: 0.99, patienceSeconds: null },
  cost: { perReplicaHour: 0.12, perViolation: 0.0004, perReplicaStart: 0.001, currency: 'USD' },
  forecast: {
    horizonSeconds: 900,
    stepSeconds: 60,
    lookbackSeconds: 14 * 86_400,
    models: ['arima', 'moving-average'],
    minConfidenceRatio: 0.8,
  },
  calendar: { timeZone: 'UTC', holidayCountry: null, events: [], excludedFromTraining: [] },
  chaos: { safetyFactor: 1, availabilityRatio: null, replicaDownProbability: 0.01, scenarios: [] },
  dependencies: [],
  behavior: {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
      toleranceRatio: 0,
    },
    scaleDown: {
      stabilizationWindowSeconds: 300,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
      toleranceRatio: 0,
    },
  },
};

/** `aPolicy({ maxReplicas: 5, slo: { objectiveRatio: 0.95 } })`: the checkout policy with these parts changed. */
export function aPolicy(overrides: DeepPartial<Policy> = {}): Policy {
  return merged(CHECKOUT, overrides) as Policy;
}

/** The rate of a policy that gives it. */
export function givenRateRps({ capacity }: Policy): number {
  if (capacity.serviceRateRps === null) throw new TypeError('this policy has its service rate learned');
  return capacity.serviceRateRps;
}

function merged(base: unknown, override: unknown): unknown {
  if (override === undefined) return base;
  if (!isRecord(base) || !isRecord(override)) return override;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(override)) result[key] = merged(base[key], value);
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
