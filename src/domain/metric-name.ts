/**
 * What can be observed of a workload. The policy's `metrics` keys; the first is required, the rest is context.
 * A recording's columns carry the same quantities with their unit in the name.
 */
export const METRIC_NAMES = [
  'arrivalRate',
  'cpuUtilization',
  'memoryUtilization',
  'latency',
  'errorRatio',
  'connections',
  'diskIo',
  'inFlight',
  'throughput',
  'busySlots',
  'replicas',
  'readyReplicas',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/** Recording column -> metric. `requests_per_second` is an accepted synonym of `arrival_rate_rps`. */
export const METRIC_BY_COLUMN: Readonly<Record<string, MetricName>> = {
  arrival_rate_rps: 'arrivalRate',
  requests_per_second: 'arrivalRate',
  cpu_utilization_ratio: 'cpuUtilization',
  memory_utilization_ratio: 'memoryUtilization',
  latency_seconds: 'latency',
  error_ratio: 'errorRatio',
  connections: 'connections',
  disk_io_bytes_per_second: 'diskIo',
  in_flight: 'inFlight',
  throughput_rps: 'throughput',
  busy_slots: 'busySlots',
  replicas: 'replicas',
  ready_replicas: 'readyReplicas',
};
