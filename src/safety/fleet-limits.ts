/**
 * The safety stage. Guards look at one workload; this looks at the whole fleet, after all have been decided and before
 * anything is written: whether a person has stopped all writes, whether a workload's own data are warm yet, and how
 * much of the fleet may go within a window before a person has to agree.
 *
 * What protects from what: a broken metric or a wrong release of this controller takes replicas away everywhere at
 * once, so removals are limited by their share of the fleet. Additions serve load that is there: they are limited only
 * where a person has said by how many, to keep a runaway from filling the cluster.
 *
 * Only policies of mode Scale are counted: in mode Recommend nothing is written, and below a floor another autoscaler
 * is in charge.
 */
export interface FleetLimits {
  /** How far back the limits look. */
  readonly windowSeconds: number;
  /** Share (0..1) of the replicas, each workload at its highest within the window, that may be gone. */
  readonly removedReplicasRatio: number;
  /** So many may be gone whatever the share: what is most of a small fleet is an ordinary evening of one workload. */
  readonly freeReplicas: number;
  /** Share (0..1) of the workloads that may have lost half of their replicas or more within the window. */
  readonly halvedWorkloadsRatio: number;
  /** So many may be halved whatever the share. */
  readonly freeWorkloads: number;
  /** Replicas that may have been added within the window in all; null: as many as are needed. */
  readonly addedReplicas: number | null;
  /** How long a workload must have been measured before anything of it is removed. */
  readonly warmSeconds: number;
}

/**
 * 30 % in half an hour lets a fleet follow its evening (by half within an hour), and a metric that reads zero everywhere
 * take no more than that before somebody has been called.
 */
export const DEFAULT_FLEET_LIMITS: Omit<FleetLimits, 'warmSeconds'> = {
  windowSeconds: 1800,
  removedReplicasRatio: 0.3,
  freeReplicas: 40,
  halvedWorkloadsRatio: 0.25,
  freeWorkloads: 3,
  addedReplicas: null,
};

/** A workload is warm after it has been measured at so many ticks. */
export const WARM_TICKS = 4;
