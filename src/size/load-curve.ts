/** Lateness and cost by replica count, for one distribution of the arrival rate. */
import type { SizingCandidate } from '../domain/sizing.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { Policy } from '../policy/policy.ts';
import type { DispatchedQueues } from './dispatch.ts';
import { weightedRates } from './rate-distribution.ts';
import type { RateDistribution, WeightedRates } from './rate-distribution.ts';
import { capacityRps } from './service-model.ts';
import type { ServiceModel } from './service-model.ts';

/**
 * Late requests that each request per second of missing capacity stands for. First come first served, everybody is
 * late in overload: a shortage of a quarter of the capacity makes 1 / (1/4) = 4 requests late for each one that is
 * left over, a worse shortage fewer, a lesser one more. It is also the most that a replica is credited with (per
 * request it can serve): without that bound an expected cost may ask for fewer replicas when the load's upper
 * quantiles rise out of reach, and more load must never give fewer replicas.
 */
export const OVERLOAD_HARM_RATIO = 4;

export interface LoadCurve {
  readonly model: ServiceModel;
  readonly load: RateDistribution;
  readonly weighted: WeightedRates;
  /** The SLO's response time. */
  readonly seconds: number;
  /** P(late) at each of the weighted rates, as they are ordered; 1 in overload. Computed once for each count. */
  readonly lateAt: (replicas: number) => readonly number[];
  /** P(service alone takes longer), whatever the load. */
  readonly lateByServiceAt: (replicas: number) => number;
}

export function createLoadCurve(
  queues: DispatchedQueues,
  load: RateDistribution,
  seconds: number,
): LoadCurve {
  const known = new Map<number, readonly number[]>();
  const weighted = weightedRates(load);
  const lateAt = (replicas: number): readonly number[] => {
    const before = known.get(replicas);
    if (before !== undefined) return before;
    const late = weighted.ratesRps.map((rate) => queues.at(rate, replicas)?.responseTail(seconds) ?? 1);
    known.set(replicas, late);
    return late;
  };
  return {
    model: queues.model,
    load,
    weighted,
    seconds,
    lateAt,
    lateByServiceAt: (replicas) => queues.lateByService(replicas, seconds),
  };
}

/** Probability that a request is late, over the distribution of the rate. */
export function expectedLate({ weighted, lateAt }: LoadCurve, replicas: number): number {
  const late = lateAt(replicas);
  let sum = 0;
  for (let i = 0; i < late.length; i += 1) sum += weighted.probabilities[i] * late[i];
  return sum;
}

/** The part of it that replicas can change: overload in full, else what waiting adds to the service time's share. */
export function expectedAvoidableLate(
  { model, weighted, lateAt, lateByServiceAt }: LoadCurve,
  replicas: number,
): number {
  const late = lateAt(replicas);
  const floor = lateByServiceAt(replicas);
  const carried = model.losses === undefined ? capacityRps(model, replicas) : Infinity;
  let sum = 0;
  for (let i = 0; i < late.length; i += 1)
    sum += weighted.probabilities[i] * (weighted.ratesRps[i] < carried ? late[i] - floor : 1);
  return sum;
}

/**
 * Requests per second that one replica more than `replicas` brings back within the SLO; at most `overloadHarmRatio`
 * times what a replica serves, and that much wherever `replicas` cannot carry the rate.
 */
export function expectedGainRps(curve: LoadCurve, replicas: number, overloadHarmRatio: number): number {
  const { model, weighted } = curve;
  const mostRps = overloadHarmRatio * capacityRps(model, 1);
  const carried = capacityRps(model, replicas);
  const late = curve.lateAt(replicas);
  const oneMore = curve.lateAt(replicas + 1);
  let sum = 0;
  for (let i = 0; i < late.length; i += 1) {
    const rate = weighted.ratesRps[i];
    sum +=
      weighted.probabilities[i] *
      (rate < carried ? Math.min(mostRps, rate * (late[i] - oneMore[i])) : mostRps);
  }
  return sum;
}

/** The count's line of the cost curve; a price that is not given counts as nothing. */
export function candidateAt(curve: LoadCurve, replicas: number, cost: Policy['cost']): SizingCandidate {
  const { ratesRps, probabilities } = curve.weighted;
  const late = curve.lateAt(replicas);
  const carried = capacityRps(curve.model, replicas);
  let lateRps = 0;
  for (let i = 0; i < late.length; i += 1)
    lateRps +=
      probabilities[i] * (ratesRps[i] * late[i] + OVERLOAD_HARM_RATIO * Math.max(0, ratesRps[i] - carried));
  const ofReplicas = replicas * (cost.perReplicaHour ?? 0);
  const ofViolations = lateRps * (cost.perViolation ?? 0) * SECONDS_PER_HOUR;
  return {
    replicas,
    sloViolationProbability: expectedLate(curve, replicas),
    costPerHour: { replicas: ofReplicas, violations: ofViolations, total: ofReplicas + ofViolations },
  };
}
