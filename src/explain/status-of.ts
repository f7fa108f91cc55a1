import { isoFromMs, MS_PER_SECOND } from '../domain/clock.ts';
import type { ActuationRecord } from '../domain/actuation.ts';
import { type Decision, desiredReplicas, recommendedReplicas } from '../domain/decision.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import type { LearnedStartup, StartupRecord, StartupTime } from '../domain/startup-time.ts';
import {
  CONDITION_TYPES,
  conditionsOf,
  type ClusterReason,
  type ConditionType,
  type ConditionValue,
} from './condition.ts';

/** One condition as the custom resource keeps it. */
export type StatusCondition = ConditionValue & {
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
};

/** `status` of a PredictiveAutoscaler, as the policy schema's status block describes it. */
export interface AutoscalerStatus {
  readonly observedGeneration: number;
  readonly currentReplicas: number;
  readonly recommendedReplicas?: number;
  readonly desiredReplicas: number;
  readonly reason: string;
  readonly forecast?: {
    readonly model: string;
    readonly confidence: number;
    readonly peakRps: number;
    readonly at: string;
  };
  readonly lastScaleTime?: string;
  readonly startup?: StartupStatus;
  readonly conditions: readonly StatusCondition[];
}

/** How long replicas take to start: what was decided with, what was seen, and what the next life goes on from. */
export interface StartupStatus extends StartupTime, Partial<LearnedStartup> {
  /** Whose pods the rest is about. */
  readonly target?: string;
  readonly recentSeconds?: readonly number[];
  readonly newestPodAt?: string;
}

export interface StatusInput {
  readonly decision: Decision;
  readonly actuation: ActuationRecord;
  /** The generation of the spec that was decided on. */
  readonly generation: number;
  /** What the object says now; its times are kept where nothing changed. */
  readonly previous: PreviousStatus;
  /** What is kept of the starts that were seen; absent where none were. */
  readonly starts?: StartsOfTarget | undefined;
  /** What the cluster says about the object, beside the decision. */
  readonly finding?: Finding | undefined;
}

export type PreviousStatus = Partial<Omit<AutoscalerStatus, 'conditions'>> & {
  readonly conditions?: readonly Pick<StatusCondition, 'type' | 'status' | 'lastTransitionTime'>[];
};

export interface StartsOfTarget {
  readonly target: string;
  readonly record: StartupRecord;
}

/** Only a change elsewhere leaves the object able to scale. */
export interface Finding {
  readonly reason: ClusterReason;
  readonly message: string;
}

/** A decision as the status of its custom resource. */
export function statusOf({
  decision,
  actuation,
  generation,
  previous,
  starts,
  finding,
}: StatusInput): AutoscalerStatus {
  const now = isoFromMs(decision.decidedAtMs);
  const recommended = recommendedReplicas(decision);
  const forecast = forecastStatus(decision.forecast);
  const startup = startupStatus(decision, starts);
  const lastScaleTime = actuation.result === 'applied' ? now : previous.lastScaleTime;
  return {
    observedGeneration: generation,
    currentReplicas: decision.observed.currentReplicas,
    ...(recommended === undefined ? {} : { recommendedReplicas: recommended }),
    desiredReplicas: desiredReplicas(decision),
    reason: finding?.reason ?? actuation.hold?.reason ?? decision.outcome.reason,
    ...(forecast ? { forecast } : {}),
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    ...(startup && { startup }),
    conditions: conditionsOf(decision, actuation)
      .map((condition) => (finding && condition.type === 'AbleToScale' ? ableToScale(finding) : condition))
      .map((condition) => dated(condition, { now, generation, previous })),
  };
}

export interface UndecidedInput {
  readonly finding: Finding;
  readonly generation: number;
  readonly previous: PreviousStatus;
  readonly nowMs: number;
}

/** The status of an object that nothing could be decided for: what was said before stays, but why it is so is new. */
export function statusOfUndecided({ finding, generation, previous, nowMs }: UndecidedInput): UndecidedStatus {
  const now = isoFromMs(nowMs);
  const { reason: _reason, conditions: _conditions, ...kept } = previous;
  const unknown = (type: ConditionType): ConditionValue => ({ type, status: 'Unknown', ...finding });
  const conditions = CONDITION_TYPES.map((type) =>
    type === 'AbleToScale' ? ableToScale(finding) : unknown(type),
  );
  return {
    ...kept,
    observedGeneration: generation,
    reason: finding.reason,
    conditions: conditions.map((condition) => dated(condition, { now, generation, previous })),
  };
}

export type UndecidedStatus = Partial<AutoscalerStatus> &
  Pick<AutoscalerStatus, 'observedGeneration' | 'reason' | 'conditions'>;

function ableToScale({ reason, message }: Finding): ConditionValue {
  const status = reason === 'ReplicasChangedElsewhere' ? 'True' : 'False';
  return { type: 'AbleToScale', status, reason, message };
}

function dated(
  condition: ConditionValue,
  { now, generation, previous }: { now: string; generation: number; previous: PreviousStatus },
): StatusCondition {
  const lastTransitionTime = sinceWhen(condition, previous) ?? now;
  return { ...condition, lastTransitionTime, observedGeneration: generation };
}

/** A transition is a change of the status alone: a new reason for the same verdict is none. */
function sinceWhen(
  { type, status }: ConditionValue,
  { conditions }: StatusInput['previous'],
): string | undefined {
  const before = conditions?.find((one) => one.type === type);
  return before?.status === status ? before.lastTransitionTime : undefined;
}

function startupStatus(
  { startup, observed: { learnedStartup } }: Decision,
  starts: StartsOfTarget | undefined,
): StartupStatus | undefined {
  if (startup === undefined) return undefined;
  if (starts === undefined) return { ...startup, ...learnedStartup };
  const { target, record } = starts;
  const newestPodAt = isoFromMs(record.newestPodAtMs);
  return { ...startup, ...learnedStartup, target, recentSeconds: record.recentSeconds, newestPodAt };
}

/** Figures of three digits: what changes in the fourth is no reason to write. */
const DIGITS = 3;

function forecastStatus(forecast: ForecastResult): AutoscalerStatus['forecast'] {
  if (forecast.kind === 'unavailable') return undefined;
  const { model, confidenceRatio, meanRps, originAtMs, stepSeconds } = forecast;
  const peakRps = Math.max(...meanRps);
  return {
    model,
    confidence: Number(confidenceRatio.toPrecision(DIGITS)),
    peakRps: Number(peakRps.toPrecision(DIGITS)),
    at: isoFromMs(originAtMs + meanRps.indexOf(peakRps) * stepSeconds * MS_PER_SECOND),
  };
}
