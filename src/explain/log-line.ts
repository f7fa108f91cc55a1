import type { ActuationRecord } from '../domain/actuation.ts';
import {
  asksForChange,
  type Decision,
  decisionId,
  desiredReplicas,
  recommendedReplicas,
} from '../domain/decision.ts';
import { workloadKey } from '../domain/workload.ts';
import { stepOf } from './decisive-step.ts';
import { sentence } from './sentence.ts';

export interface LogLine {
  readonly level: 'info' | 'warn';
  /** Constant, so that lines can be counted; everything that varies is in `fields`. */
  readonly message: 'decided';
  readonly fields: Readonly<Record<string, string | number | null>>;
}

/** One decision as a structured log line. Absent figures are absent keys, never sentinel numbers. */
export function logLine(decision: Decision, actuation?: ActuationRecord): LogLine {
  const { observed, forecast, sizing, outcome } = decision;
  const measured = observed.arrivalRate;
  const fields: Record<string, string | number | null | undefined> = {
    workload: workloadKey(decision.workload),
    decision: decisionId(decision),
    outcome: outcome.kind,
    reason: outcome.reason,
    currentReplicas: observed.currentReplicas,
    recommendedReplicas: recommendedReplicas(decision),
    desiredReplicas: desiredReplicas(decision),
    metrics: measured.kind,
    arrivalRateRps: measured.kind === 'value' ? measured.value : undefined,
    model: forecast.kind === 'forecast' ? forecast.model : 'unavailable',
    confidenceRatio: forecast.kind === 'forecast' ? forecast.confidenceRatio : undefined,
    sizedForRps: sizing?.sizedForRps,
    sizedOn: sizing?.basis,
    sloViolationProbability: sizing?.sloViolationProbability,
    costPerHour: sizing?.costPerHour.total,
    actuation: actuation?.result,
    why: sentence(decision, actuation),
  };
  const known = Object.entries(fields).filter((entry): entry is [string, string | number | null] => {
    return entry[1] !== undefined;
  });
  return {
    level: isWarning(decision, actuation) ? 'warn' : 'info',
    message: 'decided',
    fields: Object.fromEntries(known),
  };
}

/**
 * Whether `decision` says something that `previous` did not: another target, a change that is to be made anew, metrics,
 * forecast or pause that came or went, a dependency that begins to hold the count back. The reason why a count is kept may change each tick with the noise of the load;
 * that alone is no news, nor is it that a change which was asked for has happened.
 */
export function isNews(decision: Decision, previous: Decision | undefined): boolean {
  if (previous === undefined) return true;
  if (desiredReplicas(decision) !== desiredReplicas(previous)) return true;
  const states = ['metrics-trust', 'forecast-trust', 'pause'] as const;
  if (states.some((guard) => stepOf(decision, guard)?.reason !== stepOf(previous, guard)?.reason))
    return true;
  if (decision.sizing?.dependency && !previous.sizing?.dependency) return true;
  const sameStart = decision.observed.currentReplicas === previous.observed.currentReplicas;
  return asksForChange(decision) && !(sameStart && asksForChange(previous));
}

function isWarning(decision: Decision, actuation?: ActuationRecord): boolean {
  return decision.outcome.kind === 'abstain' || actuation?.result === 'failed';
}
