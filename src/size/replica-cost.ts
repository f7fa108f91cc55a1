/**
 * What a count costs per second: replicas + violations over the distribution of the arrival rate,
 *   J(N) = p_c N + p_v E[lambda P(T > SLO | N, lambda)] + p_v h E[(lambda - N k mu)^+],
 * h = OVERLOAD_HARM_RATIO. Above the load each term is convex in N, so is their sum.
 */
import type { Policy } from '../policy/policy.ts';
import type { SizingCandidate } from '../domain/sizing.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { lateProbability } from './dispatch.ts';
import { expected } from './rate-distribution.ts';
import type { RateDistribution } from './rate-distribution.ts';
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

export interface Prices {
  /** One replica for one hour. */
  readonly perReplicaHour: number;
  /** One request over the SLO. */
  readonly perViolation: number;
}

/** Both prices, or undefined where the policy gives only one of them or none: then only the objective counts. */
export function pricesOf(cost: Policy['cost']): Prices | undefined {
  const { perReplicaHour, perViolation } = cost;
  return perReplicaHour === null || perViolation === null ? undefined : { perReplicaHour, perViolation };
}

/** Probability that a request is late at `replicas`, over the distribution of the rate. */
export function expectedLateProbability(
  model: ServiceModel,
  load: RateDistribution,
  at: { readonly replicas: number; readonly seconds: number },
): number {
  return expected(load.ratesRps, load.probabilities, (rate) => lateProbability(model, rate, at));
}

/**
 * Requests per second that one replica more than `replicas` brings back within the SLO; at most `overloadHarmRatio`
 * times what a replica serves, and that much wherever `replicas` cannot carry the rate.
 */
export function expectedGainRps(
  model: ServiceModel,
  load: RateDistribution,
  at: { readonly replicas: number; readonly seconds: number; readonly overloadHarmRatio: number },
): number {
  const mostRps = at.overloadHarmRatio * capacityRps(model, 1);
  const oneMore = { ...at, replicas: at.replicas + 1 };
  return expected(load.ratesRps, load.probabilities, (rate) => {
    if (rate >= capacityRps(model, at.replicas)) return mostRps;
    const gain = rate * (lateProbability(model, rate, at) - lateProbability(model, rate, oneMore));
    return Math.min(mostRps, gain);
  });
}

/** The count's line of the cost curve; a price that is not given counts as nothing. */
export function candidateAt(
  model: ServiceModel,
  load: RateDistribution,
  at: { readonly replicas: number; readonly seconds: number; readonly cost: Policy['cost'] },
): SizingCandidate {
  const lateRps = expected(load.ratesRps, load.probabilities, (rate) => {
    const overloadRps = Math.max(0, rate - capacityRps(model, at.replicas));
    return rate * lateProbability(model, rate, at) + OVERLOAD_HARM_RATIO * overloadRps;
  });
  const replicas = at.replicas * (at.cost.perReplicaHour ?? 0);
  const violations = lateRps * (at.cost.perViolation ?? 0) * SECONDS_PER_HOUR;
  return {
    replicas: at.replicas,
    sloViolationProbability: expectedLateProbability(model, load, at),
    costPerHour: { replicas, violations, total: replicas + violations },
  };
}
