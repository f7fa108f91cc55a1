import type { ForecastResult } from './forecast.ts';
import type { ObjectiveAccount } from './objective-account.ts';
import type { Observation } from './observation.ts';
import type { OvershootRecord } from './overshoot.ts';
import type { Reason } from './reasons.ts';
import type { SizingTrace } from './sizing.ts';
import type { StartupTime } from './startup-time.ts';
import type { WorkloadRef } from './workload.ts';

/** Every guard, in the order in which they judge. */
export const GUARD_NAMES = [
  'metrics-trust',
  'forecast-trust',
  'implausible-zero',
  'warming-up',
  'rolling-out',
  'tolerance',
  'stabilization',
  'restart-cost',
  'rates',
  'dependency',
  'budget',
  'bounds',
  'pause',
] as const;
export type GuardName = (typeof GUARD_NAMES)[number];

/** What one guard made of the count. `afterReplicas` of one step is `beforeReplicas` of the next. */
export interface GuardStep {
  readonly guard: GuardName;
  readonly beforeReplicas: number;
  readonly afterReplicas: number;
  readonly reason: Reason;
  /** One sentence with the numbers. */
  readonly message: string;
}

export interface TimedReplicas {
  readonly atMs: number;
  readonly replicas: number;
}

/** A change that a decision asked for: `replicas` is signed, `fromReplicas` is what the target had then. */
export interface ReplicaChange extends TimedReplicas {
  readonly fromReplicas: number;
}

/**
 * What stabilization, the cost of restarts, rates, dependencies and backlog need from before. Serialisable; stored with
 * the Decision and given back at start. Lost memory means: nothing is removed until the longest window is full again.
 */
export interface DecisionMemory {
  /** Since when this memory has no hole, in milliseconds since the epoch. */
  readonly completeSinceMs: number;
  /**
   * Recommendations before stabilization, oldest first, no older than the longest window. Of equal counts only
   * the newest is kept: it outlives the others in every window, so no minimum or maximum can tell the difference.
   */
  readonly recommendations: readonly TimedReplicas[];
  /** Replica changes asked for and seen to happen, oldest first, no older than the longest policy period. */
  readonly changes: readonly ReplicaChange[];
  /**
   * When so few replicas served last, oldest first, each fewer than all after it; kept only where a dependency is asked
   * for its room: what it says is about the replicas that served then.
   */
  readonly served: readonly TimedReplicas[];
  readonly backlogRequests: number;
  /** The instant that the backlog is for: that of the newest decision that this memory knows. */
  readonly backlogAtMs: number;
  /** Where the policy gives no prices; absent before the first decision. */
  readonly account?: ObjectiveAccount;
  /** Absent before the first trusted forecast. */
  readonly overshoot?: OvershootRecord;
}

export type Outcome =
  /** Ask for another count. */
  | { readonly kind: 'scale'; readonly toReplicas: number; readonly reason: Reason }
  /** The count that runs is the right one, or a guard keeps it. */
  | { readonly kind: 'hold'; readonly reason: Reason }
  /** No trusted measurement: nothing is concluded, and the count changes only to come inside min and max. */
  | { readonly kind: 'abstain'; readonly reason: Reason };

/**
 * One decision with its full reasoning. Everything that people and programs are told is rendered from this value.
 * It stores inputs; verdicts are derived from them, so that deciding again from a stored Decision gives the same.
 */
export interface Decision {
  readonly workload: WorkloadRef;
  readonly policyHash: string;
  readonly decidedAtMs: number;
  /** Seconds between decisions; with the start-up time it makes the lead time. */
  readonly tickSeconds: number;
  /** What a replica was taken to need to start, and who says so; absent in decisions stored before it was told. */
  readonly startup?: StartupTime;
  /** What was promised: share (0..1) of requests to be answered within `responseSeconds`. */
  readonly slo: { readonly responseSeconds: number; readonly objectiveRatio: number };
  readonly observed: Observation;
  /** Memory as it was before this decision. */
  readonly memory: DecisionMemory;
  readonly forecast: ForecastResult;
  /** What HPA would have asked for from the same measurements; told for comparison, absent where nobody counted. */
  readonly hpaReplicas?: number;
  /** Absent where there was no trusted measurement to size for. */
  readonly sizing?: SizingTrace;
  /** The whole chain in order, the steps that changed nothing too. */
  readonly guards: readonly GuardStep[];
  readonly outcome: Outcome;
}

/** The count that the workload should have: the last guard's, or what runs where no guard was asked. */
export function desiredReplicas(decision: Decision): number {
  return decision.guards.at(-1)?.afterReplicas ?? decision.observed.currentReplicas;
}

/** Whether the target's count is to be written: also where an abstained decision brings it inside min and max. */
export function asksForChange(decision: Decision): boolean {
  return desiredReplicas(decision) !== decision.observed.currentReplicas;
}

/** The count that the queueing answer asked for before any guard; undefined when nothing was sized. */
export function recommendedReplicas(decision: Decision): number | undefined {
  return decision.sizing?.replicas;
}

/** A decision's name within its workload: the instant it was made at, in milliseconds. */
export function decisionId(decision: Decision): string {
  return String(decision.decidedAtMs);
}
