import type { StoredDecision } from '../../control/decision-store.ts';
import { SECONDS_PER_HOUR } from '../../domain/clock.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Policy } from '../../policy/policy.ts';
import { lateProbability } from '../../size/dispatch.ts';
import { capacityRps, serviceModelFrom } from '../../size/service-model.ts';
import { createDurationHistogram } from './duration-histogram.ts';

/** What a run amounted to. Requests over the SLO are an estimate: nobody counted them. */
export interface Summary {
  readonly ticks: number;
  readonly overruns: number;
  /** How long a tick really took. */
  readonly tickSeconds: { readonly p50: number; readonly p99: number };
  readonly decisions: number;
  /** Decisions by "outcome reason", the most frequent first. */
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly scaleUps: number;
  readonly scaleDowns: number;
  readonly replicaHours: number;
  readonly requests: number;
  readonly requestsOverSlo: number;
  /** Hours without a trusted measurement or a known service rate: their requests are in no figure. */
  readonly unmeasuredHours: number;
  /** Forecasts made, by model. */
  readonly forecasts: Readonly<Record<string, number>>;
  /** Models passed over, by "model reason". */
  readonly fallbacks: Readonly<Record<string, number>>;
}

export interface SummaryKeeper {
  /** `tookSeconds`: real time. */
  add(batch: readonly StoredDecision[], tookSeconds: number): void;
  /** Ticks left out because one before them took too long. */
  overran(ticks: number): void;
  summary(): Summary;
}

/** `policies`: of the workload of a decision. */
export function keepSummary(policyOf: (decision: Decision) => Policy | undefined): SummaryKeeper {
  const sums = {
    ticks: 0,
    overruns: 0,
    decisions: 0,
    scaleUps: 0,
    scaleDowns: 0,
    replicaHours: 0,
    requests: 0,
    requestsOverSlo: 0,
    unmeasuredHours: 0,
  };
  const took = createDurationHistogram();
  const byOutcome = new Map<string, number>();
  const forecasts = new Map<string, number>();
  const fallbacks = new Map<string, number>();
  // A forecast that is used again is the same value: it is counted when it is first seen.
  const counted = new WeakSet<object>();

  const countForecast = ({ forecast }: Decision): void => {
    if (counted.has(forecast)) return;
    counted.add(forecast);
    if (forecast.kind === 'forecast') increment(forecasts, forecast.model);
    for (const { model, reason } of forecast.skipped) increment(fallbacks, `${model} ${reason}`);
  };

  const addOne = (decision: Decision): void => {
    const { observed, outcome, tickSeconds } = decision;
    const hours = tickSeconds / SECONDS_PER_HOUR;
    sums.decisions += 1;
    sums.replicaHours += observed.currentReplicas * hours;
    increment(byOutcome, `${outcome.kind} ${outcome.reason}`);
    countForecast(decision);
    if (outcome.kind === 'scale') {
      if (outcome.toReplicas > observed.currentReplicas) sums.scaleUps += 1;
      else sums.scaleDowns += 1;
    }
    const served = servedIn(decision, policyOf(decision));
    sums.unmeasuredHours += served ? 0 : hours;
    sums.requests += served?.requests ?? 0;
    sums.requestsOverSlo += served?.late ?? 0;
  };

  return {
    add(batch, tookSeconds) {
      sums.ticks += 1;
      took.add(tookSeconds);
      for (const { decision } of batch) addOne(decision);
    },
    overran: (ticks) => void (sums.overruns += ticks),
    summary: () => ({
      ...sums,
      tickSeconds: { p50: took.quantileSeconds(0.5), p99: took.quantileSeconds(0.99) },
      byOutcome: sorted(byOutcome),
      forecasts: sorted(forecasts),
      fallbacks: sorted(fallbacks),
    }),
  };
}

/**
 * The requests of one tick, and how many of them were late: P(T > SLO) of the queue that the observed rate and the
 * ready replicas make. With a backlog that takes longer than the SLO to work off, all of them.
 */
function servedIn(
  { observed, tickSeconds, slo }: Decision,
  policy: Policy | undefined,
): { readonly requests: number; readonly late: number } | undefined {
  const { arrivalRate, serviceRateRps, readyReplicas, backlogRequests } = observed;
  if (arrivalRate.kind !== 'value' || serviceRateRps === null || policy === undefined) return undefined;
  const requests = arrivalRate.value * tickSeconds;
  if (readyReplicas === 0) return { requests, late: requests };
  const model = serviceModelFrom(policy, serviceRateRps);
  if (backlogRequests > capacityRps(model, readyReplicas) * slo.responseSeconds)
    return { requests, late: requests };
  const at = { replicas: readyReplicas, seconds: slo.responseSeconds };
  return { requests, late: requests * lateProbability(model, arrivalRate.value, at) };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
