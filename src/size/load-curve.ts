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
  /** P(late) at a count, by the number of the weighted rate; 1 in overload. Each is computed once. */
  lateAt(replicas: number): (index: number) => number;
  /** P(service alone takes longer), whatever the load. */
  lateByServiceAt(replicas: number): number;
}

export function createLoadCurve(
  queues: DispatchedQueues,
  load: RateDistribution,
  seconds: number,
): LoadCurve {
  return new RememberingCurve(queues, load, seconds);
}

/** By the number of the weighted rate. */
type LateAt = (index: number) => number;

/** A class: a sizing makes two for every step that it looks at. */
class RememberingCurve implements LoadCurve {
  readonly weighted: WeightedRates;
  readonly load: RateDistribution;
  readonly seconds: number;
  readonly #queues: DispatchedQueues;
  readonly #known = new Map<number, LateAt>();

  constructor(queues: DispatchedQueues, load: RateDistribution, seconds: number) {
    this.weighted = weightedRates(load);
    this.load = load;
    this.seconds = seconds;
    this.#queues = queues;
  }

  get model(): ServiceModel {
    return this.#queues.model;
  }

  lateAt(replicas: number): LateAt {
    const known = this.#known.get(replicas);
    if (known !== undefined) return known;
    const late = this.#latenessAt(replicas);
    this.#known.set(replicas, late);
    return late;
  }

  lateByServiceAt(replicas: number): number {
    return this.#queues.lateByService(replicas, this.seconds);
  }

  #latenessAt(replicas: number): LateAt {
    const { weighted, seconds } = this;
    const queues = this.#queues;
    const late: number[] = [];
    return (index) =>
      (late[index] ??= queues.at(weighted.ratesRps[index], replicas)?.responseTail(seconds) ?? 1);
  }
}

/** Probability that a request is late, over the distribution of the rate. */
export function expectedLate(curve: LoadCurve, replicas: number): number {
  const late = curve.lateAt(replicas);
  let sum = 0;
  const { probabilities } = curve.weighted;
  for (let i = 0; i < probabilities.length; i += 1) sum += probabilities[i] * late(i);
  return sum;
}

/** The part of it that replicas can change: overload in full, else what waiting adds to the service time's share. */
export function expectedAvoidableLate(curve: LoadCurve, replicas: number): number {
  const { model, weighted } = curve;
  const late = curve.lateAt(replicas);
  const floor = curve.lateByServiceAt(replicas);
  const carried = model.losses === undefined ? capacityRps(model, replicas) : Infinity;
  let sum = 0;
  for (let i = 0; i < weighted.ratesRps.length; i += 1)
    sum += weighted.probabilities[i] * (weighted.ratesRps[i] < carried ? late(i) - floor : 1);
  return sum;
}

/**
 * Requests per second that one replica more than `replicas` brings back within the SLO; at most `overloadHarmRatio`
 * times what a replica serves, and that much wherever `replicas` cannot carry the rate.
 */
export function expectedGainRps(curve: LoadCurve, replicas: number, overloadHarmRatio: number): number {
  const gainAt = gainsAt(curve, replicas, overloadHarmRatio);
  let sum = 0;
  for (let i = 0; i < curve.weighted.ratesRps.length; i += 1) sum += gainAt(i);
  return sum;
}

/** Of the load: far more than probabilities are rounded by, and sums of them in another order. */
const ROUNDING_RATIO = 1e-12;
/** How much more a rate may gain than a higher one: none does, and approximations are not held to that. */
const MOST_GAIN_RATIO = 2;

/** What a gain lies between, in requests per second. */
export interface GainBounds {
  readonly leastRps: number;
  readonly mostRps: number;
}

/**
 * What `expectedGainRps` lies between, as closely as is `enough`. The highest rates gain the most, which is where a
 * queue is at its steepest: from there down it mostly shows after a few of them. undefined where replicas get into each
 * other's way: one more may then do harm at low rates.
 */
