import type { BudgetUnit } from '../domain/budget-share.ts';
import type { Caller } from '../domain/caller.ts';
import type { MetricName } from '../domain/metric-name.ts';
import type { ModelName } from '../domain/forecast.ts';
import type { TimeWindow } from '../domain/time-window.ts';
import type { WorkloadRef } from '../domain/workload.ts';
import type { CronSchedule } from './calendar/cron-windows.ts';

/**
 * The compiled policy: what every stage reads. Friendly forms ("90s", "15m", defaults, HPA's absent fields) are
 * gone; every duration is a number of seconds, every optional thing is a value or null.
 */
export interface Policy {
  readonly workload: WorkloadRef;
  readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** Changes whenever anything that decisions depend on changes. */
  readonly policyHash: string;
  readonly mode: 'Recommend' | 'Scale' | 'Floor';
  readonly paused: boolean;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: MetricsPolicy;
  readonly capacity: CapacityPolicy;
  readonly slo: SloPolicy;
  readonly cost: CostPolicy;
  readonly forecast: ForecastPolicy;
  readonly calendar: Calendar;
  readonly chaos: ChaosPolicy;
  readonly dependencies: readonly DependencyPolicy[];
  /** Policies of the same namespace whose workloads call this one; absent where none is named. */
  readonly callers?: readonly Caller[];
  /** Shared with the policies of the same namespace that name the same group; absent where none is named. */
  readonly budget?: BudgetPolicy;
  /** Who is told of changes; absent where nobody is. Decisions do not depend on it. */
  readonly hooks?: { readonly before?: HookPolicy; readonly after?: HookPolicy };
  readonly behavior: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules };
}

export interface MetricsPolicy {
  /** Name of a Prometheus in the controller's configuration. */
  readonly source: string;
  /** Scrape + rate window: a slot is used from `delaySeconds` after its end on. */
  readonly delaySeconds: number;
  readonly staleAfterSeconds: number;
  /** PromQL by metric; `arrivalRate` is always there. */
  readonly queries: Readonly<Partial<Record<MetricName, string>>> & { readonly arrivalRate: string };
}

export const DISPATCHES = ['Central', 'LeastRequests', 'PowerOfTwo', 'Random', 'RoundRobin'] as const;
export type Dispatch = (typeof DISPATCHES)[number];

export interface CapacityPolicy {
  /** Requests per second one server (slot) completes at full use; null: to be learned from the metrics. */
  readonly serviceRateRps: number | null;
  readonly serversPerReplica: number;
  /** From the patch to ready; where it is learned, what is decided with now (startup-time.ts). */
  readonly startupSeconds: number;
  /** The policy leaves the start-up time out; absent where it gives it. */
  readonly learnsStartup?: true;
  readonly dispatch: Dispatch;
  /** Universal Scalability Law coefficients; 0 and 0 for linear scaling. */
  readonly scalability: { readonly contention: number; readonly coherency: number };
  /** Squared coefficients of variation of the times between arrivals and of service; 1 and 1: Poisson, exponential. */
  readonly variability: { readonly arrivals: number; readonly service: number };
  readonly warmUp: { readonly durationSeconds: number; readonly initialRatio: number };
  /** Requests a replica holds (in service and waiting) before it sheds; null: no limit. */
  readonly queueLimitRequests: number | null;
}

export interface SloPolicy {
  readonly responseSeconds: number;
  /** Share (0..1) of requests that must be answered within `responseSeconds`. */
  readonly objectiveRatio: number;
  /** Clients give up after this long; null: never. */
  readonly patienceSeconds: number | null;
}

/** Prices in the policy's currency; null where the policy gives none. */
export interface CostPolicy {
  readonly perReplicaHour: number | null;
  /** One request over the SLO. */
  readonly perViolation: number | null;
  /** One replica started. */
  readonly perReplicaStart: number;
  readonly currency: string;
}

