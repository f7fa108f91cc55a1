/** How long replicas of one workload took, from being asked for to being ready. */
export interface LearnedStartup {
  /** Half of them were ready within so many seconds. */
  readonly p50Seconds: number;
  /** 95 of 100 were; at least `p50Seconds`. */
  readonly p95Seconds: number;
  /** Of how many, the newest. */
  readonly samples: number;
}

/** Who says what a decision takes the start-up time to be. */
export const STARTUP_SOURCES = ['policy', 'learned', 'assumed'] as const;
export type StartupSource = (typeof STARTUP_SOURCES)[number];

/** What a decision is made with. */
export interface StartupTime {
  readonly seconds: number;
  readonly source: StartupSource;
}

/** What is kept of one workload's starts: plain data of bounded size, that outlives the controller in the status. */
export interface StartupRecord {
  /** From being asked for to being ready, the newest last. */
  readonly recentSeconds: readonly number[];
  /** Creation of the newest pod that was counted: those before it never count again. */
  readonly newestPodAtMs: number;
}

/** What a look at a pod tells of its start; all instants are of the API server's clock, in whole seconds. */
export interface SeenPod {
  readonly uid: string;
  readonly createdAtMs: number;
  /** When it got its node; null: it has none yet. */
  readonly scheduledAtMs: number | null;
  /** When it became ready (the last time); null: it is not ready. */
  readonly readyAtMs: number | null;
  /** Its image cannot be had, or a container of it has failed: whenever it is ready, that tells nothing of a start. */
  readonly isDisturbed: boolean;
}
