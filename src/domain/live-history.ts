/** What is known of a workload beside its arrival rates: plain data, as it is handed to a forecast and to a thread. */
import type { MetricName } from './metric-name.ts';
import type { TimeSeries } from './time-series.ts';

/** Live metrics that a feature is made of. */
export const LIVE_FEATURES = [
  'cpuUtilization',
  'memoryUtilization',
  'latency',
  'errorRatio',
  'connections',
  'diskIo',
  'inFlight',
] as const satisfies readonly MetricName[];
export type LiveFeature = (typeof LIVE_FEATURES)[number];

/** Columns of live metrics at the step of the arrival rates; NaN: not measured. */
export type LiveColumns = Readonly<Partial<Record<LiveFeature, TimeSeries>>>;

export interface LiveHistory {
  readonly metrics: LiveColumns;
  /** Starts of the target's rollouts as far as they are known, ascending, in milliseconds since the epoch. */
  readonly rolloutsAtMs: readonly number[];
}
