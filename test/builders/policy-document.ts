/** The checkout policy as a user would write it: everything that this version does, nothing that it does not. */
export const CHECKOUT_YAML = `
apiVersion: prescale.dev/v1alpha1
kind: PredictiveAutoscaler
metadata: { namespace: shop, name: checkout }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: checkout }
  mode: Recommend
  minReplicas: 2
  maxReplicas: 60
  metrics:
    source: default
    delay: 30s
    staleAfter: 2m
    arrivalRate: { query: 'sum(rate(http_requests_total{app="checkout"}[1m]))' }
    cpuUtilization: { query: 'avg(cpu{app="checkout"})' }
  capacity:
    serviceRateRps: 25
    serversPerReplica: 8
    startupTime: 90s
    dispatch: LeastRequests
    scalability: { contention: 0, coherency: 0 }
    variability: { arrivals: 1, service: 1 }
    warmUp: { duration: 0s, initialRatio: 1 }
    queueLimit: null
  slo: { responseTime: 250ms, objective: 0.99, patience: null }
  cost: { replicaHour: 0.12, violation: 0.0004, switching: 0.001, currency: USD }
  forecast: { horizon: 15m, step: 1m, lookback: 14d, models: [lstm, arima, moving-average], minConfidence: 0.8 }
  timeZone: Europe/Berlin
  events:
    - { name: sale, start: 2026-11-27T00:00:00+01:00, end: 2026-11-28T00:00:00+01:00, arrivalRateMultiplier: 2.5 }
  chaos:
    safetyFactor: 1.2
    availability: 0.999
    scenarios:
      - { name: zone-loss, probability: 0.01, capacityLoss: 0.34, userImpact: 0.9, recovery: 10m, required: false }
  behavior:
    scaleUp: { stabilizationWindowSeconds: 0 }
    scaleDown: { stabilizationWindowSeconds: 600, tolerance: '50m' }
`;

/** The least that a policy must say. */
export const MINIMAL_YAML = `
apiVersion: prescale.dev/v1alpha1
kind: PredictiveAutoscaler
metadata: { name: checkout }
spec:
  scaleTargetRef: { name: checkout }
  maxReplicas: 10
  metrics: { arrivalRate: { query: rps } }
  capacity: { serviceRateRps: 25, startupTime: 90s }
  slo: { responseTime: 250ms }
`;

/** A copy with the values at dotted paths ("spec.events.0.end") replaced; undefined takes the field away. */
export function changed(document: unknown, changes: Readonly<Record<string, unknown>>): unknown {
  const copy: unknown = structuredClone(document);
  for (const [path, value] of Object.entries(changes)) setAt(copy, path.split('.'), value);
  return copy;
}

function setAt(target: unknown, [key, ...rest]: readonly string[], value: unknown): void {
  const node = target as Record<string, unknown>;
  if (rest.length > 0) {
    node[key] ??= {};
    setAt(node[key], rest, value);
  } else if (value === undefined) delete node[key];
  else node[key] = value;
}
