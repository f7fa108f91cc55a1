import { learningSeconds } from '../capacity/learn-service-rate.ts';
import { WORK_METRICS } from '../capacity/work-history.ts';
import { decisionSteps } from '../forecast/decision-steps.ts';
import { createLeadGate } from '../forecast/lead-gate.ts';
import { createRollingAccuracy } from '../forecast/rolling-accuracy.ts';
import type { MetricHistories } from '../observe/gather-observation.ts';
import { createHistoryBuffer, effectiveStepSeconds } from '../observe/history-buffer.ts';
import { staleAgeSeconds } from '../observe/judge-answer.ts';
import type { MetricsSource } from '../observe/metrics-source.ts';
import type { Policy } from '../policy/policy.ts';
import { createKnownNeeds } from '../size/known-needs.ts';
import type { Attendance, Member } from './fleet.ts';
import { NOTHING_LIVE } from './live-readings.ts';

/** A member that knows nothing yet, with its policy fitted to what its source has. */
export function newMember(policy: Policy, source: MetricsSource, attendance: Attendance): Member {
  const fitted = fittedTo(policy, source.resolutionSeconds(policy.workload));
  const { stepSeconds, lookbackSeconds } = fitted.forecast;
  return {
    policy: fitted,
    source,
    attendance,
    history: createHistoryBuffer({ stepSeconds, lookbackSeconds }),
    work: workHistories(fitted),
    live: NOTHING_LIVE,
    knownNeeds: createKnownNeeds(),
    looked: undefined,
    rate: undefined,
    forecast: undefined,
    asked: undefined,
    failed: undefined,
    unreadTicks: 0,
    leadGate: createLeadGate(),
    accuracy: createRollingAccuracy(),
    memory: undefined,
    newest: undefined,
    counterfactual: undefined,
  };
}

/** As long as the service rate is learned from; none where the policy gives it. */
function workHistories({ capacity, metrics, forecast: { stepSeconds } }: Policy): MetricHistories {
  if (capacity.serviceRateRps !== null) return {};
  const named = WORK_METRICS.filter((metric) => metrics.queries[metric] !== undefined);
  const options = { stepSeconds, lookbackSeconds: learningSeconds(stepSeconds) };
  return Object.fromEntries(named.map((metric) => [metric, createHistoryBuffer(options)]));
}

/**
 * The policy at the step that the source can give: a recording of 5-minute means cannot be forecast minute by minute,
 * nor is its newest sample stale before the next one can be there. The hash stays: it is the policy as it was written.
 */
export function fittedTo(policy: Policy, resolutionSeconds: number | null): Policy {
  const stepSeconds = effectiveStepSeconds(policy.forecast.stepSeconds, resolutionSeconds);
  if (stepSeconds === policy.forecast.stepSeconds) return policy;
  const staleAfterSeconds = staleAgeSeconds(stepSeconds, policy.metrics);
  return {
    ...policy,
    metrics: { ...policy.metrics, staleAfterSeconds },
    forecast: { ...policy.forecast, stepSeconds },
  };
}

/** How many steps a forecast must have, the policy's horizon and never less than a decision looks ahead, and how many that is. */
export function stepsAhead(
  { forecast: { stepSeconds, horizonSeconds }, metrics: { delaySeconds }, capacity }: Policy,
  tickSeconds: number,
): { readonly horizonSteps: number; readonly decisionSteps: number } {
  const leadTimeSeconds = capacity.startupSeconds + tickSeconds;
  const steps = decisionSteps({ delaySeconds, leadTimeSeconds, stepSeconds });
  return { horizonSteps: Math.max(steps, Math.ceil(horizonSeconds / stepSeconds)), decisionSteps: steps };
}
