/** What decides over replicas in a replay: the controller itself, a baseline, or somebody's own rule. */

/** What the metrics said of one control step. */
export interface ReplaySample {
  /** Requests per second; NaN: no sample. */
  readonly rateRps: number;
  /** Busy share (0..1) of the replicas that were ready; full while a backlog waits. */
  readonly utilizationRatio: number;
  /** Replicas that were ready in that step. */
  readonly readyReplicas: number;
  /** Replicas that ran and of which nothing came; 0 unless given. */
  readonly missingReplicas?: number;
}

export interface ReplayView {
  /** Of the recording, counted from its first row. */
  readonly step: number;
  readonly nowMs: number;
  readonly stepSeconds: number;
  /** Ready and starting. */
  readonly currentReplicas: number;
  readonly readyReplicas: number;
  /** The newest step that the metrics have come to. */
  readonly newestStep: number;
  /** What the metrics say of a step up to the newest; undefined before the replay began, or too long ago to be kept. */
  readonly sampleAt: (step: number) => ReplaySample | undefined;
}

export interface ReplayAutoscaler {
  readonly name: string;
  /** A plan says what runs: what it wants first is ready when the replay begins. Others inherit what the load needs. */
  readonly beginsWithItsWish?: true;
  /** The count wanted from this step on; the simulation keeps it within the physics' bounds. */
  readonly desire: (view: ReplayView) => number;
}

/** So many samples back are kept at least, beside the metrics' delay. */
export const KEPT_SAMPLES = 8;