export interface ForecastPolicy {
  readonly horizonSeconds: number;
  /** Grid of the history and the forecast; never finer than what the source has. */
  readonly stepSeconds: number;
  readonly lookbackSeconds: number;
  /** The chain, in order; `naive` always closes it. */
  readonly models: readonly ModelName[];
  readonly minConfidenceRatio: number;
  /** Whose challenger contends (domain/workload-class.ts); absent where none is named: the hash stays as it was. */
  readonly workloadClass?: string;
}

/** When a known event takes place. */
export type EventTiming =
  | ({ readonly kind: 'Once' } & TimeWindow)
  | ({ readonly kind: 'Cron' } & CronSchedule)
  /** The text of an iCalendar file, which can be read: each of its events. */
  | { readonly kind: 'ICalendar'; readonly text: string };

/** What the policy knows of an event: the load is expected to be `arrivalRateMultiplier` times the usual one within it. */
export interface PlannedEvent {
  readonly name: string;
  readonly timing: EventTiming;
  readonly arrivalRateMultiplier: number;
}

export interface Calendar {
  /** IANA name; hours of the day and days of the week are local to it. */
  readonly timeZone: string;
  readonly holidayCountry: string | null;
  readonly events: readonly PlannedEvent[];
  /** Time that no model may learn from. */
  readonly excludedFromTraining: readonly TimeWindow[];
}

/** What a decision calls the scenario of `availability`; no other scenario may have this name. */
export const AVAILABILITY_SCENARIO = 'independent-failures';

/** What a scenario does to the replicas that run, to what arrives or to how fast it is served; whole replicas are lost. */
export type ScenarioEffect =
  /** This share (0..1, both excluded) of the replicas, rounded up. One of Z zones is 1/Z. */
  | { readonly kind: 'ShareLost'; readonly lossRatio: number }
  /** A rolling update: this share (0..1, 1 excluded) of the replicas, rounded down as Kubernetes does, but `leastReplicas`. */
  | { readonly kind: 'Rollout'; readonly lossRatio: number; readonly leastReplicas: number }
  /** So many replicas, whatever the count. */
  | { readonly kind: 'ReplicasLost'; readonly lostReplicas: number }
  /** Above 1. */
  | { readonly kind: 'ArrivalRate'; readonly multiplier: number }
  /** Above 0, below 1. */
  | { readonly kind: 'ServiceRate'; readonly multiplier: number };

export interface ChaosScenario {
  readonly name: string;
  readonly probability: number;
  readonly effect: ScenarioEffect;
  readonly userImpactRatio: number;
  readonly recoverySeconds: number;
  readonly required: boolean;
  /** Share (0..1) of its time in which enough of the replicas that it leaves must be up; null: all are taken to be. */
  readonly availabilityRatio: number | null;
}

export interface ChaosPolicy {
  /** Multiplies the lost capacity only; 1 = exactly what the scenario takes. Never so much that all is lost. */
  readonly safetyFactor: number;
  /** Target share (0..1) of time in which enough replicas are up; null: independent failures are not covered. */
  readonly availabilityRatio: number | null;
  /** Probability (0..1, 1 excluded) that one replica is down at a random moment, independently of the others. */
  readonly replicaDownProbability: number;
  readonly scenarios: readonly ChaosScenario[];
}

export interface DependencyPolicy {
  readonly name: string;
  readonly limitPerReplica: number;
  /** What the dependency takes in all; null when `query` tells the room that is left. */
  readonly capacity: number | null;
  readonly query: string | null;
}

/** One webhook; what its URL may be, compile-hooks.ts says. */
export interface HookPolicy {
  readonly url: string;
  readonly timeoutSeconds: number;
}

/** What all policies of a group may have together. */
export interface BudgetPolicy {
  readonly group: string;
  readonly unit: BudgetUnit;
  readonly most: number;
}

/** autoscaling/v2 HPAScalingRules with its defaults filled in. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly {
    readonly type: 'Pods' | 'Percent';
    readonly value: number;
    readonly periodSeconds: number;
  }[];
  /** Changes smaller than this share (0..1) of the current count are not made. */
  readonly toleranceRatio: number;
}
