import type { ObjectivePrice } from './objective-account.ts';
import type { Overshoot } from './overshoot.ts';

/** Why the count before guards is what it is. */
export const SIZING_REASONS = [
  /** The count with the lowest expected cost, at or above the smallest that meets the objective. */
  'CostOptimum',
  /** No violation price: the smallest count that meets the objective, for a forecast the one that keeps it in the long run. */
  'ObjectiveMet',
  /** Even an unqueued request is late too often: more replicas cannot help. */
  'ServiceTimeExceedsSlo',
  /** More replicas would lower the total capacity (Universal Scalability Law). */
  'ScalingOutCannotHelp',
  /** A dependency has no room for more replicas. */
  'DependencyLimit',
  /** Even maxReplicas does not carry the load. */
  'MaxReplicasTooSmall',
] as const;
export type SizingReason = (typeof SIZING_REASONS)[number];

/** One candidate of the search, in the money of the policy. */
export interface SizingCandidate {
  readonly replicas: number;
  readonly sloViolationProbability: number;
  readonly costPerHour: { readonly replicas: number; readonly violations: number; readonly total: number };
}

/** The spare replicas, and the failure that they are for. */
export interface ChaosBuffer {
  readonly scenario: string;
  readonly bufferReplicas: number;
  readonly costPerHour: number;
}

/** Whether spare replicas are held for a scenario: it must be, it pays, or it costs more than it saves. */
export type ScenarioCover = 'Required' | 'Worthwhile' | 'TooDear';

/** What must be left while a scenario lasts, and what it takes besides; the sum is the count that it asks for. */
export interface CoveredNeed {
  readonly neededReplicas: number;
  readonly lostReplicas: number;
}

export interface ScenarioOutcome {
  readonly scenario: string;
  readonly cover: ScenarioCover;
  /** Absent where it is too dear: then it asks for nothing. */
  readonly need?: CoveredNeed;
  /** Whether the chosen count keeps the objective while it lasts, covered or not. */
  readonly isSurvived: boolean;
}

export interface Resilience {
  /** Share (0..1) of the scenarios' probability that the chosen count survives within the SLO. */
  readonly ratio: number;
  /** In the policy's order, the availability target first. */
  readonly scenarios: readonly ScenarioOutcome[];
}

export interface PlannedReplicas {
  readonly atMs: number;
  readonly replicas: number;
}

/** A dependency and the most replicas that it has room for. */
export interface DependencyLimit {
  readonly name: string;
  readonly mostReplicas: number;
}

/** What is measured is above what the forecast had for that time: so much is added to what is asked for now. */
export interface Surge {
  readonly measuredRps: number;
  /** The forecast's median. */
  readonly expectedRps: number;
  readonly addedRps: number;
}

/** More arrives than what runs and what starts can serve: what will wait when more serves is worked off as well. */
export interface Overload {
  readonly waitingRequests: number;
  readonly drainSeconds: number;
}

/** How the count before guards came about: the queueing answer with its inputs. */
export interface SizingTrace {
  /** `forecast`: sized for the forecast's distribution; `measured`: for the measured rate alone. */
  readonly basis: 'forecast' | 'measured';
  readonly reason: SizingReason;
  /** Seconds from now until replicas that are asked for now would serve. */
  readonly leadTimeSeconds: number;
  /** The arrival rate that the chosen count is meant to carry (its distribution's 0.95 quantile at the peak of the window). */
  readonly sizedForRps: number;
  /** Instant of that peak. */
  readonly peakAtMs: number;
  readonly serviceRateRps: number;
  readonly offeredLoadErlangs: number;
  readonly servers: number;
  /** null where the count is unstable for `sizedForRps`: there is no steady state to describe. */
  readonly utilizationRatio: number;
  readonly waitProbability: number | null;
  readonly meanResponseSeconds: number | null;
  readonly sloViolationProbability: number;
  readonly costPerHour: { readonly replicas: number; readonly violations: number; readonly total: number };
  /** The neighbourhood of the optimum, ascending by replicas: what the cost curve is drawn from. */
  readonly candidates: readonly SizingCandidate[];
  /**
   * What the load needs, before the buffer: the most from when replicas that are asked for now could be ready, no fewer
   * than are needed until then of those that run, with what cold replicas lack made up for.
   */
  readonly neededReplicas: number;
  /** null where no scenario is covered. */
  readonly buffer: ChaosBuffer | null;
  /** Absent where the policy names no failure to be ready for. */
  readonly resilience?: Resilience;
  /** neededReplicas plus the buffer, at most what the dependency takes: the recommendation before guards. */
  readonly replicas: number;
  /** The need over the forecast's horizon, this step first; absent where only the next step was looked at. */
  readonly plan?: readonly PlannedReplicas[];
  /** The dependency that stopped the count; absent where none did. */
  readonly dependency?: DependencyLimit;
  /** What a late request was weighed with where the policy gives no prices and the load is not certain. */
  readonly objectivePrice?: ObjectivePrice;
  /** Absent where the load is not above its forecast, or needs no more for it. */
  readonly surge?: Surge;
  /** Absent where the forecast's own quantiles were sized for. */
  readonly overshoot?: Overshoot;
  /** Absent where no more will wait than waits now, or where the forecast's steps were sized for. */
  readonly overload?: Overload;
}
