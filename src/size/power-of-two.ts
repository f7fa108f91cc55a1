/**
 * Power of two choices: a request looks at two different replicas picked at random and joins the one with fewer
 * requests. With two replicas that is least requests; with many the queues become independent (mean field): s_i, the
 * share of replicas with at least i requests, is the fixed point of
 *   lambda (s_(i-1)^2 - s_i^2) = mu min(i, k) (s_i - s_(i+1))
 * (Vvedenskaya, Dobrushin, Karpelevich 1996; Mitzenmacher 2001; s_i = rho^(2^i - 1) for k = 1). The error of the mean
 * field falls like 1/N (Gast and Van Houdt 2017), so what lies between is taken on the line in 1/(N + 1/2) through
 * both, of the logarithm of the odds; the 1/2 was fitted to simulation.
 */
import { leastRequestsPositions } from './least-requests.ts';
import type { Replicas } from './least-requests.ts';
import { positionsLateness, positionsMeanWaitSeconds, queuedResponseTails } from './queue-position.ts';
import type { ReplicaServers } from './queue-position.ts';

const CHOICES = 2;
/** Shares below this no longer change a probability that anyone reads. */
const NEGLIGIBLE_SHARE = 1e-18;
const MOST_STEPS = 60;
const LEAST_LN_SHARE = -700;
const LN_PRECISION = 1e-14;
const SETTLED_RATIO = 1e-17;
/** Fitted; see above. */
const HALF = 0.5;

/** What the mean field says of an arriving request. */
interface MeanField {
  /** P(both replicas hold at least k + n requests), n = 0, 1, …: whoever finds that waits behind n + 1. */
  readonly waiting: readonly number[];
}

export interface PowerOfTwo {
  readonly waitProbability: number;
  readonly meanWaitSeconds: number;
  readonly responseTail: (seconds: number) => number;
}

/** `system.replicas` of at least 2; its load above 0 and below its servers. */
export function powerOfTwoQueue(system: Replicas, serviceRateRps: number): PowerOfTwo {
  const replica: ReplicaServers = { serviceRateRps, servers: system.servers };
  const many = meanField(system.loadErlangs / system.replicas, system.servers);
  const two = leastRequestsPositions({
    loadErlangs: (system.loadErlangs * CHOICES) / system.replicas,
    replicas: CHOICES,
    servers: system.servers,
  });
  const share = (CHOICES + HALF) / (system.replicas + HALF);
  return {
    waitProbability: betweenOdds(many.waiting[0], two.waitProbability, share),
    meanWaitSeconds: betweenLogs(
      meanFieldMeanWaitSeconds(many, replica),
      positionsMeanWaitSeconds(two, replica),
      share,
    ),
    responseTail: (seconds) => {
      const most = -Math.expm1(-serviceRateRps * seconds);
      if (most === 0) return 1;
      const ofMany = meanFieldLateness(many, replica, seconds) / most;
      const ofTwo = positionsLateness(two, replica, seconds) / most;
      return 1 - most + most * betweenOdds(ofMany, ofTwo, share);
    },
  };
}

function betweenOdds(ofMany: number, ofTwo: number, share: number): number {
  if (ofMany >= 1 || ofTwo >= 1) return 1;
  const odds = betweenLogs(ofMany / (1 - ofMany), ofTwo / (1 - ofTwo), share);
  return odds / (1 + odds);
}

function betweenLogs(ofMany: number, ofTwo: number, share: number): number {
  return ofMany === 0 || ofTwo === 0 ? 0 : ofMany * (ofTwo / ofMany) ** share;
}

/** `loadErlangs`: of one replica, above 0 and below `servers`. */
export function meanField(loadErlangs: number, servers: number): MeanField {
  const low = busiestShare(loadErlangs, servers);
  const ratio = Math.min(loadErlangs / servers, 1 - Number.EPSILON);
  const waiting = [low ** CHOICES];
  for (let next = ratio * waiting[0]; next > NEGLIGIBLE_SHARE; next = ratio * next ** CHOICES)
    waiting.push(next ** CHOICES);
  return { waiting };
}

/**
 * The s_k for which s_0 comes out as 1. ln s_0 rises with ln s_k, nearly on a line: regula falsi in the logarithms,
 * with Illinois' halving, between 1 and a lower end that is found by squaring.
 */
function busiestShare(loadErlangs: number, servers: number): number {
  const excess = (lnShare: number): number => Math.log(shareOfAll(Math.exp(lnShare), loadErlangs, servers));
  let high = 0;
  let highExcess = excess(high);
  let low = -1;
  let lowExcess = excess(low);
  while (lowExcess > 0 && low > LEAST_LN_SHARE) {
    [high, highExcess] = [low, lowExcess];
    low *= 2;
    lowExcess = excess(low);
  }
  for (let i = 0; i < MOST_STEPS && high - low > LN_PRECISION && highExcess > 0; i += 1) {
    const middle = high - (highExcess * (high - low)) / (highExcess - lowExcess);
    const middleExcess = excess(middle);
    if (middleExcess > 0) {
      [high, highExcess] = [middle, middleExcess];
      lowExcess /= 2;
    } else {
      [low, lowExcess] = [middle, middleExcess];
      highExcess /= 2;
    }
    if (Math.abs(middleExcess) < LN_PRECISION) return Math.exp(middle);
  }
  return Math.exp(low);
}

/** s_0 from s_k: the fixed point solved downwards, where all its terms are positive. It must come out as 1. */
function shareOfAll(busiest: number, loadErlangs: number, servers: number): number {
  let share = busiest;
  let above = (loadErlangs / servers) * busiest ** CHOICES;
  for (let i = servers; i >= 1; i -= 1) {
    const flow = share * share + (i / loadErlangs) * (share - above);
    above = share;
    share = Math.sqrt(flow);
    // Nearly all replicas hold this many: below, the shares no longer change.
    if (share > 1 || share - above < SETTLED_RATIO * share) break;
  }
  return share;
}

/** P(T > seconds) - e^(-mu t). */
function meanFieldLateness({ waiting }: MeanField, replica: ReplicaServers, seconds: number): number {
  const tails = queuedResponseTails(replica, seconds, waiting.length);
  const floor = Math.exp(-replica.serviceRateRps * seconds);
  let lateness = 0;
  waiting.forEach((probability, n) => {
    lateness += (probability - (waiting[n + 1] ?? 0)) * Math.max(0, tails[n] - floor);
  });
  return lateness;
}

function meanFieldMeanWaitSeconds({ waiting }: MeanField, replica: ReplicaServers): number {
  const stages = waiting.reduce((total, probability) => total + probability, 0);
  return stages / (replica.servers * replica.serviceRateRps);
}
