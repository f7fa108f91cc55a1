/** What the API shows of a workload: inputs and verdicts of its newest decision, in the wire's units. */
import { isoFromMs, MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import { decisionId, desiredReplicas, recommendedReplicas, type Decision } from '../domain/decision.ts';
import { QUANTILE_LEVELS, type Forecast, type ForecastResult } from '../domain/forecast.ts';
import type { TimeWindow } from '../domain/time-window.ts';
import { eventsFrom } from '../forecast/event-reader.ts';
import type { Policy } from '../policy/policy.ts';

/** The levels that `prescale forecast --json` prints too. */
const SHOWN_LEVELS = [0.05, 0.5, 0.8, 0.9, 0.95, 0.99] as const;

/** One line of the fleet's table. Everything that a decision tells is null before the first one. */
export interface AutoscalerSummary {
  readonly namespace: string;
  readonly name: string;
  readonly mode: Policy['mode'];
  readonly paused: boolean;
  readonly policyHash: string;
  readonly slo: { readonly responseSeconds: number; readonly objectiveRatio: number };
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly currentReplicas: number | null;
  readonly readyReplicas: number | null;
  readonly recommendedReplicas: number | null;
  readonly desiredReplicas: number | null;
  readonly arrivalRate: unknown;
  readonly forecast: {
    readonly model: string;
    readonly confidenceRatio: number;
    readonly peakRps: number;
    readonly peakAt: string;
  } | null;
  readonly sloViolationProbability: number | null;
  readonly costPerHour: { readonly total: number; readonly currency: string } | null;
  readonly lastDecision: {
    readonly id: string;
    readonly decidedAt: string;
    readonly outcome: string;
    readonly reason: string;
  } | null;
}

export function summaryView(policy: Policy, newest: Decision | undefined): AutoscalerSummary {
  return {
    ...policy.workload,
    mode: policy.mode,
    paused: policy.paused,
    policyHash: policy.policyHash,
    slo: { responseSeconds: policy.slo.responseSeconds, objectiveRatio: policy.slo.objectiveRatio },
    minReplicas: policy.minReplicas,
    maxReplicas: policy.maxReplicas,
    ...replicasView(newest),
    arrivalRate: newest ? measurementView(newest) : null,
    forecast: newest?.forecast.kind === 'forecast' ? peakView(newest.forecast) : null,
    sloViolationProbability: newest?.sizing?.sloViolationProbability ?? null,
    costPerHour: newest?.sizing
      ? { total: newest.sizing.costPerHour.total, currency: policy.cost.currency }
      : null,
    lastDecision: newest ? lastDecisionView(newest) : null,
  };
}

const EVENTS_SHOWN_MS = 7 * SECONDS_PER_DAY * MS_PER_SECOND;

/**
 * The compiled policy with its instants as the wire has them, and of its events those within a week of its newest
 * decision; none before the first.
 */
export function policyView(policy: Policy, decidedAtMs: number | undefined): unknown {
  const { events, excludedFromTraining, ...calendar } = policy.calendar;
  const shownEvents = events.flatMap((event) =>
    decidedAtMs === undefined ? [] : eventsFrom(event, calendar.timeZone, around(decidedAtMs)),
  );
  return {
    ...policy,
    calendar: {
      ...calendar,
      events: shownEvents.map(windowView),
      excludedFromTraining: excludedFromTraining.map(windowView),
    },
  };
}

function around(atMs: number): TimeWindow {
  return { startAtMs: atMs - EVENTS_SHOWN_MS, endAtMs: atMs + EVENTS_SHOWN_MS };
}

function windowView({ startAtMs, endAtMs, ...rest }: TimeWindow) {
  return { ...rest, startAt: isoFromMs(startAtMs), endAt: isoFromMs(endAtMs) };
}

type ReplicasView = Pick<
  AutoscalerSummary,
  'currentReplicas' | 'readyReplicas' | 'recommendedReplicas' | 'desiredReplicas'
>;

function replicasView(newest: Decision | undefined): ReplicasView {
  return {
    currentReplicas: newest?.observed.currentReplicas ?? null,
    readyReplicas: newest?.observed.readyReplicas ?? null,
    recommendedReplicas: (newest && recommendedReplicas(newest)) ?? null,
    desiredReplicas: newest ? desiredReplicas(newest) : null,
  };
}

/** The measurement as it is, its kind first: a source that is down is not a load of zero. */
function measurementView({ observed: { arrivalRate } }: Decision): unknown {
  switch (arrivalRate.kind) {
    case 'value':
    case 'stale':
      return {
        kind: arrivalRate.kind,
        rps: arrivalRate.value,
        endsAt: isoFromMs(arrivalRate.endsAtMs),
      };
    case 'notANumber':
      return { kind: arrivalRate.kind, endsAt: isoFromMs(arrivalRate.endsAtMs) };
    case 'empty':
    case 'partial':
    case 'queryRejected':
    case 'sourceDown':
      return arrivalRate;
  }
}

/** The highest median of the horizon. */
function peakView(forecast: Forecast): AutoscalerSummary['forecast'] {
  const medians = forecast.quantilesRps.map((quantiles) => quantiles[QUANTILE_LEVELS.indexOf(0.5)]);
  const peakRps = Math.max(...medians);
  return {
    model: forecast.model,
    confidenceRatio: forecast.confidenceRatio,
    peakRps,
    peakAt: isoFromMs(stepAtMs(forecast, medians.indexOf(peakRps))),
  };
}

function lastDecisionView(decision: Decision): AutoscalerSummary['lastDecision'] {
  return {
    id: decisionId(decision),
    decidedAt: isoFromMs(decision.decidedAtMs),
    outcome: decision.outcome.kind,
    reason: decision.outcome.reason,
  };
}

/** The shape of `prescale forecast --json`; without points, and saying so, where no model could forecast. */
export function forecastView(forecast: ForecastResult): unknown {
  if (forecast.kind === 'unavailable') return { model: null, skipped: forecast.skipped, points: [] };
  return {
    model: forecast.model,
    skipped: forecast.skipped,
    confidenceRatio: forecast.confidenceRatio,
    originAt: isoFromMs(forecast.originAtMs),
    stepSeconds: forecast.stepSeconds,
    weights: forecast.weights ?? null,
    accuracy: forecast.accuracy ?? null,
    points: forecast.meanRps.map((meanRps, step) => ({
      at: isoFromMs(stepAtMs(forecast, step)),
      meanRps,
      quantilesRps: Object.fromEntries(
        SHOWN_LEVELS.map((level) => [
          String(level),
          forecast.quantilesRps[step][QUANTILE_LEVELS.indexOf(level)],
        ]),
      ),
    })),
  };
}

function stepAtMs(forecast: Forecast, step: number): number {
  return forecast.originAtMs + step * forecast.stepSeconds * MS_PER_SECOND;
}
