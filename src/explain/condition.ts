import type { ActuationRecord } from '../domain/actuation.ts';
import type { HoldReason } from '../domain/hold.ts';
import type { Decision } from '../domain/decision.ts';
import type { Reason } from '../domain/reasons.ts';
import { driftOf } from '../domain/forecast-accuracy.ts';
import { heldByDependency } from './held-by-dependency.ts';
import { lastChange, stepOf } from './decisive-step.ts';

export const CONDITION_TYPES = ['AbleToScale', 'ScalingActive', 'ScalingLimited', 'ForecastHealthy'] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

/** What the cluster says about an object, beside what was decided: stronger than any verdict on whether it can scale. */
export const CLUSTER_REASONS = {
  ConflictingAutoscaler: 'Something else scales the same target.',
  NoAutoscaler: 'Mode Floor needs an HPA or a ScaledObject that scales the target, and there is none.',
  FailedGetScale: 'The target, or its scale, cannot be read.',
  InvalidPolicy: 'The policy asks for something that this version does not understand or do.',
  ReplicasChangedElsewhere: 'Somebody else changed the replica count a moment ago.',
} as const;
export type ClusterReason = keyof typeof CLUSTER_REASONS;

/** HPA's words for what is well (`ValidMetricFound`) and for a write that failed; `ForecastTrusted` and `ForecastDrifted` are ours. */
export type ConditionReason =
  | Reason
  | ClusterReason
  | HoldReason
  | 'ValidMetricFound'
  | 'ForecastTrusted'
  | 'ForecastDrifted'
  | 'FailedUpdateScale';

/** A Kubernetes condition without its times: those are kept by who writes the status. */
export interface ConditionValue {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: ConditionReason;
  readonly message: string;
}

/** The four conditions of a decision, in the order of CONDITION_TYPES. */
export function conditionsOf(decision: Decision, actuation?: ActuationRecord): readonly ConditionValue[] {
  return [
    ableToScale(decision, actuation),
    scalingActive(decision),
    scalingLimited(decision, actuation),
    forecastHealthy(decision),
  ];
}

/** False while a write fails or a person has paused or stopped it; True otherwise, with what holds this one change back. */
function ableToScale(decision: Decision, actuation?: ActuationRecord): ConditionValue {
  const type = 'AbleToScale';
  const prevented = preventedBy(decision, actuation);
  if (prevented) return { type, status: 'False', ...prevented };
  const { reason, message } = heldBy(decision, actuation) ?? {
    reason: 'ReadyForNewScale',
    message: 'nothing holds the recommendation back',
  };
  return { type, status: 'True', reason, message };
}

type Because = Pick<ConditionValue, 'reason' | 'message'>;

function preventedBy(decision: Decision, actuation?: ActuationRecord): Because | undefined {
  if (actuation?.result === 'failed') return { reason: 'FailedUpdateScale', message: actuation.message };
  if (actuation?.hold?.reason === 'Stopped') return actuation.hold;
  const pause = stepOf(decision, 'pause');
  return pause?.reason === 'Paused' ? { reason: 'Paused', message: pause.message } : undefined;
}

function heldBy(decision: Decision, actuation?: ActuationRecord): Because | undefined {
  if (actuation?.hold?.reason === 'FleetWarmingUp') return actuation.hold;
  return lastChange(decision, ['warming-up', 'rolling-out', 'tolerance', 'stabilization', 'restart-cost']);
}

/** Whether there is a measurement to scale on. */
function scalingActive(decision: Decision): ConditionValue {
  const type = 'ScalingActive';
  const message = stepOf(decision, 'metrics-trust')?.message ?? 'nothing was judged';
  return decision.outcome.kind === 'abstain'
    ? { type, status: 'False', reason: decision.outcome.reason, message }
    : { type, status: 'True', reason: 'ValidMetricFound', message };
}

/** Whether a rate, a dependency, a shared budget, a bound or a limit of the fleet keeps the count from what is recommended. */
function scalingLimited(decision: Decision, actuation?: ActuationRecord): ConditionValue {
  const type = 'ScalingLimited';
  if (actuation?.hold && isLimit(actuation.hold.reason)) return { type, status: 'True', ...actuation.hold };
  const limit = lastChange(decision, ['rates', 'dependency', 'budget', 'bounds']);
  const held = heldByDependency(decision.sizing);
  const message = stepOf(decision, 'bounds')?.message ?? 'nothing was judged';
  if (!limit && held) return { type, status: 'True', reason: 'DependencyLimit', message: held };
  return limit
    ? { type, status: 'True', reason: limit.reason, message: limit.message }
    : { type, status: 'False', reason: 'DesiredWithinRange', message };
}

function isLimit(reason: HoldReason): boolean {
  return reason !== 'Stopped' && reason !== 'FleetWarmingUp';
}

/** Unknown where the chain was not asked: a decision that nobody judged says nothing about its forecast. */
function forecastHealthy(decision: Decision): ConditionValue {
  const type = 'ForecastHealthy';
  const step = stepOf(decision, 'forecast-trust');
  if (!step) return { type, status: 'Unknown', reason: 'ForecastUnavailable', message: 'nothing was judged' };
  const { reason, message } = step;
  if (reason === 'LowConfidence' || reason === 'ForecastUnavailable' || reason === 'ForecastDrifted')
    return { type, status: 'False', reason, message };
  const drift = driftNow(decision);
  return drift === undefined
    ? { type, status: 'True', reason: 'ForecastTrusted', message }
    : { type, status: 'False', reason: 'ForecastDrifted', message: `${message}; ${drift}` };
}

function driftNow({ forecast }: Decision): string | undefined {
  return forecast.kind === 'forecast' && forecast.accuracy ? driftOf(forecast.accuracy) : undefined;
}
