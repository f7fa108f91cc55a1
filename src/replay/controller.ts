/** The controller itself in the simulated world: the observation it would have, the forecast it would have, `decide`. */
import { MS_PER_SECOND } from '../domain/clock.ts';
import { desiredReplicas, type Decision, type DecisionMemory } from '../domain/decision.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Observation } from '../domain/observation.ts';
import { presentRatio, slotIndexAt, type TimeSeries } from '../domain/time-series.ts';
import { decide, initialMemory } from '../decide.ts';
import type { Policy } from '../policy/policy.ts';
import { createKnownNeeds } from '../size/known-needs.ts';
import type { ReplayAutoscaler, ReplayView } from './autoscaler.ts';
import { stepStartMs, type LoadPath } from './load-path.ts';

export interface ControllerDeps {
  readonly policy: Policy;
  /** Of one server, as it is. */
  readonly serviceRateRps: number;
  readonly path: LoadPath;
  /** What is forecast from: the recording at the policy's step. */
  readonly history: TimeSeries;
  /** What would be forecast with the slots of the history before `slot` known. */
  readonly forecastAt: (slot: number) => ForecastResult;
  /** Told of every decision, in order. */
  readonly onDecision?: (decision: Decision, view: ReplayView) => void;
}

const COVERAGE_SECONDS = 15 * 60;
const MIN_COVERAGE_SLOTS = 3;

/**
 * The measured rate is the newest step of the simulated world that the metrics' delay lets through and that follows
 * from rows that have begun: what a Prometheus query over one control step would show. The forecast knows whole rows
 * only. Context metrics are not simulated, and dependencies that are asked do not answer.
 */
export function createController(name: string, deps: ControllerDeps): ReplayAutoscaler {
  const { policy } = deps;
  const knownNeeds = createKnownNeeds();
  let memory: DecisionMemory | undefined;
  return {
    name,
    beginsWithItsWish: true,
    desire(view) {
      const { nowMs, stepSeconds } = view;
      const decided = decide({
        observation: observationAt(view, deps),
        forecast: deps.forecastAt(knownSlots(deps.history, policy, nowMs)),
        policy,
        memory: memory ?? initialMemory(nowMs),
        nowMs,
        tickSeconds: stepSeconds,
        knownNeeds,
      });
      ({ memory } = decided);
      deps.onDecision?.(decided.decision, view);
      return desiredReplicas(decided.decision);
    },
  };
}

/** How many slots have ended, and for so long that the metrics have come to them. */
export function knownSlots(history: TimeSeries, { metrics }: Policy, nowMs: number): number {
  const slot = slotIndexAt(history, nowMs - metrics.delaySeconds * MS_PER_SECOND);
  return Math.max(0, Math.min(history.values.length, slot));
}

function observationAt(
  view: ReplayView,
  { policy, serviceRateRps, path, history }: ControllerDeps,
): Observation {
  const { nowMs, currentReplicas, readyReplicas } = view;
  const known = knownSlots(history, policy, nowMs);
  const slots = Math.max(MIN_COVERAGE_SLOTS, Math.floor(COVERAGE_SECONDS / history.stepSeconds));
  return {
    workload: policy.workload,
    observedAtMs: nowMs,
    arrivalRate: measuredRate(view, path, policy),
    context: {},
    dependencies: policy.dependencies.flatMap(({ name, query }) =>
      query === null ? [] : [{ name, free: { kind: 'empty' } as const }],
    ),
    coverageRatio: presentRatio(history, known - slots, known),
    serviceRateRps,
    currentReplicas,
    readyReplicas,
    startingReplicas: currentReplicas - readyReplicas,
    rollingOut: false,
    paused: policy.paused,
    backlogRequests: 0,
  };
}

function measuredRate(view: ReplayView, path: LoadPath, { metrics }: Policy): Measurement {
  const step = path.newestKnowable(view.newestStep);
  if (step < 0) return { kind: 'empty' };
  const endsAtMs = stepStartMs(path, step + 1);
  const ageSeconds = (view.nowMs - endsAtMs) / MS_PER_SECOND;
  const kind = ageSeconds > metrics.staleAfterSeconds ? 'stale' : 'value';
  return { kind, value: path.rateAt(step), endsAtMs };
}
