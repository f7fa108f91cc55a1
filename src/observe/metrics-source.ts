/**
 * The observe stage. A metrics source answers questions about what a metric was over a span of time; a recording
 * and a Prometheus answer alike, and neither tells a slot before it was complete.
 *
 * Time: a slot that starts at t covers [t, t+step) and is known from t+step on. A Prometheus sample stamped t covers
 * the time before t, so it is the slot that starts at t-step. A fault of the source is an answer, not an exception.
 */
import type { MetricName } from '../domain/metric-name.ts';
import type { Samples } from '../domain/time-series.ts';
import type { WorkloadRef } from '../domain/workload.ts';

/** Whose room a query tells. No recording has a column for it. */
export interface DependencyRoom {
  readonly dependency: string;
}

export interface SeriesRequest {
  readonly workload: WorkloadRef;
  readonly metric: MetricName | DependencyRoom;
  /** PromQL; a recording ignores it and reads the metric's column. */
  readonly query: string;
  /** Slots that start at or after `fromMs` and END at or before `toMs`; neither needs to lie on a slot's border. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
}

export type SeriesAnswer =
  /**
   * `samples.startsAtMs` are slot starts, ascending. `partialMessage`: the source said that its answer is incomplete;
   * only then may there be no sample at all.
   */
  | { readonly kind: 'samples'; readonly samples: Samples; readonly partialMessage: string | null }
  | { readonly kind: 'empty' }
  | { readonly kind: 'queryRejected'; readonly message: string }
  | { readonly kind: 'sourceDown'; readonly message: string };

export interface MetricsSource {
  /** Answers in the order of the requests. Aborting gives `sourceDown` answers; it never throws. */
  read(requests: readonly SeriesRequest[], signal: AbortSignal): Promise<readonly SeriesAnswer[]>;
  /**
   * Seconds between the samples that the source has for this workload; null when it has what it is asked for. Requests
   * ask for this step or a multiple of it.
   */
  resolutionSeconds(workload: WorkloadRef): number | null;
  close(): Promise<void>;
}