export function gainBounds(
  curve: LoadCurve,
  at: { readonly replicas: number; readonly overloadHarmRatio: number },
  enough: (leastRps: number, mostRps: number) => boolean,
): GainBounds | undefined {
  if (curve.model.scalability !== undefined) return undefined;
  const gainAt = gainsAt(curve, at.replicas, at.overloadHarmRatio);
  const { ratesRps, probabilities } = curve.weighted;
  const roundingRps = ROUNDING_RATIO * at.overloadHarmRatio * ratesRps[ratesRps.length - 1];
  // What is known of clients that give up is not close enough at low rates to say how much is left at most.
  const mostGainRatio = curve.model.losses === undefined ? MOST_GAIN_RATIO : Infinity;
  let sum = 0;
  let leftProbability = 1;
  for (let i = probabilities.length - 1; i >= 0; i -= 1) {
    const gain = gainAt(i);
    sum += gain;
    leftProbability -= probabilities[i];
    const mostLeft = i === 0 ? 0 : (mostGainRatio * leftProbability * Math.max(0, gain)) / probabilities[i];
    const leastRps = sum - roundingRps;
    const mostRps = sum + mostLeft + roundingRps;
    if (i === 0 || enough(leastRps, mostRps)) return { leastRps, mostRps };
  }
  return undefined;
}

/** Whether that, at so much for each request, is more than `perSecond`. */
export function isGainMoreThan(
  curve: LoadCurve,
  replicas: number,
  bar: { readonly overloadHarmRatio: number; readonly perViolation: number; readonly perSecond: number },
): boolean {
  const { overloadHarmRatio, perViolation, perSecond } = bar;
  const isMore = (leastRps: number): boolean => perViolation * leastRps > perSecond;
  const isLess = (mostRps: number): boolean => perViolation * mostRps < perSecond;
  const at = { replicas, overloadHarmRatio };
  const bounds = gainBounds(curve, at, (leastRps, mostRps) => isMore(leastRps) || isLess(mostRps));
  if (bounds && isMore(bounds.leastRps)) return true;
  if (bounds && isLess(bounds.mostRps)) return false;
  return perViolation * expectedGainRps(curve, replicas, overloadHarmRatio) > perSecond;
}

/** What each of the weighted rates adds to the gain. */
function gainsAt(curve: LoadCurve, replicas: number, overloadHarmRatio: number): (index: number) => number {
  const { model, weighted } = curve;
  const mostRps = overloadHarmRatio * capacityRps(model, 1);
  const carried = capacityRps(model, replicas);
  const late = curve.lateAt(replicas);
  const oneMore = curve.lateAt(replicas + 1);
  return (index) => {
    const rate = weighted.ratesRps[index];
    const gain = rate < carried ? Math.min(mostRps, rate * (late(index) - oneMore(index))) : mostRps;
    return weighted.probabilities[index] * gain;
  };
}

/** The count's line of the cost curve; a price that is not given counts as nothing. */
export function candidateAt(curve: LoadCurve, replicas: number, cost: Policy['cost']): SizingCandidate {
  const { ratesRps, probabilities } = curve.weighted;
  const late = curve.lateAt(replicas);
  const carried = capacityRps(curve.model, replicas);
  let lateRps = 0;
  for (let i = 0; i < ratesRps.length; i += 1)
    lateRps +=
      probabilities[i] * (ratesRps[i] * late(i) + OVERLOAD_HARM_RATIO * Math.max(0, ratesRps[i] - carried));
  const ofReplicas = replicas * (cost.perReplicaHour ?? 0);
  const ofViolations = lateRps * (cost.perViolation ?? 0) * SECONDS_PER_HOUR;
  return {
    replicas,
    sloViolationProbability: expectedLate(curve, replicas),
    costPerHour: { replicas: ofReplicas, violations: ofViolations, total: ofReplicas + ofViolations },
  };
}
