/**
 * What became of the requests that a workload's own decisions had served, as the queueing model has it; older ones
 * weigh less. The objective is a share of requests over weeks: the account says how much of what it allows is used.
 */
export interface ObjectiveAccount {
  /** Requests that count, 0.. */
  readonly requests: number;
  /** Of these, late for want of replicas: beyond what service alone makes late. */
  readonly avoidablyLateRequests: number;
  /** Time that counts. */
  readonly seconds: number;
  /** What was asked for last: only while that many run is it these decisions' doing. */
  readonly askedReplicas: number;
  /** Ready at the last decision: they have served since. */
  readonly servingReplicas: number;
}

/** What a late request counts for where a policy gives no prices, and why. */
export interface ObjectivePrice {
  /** One late request weighs as much as so many seconds of one replica. */
  readonly replicaSeconds: number;
  /** Share (0..1) of requests late for want of replicas, over the time that counts; 0 where there were none. */
  readonly avoidablyLateRatio: number;
  /** Share (0..1) that the objective leaves for that. */
  readonly allowedRatio: number;
  readonly accountSeconds: number;
}
