/** A decision as one point of a chart: a few hundred bytes where the whole decision has tens of thousands. */
import { isoFromMs, MS_PER_SECOND } from '../domain/clock.ts';
import { decisionId, desiredReplicas, recommendedReplicas, type Decision } from '../domain/decision.ts';
import { MEDIAN_INDEX, QUANTILE_LEVELS, UPPER_INDEX } from '../domain/forecast.ts';

const LOWER_INDEX = QUANTILE_LEVELS.indexOf(0.05);

export interface HistoryPoint {
  readonly id: string;
  readonly at: string;
  /** Of the newest complete slot, which ended at `endsAt`; null where there is no trusted value. */
  readonly arrivalRate: { readonly rps: number; readonly endsAt: string } | null;
  readonly currentReplicas: number;
  readonly readyReplicas: number;
  readonly recommendedReplicas: number | null;
  readonly desiredReplicas: number;
  readonly outcome: Decision['outcome']['kind'];
  readonly reason: string;
  readonly sloViolationProbability: number | null;
  readonly costPerHour: number | null;
  readonly forecast: {
    readonly model: string;
    readonly confidenceRatio: number;
    readonly stepSeconds: number;
    /** The forecast as it was made for the slot in which replicas that are asked for now would serve. */
    readonly ahead: {
      readonly endsAt: string;
      readonly lowerRps: number;
      readonly medianRps: number;
      readonly upperRps: number;
    };
  } | null;
}

export function historyPoint(decision: Decision): HistoryPoint {
  const { observed, outcome, sizing } = decision;
  const { arrivalRate } = observed;
  return {
    id: decisionId(decision),
    at: isoFromMs(decision.decidedAtMs),
    arrivalRate:
      arrivalRate.kind === 'value'
        ? { rps: arrivalRate.value, endsAt: isoFromMs(arrivalRate.endsAtMs) }
        : null,
    currentReplicas: observed.currentReplicas,
    readyReplicas: observed.readyReplicas,
    recommendedReplicas: recommendedReplicas(decision) ?? null,
    desiredReplicas: desiredReplicas(decision),
    outcome: outcome.kind,
    reason: outcome.reason,
    sloViolationProbability: sizing?.sloViolationProbability ?? null,
    costPerHour: sizing?.costPerHour.total ?? null,
    forecast: forecastAhead(decision),
  };
}

function forecastAhead({ forecast, decidedAtMs, sizing }: Decision): HistoryPoint['forecast'] {
  if (forecast.kind === 'unavailable') return null;
  const { model, confidenceRatio, stepSeconds, originAtMs, quantilesRps } = forecast;
  const servesAtMs = decidedAtMs + (sizing?.leadTimeSeconds ?? 0) * MS_PER_SECOND;
  const step = Math.floor((servesAtMs - originAtMs) / (stepSeconds * MS_PER_SECOND));
  const index = Math.max(0, Math.min(quantilesRps.length - 1, step));
  const quantiles = quantilesRps[index];
  return {
    model,
    confidenceRatio,
    stepSeconds,
    ahead: {
      endsAt: isoFromMs(originAtMs + (index + 1) * stepSeconds * MS_PER_SECOND),
      lowerRps: quantiles[LOWER_INDEX],
      medianRps: quantiles[MEDIAN_INDEX],
      upperRps: quantiles[UPPER_INDEX],
    },
  };
}
