import type { BudgetShare } from './budget-share.ts';
import type { CallerReading } from './caller.ts';
import type { Measurement } from './measurement.ts';
import type { MetricName } from './metric-name.ts';
import type { LearnedRate } from './service-rate.ts';
import type { LearnedStartup } from './startup-time.ts';
import type { WorkloadRef } from './workload.ts';

/** What a dependency says is still free, in its own unit (connections, for one); below zero where it is overrun. */
export interface DependencyReading {
  readonly name: string;
  readonly free: Measurement;
}

/** Everything that a decision needs to know about now. Plain data: stored in the Decision as it was judged. */
export interface Observation {
  readonly workload: WorkloadRef;
  readonly observedAtMs: number;
  /** Requests per second, mean of the newest complete slot. */
  readonly arrivalRate: Measurement;
  /** Context metrics that the policy names; absent where it names none. */
  readonly context: Readonly<Partial<Record<MetricName, Measurement>>>;
  /** Of the policy's dependencies those that are asked (`query`), in its order. */
  readonly dependencies: readonly DependencyReading[];
  /** Of the policy's callers, in its order; absent where it names none. */
  readonly callers?: readonly CallerReading[];
  /** What a shared budget leaves for it; absent where there is none, or it suffices for all. */
  readonly budget?: BudgetShare;
  /** Share (0..1) of the slots of the last 15 minutes (at least 3 slots) that hold a sample. */
  readonly coverageRatio: number;
  /**
   * Requests per second that one server (slot) completes when it is busy all the time, as it is sized with: the
   * policy's, or the lower end of the learned rate's interval; null while neither is known.
   */
  readonly serviceRateRps: number | null;
  /** Absent where the policy gives the rate. */
  readonly learnedRate?: LearnedRate;
  /** Absent where no replica has been seen to start. */
  readonly learnedStartup?: LearnedStartup;
  /** `spec.replicas` of the target. */
  readonly currentReplicas: number;
  readonly readyReplicas: number;
  /** Replicas asked for that are not ready yet. */
  readonly startingReplicas: number;
  readonly rollingOut: boolean;
  readonly paused: boolean;
  /** Requests that overload has left waiting, from the fluid model; 0 while capacity suffices. */
  readonly backlogRequests: number;
}

/** Seconds between the end of the newest usable interval and now; undefined when there is none. */
export function sampleAgeSeconds(observation: Observation): number | undefined {
  const measured = observation.arrivalRate;
  return 'endsAtMs' in measured ? (observation.observedAtMs - measured.endsAtMs) / 1000 : undefined;
}
