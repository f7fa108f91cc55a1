/**
 * Power of two choices: a request looks at two different replicas picked at random and joins the one with fewer
 * requests. With two replicas that is least requests; with many the queues become independent (mean field): s_i, the
 * share of replicas with at least i requests, is the fixed point of
 *   lambda (s_(i-1)^2 - s_i^2) = mu min(i, k) (s_i - s_(i+1))
 * (Vvedenskaya, Dobrushin, Karpelevich 1996; Mitzenmacher 2001; s_i = rho^(2^i - 1) for k = 1). The error of the mean
 * field falls like 1/N (Gast and Van Houdt 2017), so what lies between is taken on the line in 1/(N + 1/2) through
 * both, of the logarithm of the odds. Towards saturation the replicas fill up together, as if there were one queue
 * (heavy-traffic optimality: Maguluri, Srikant, Ying 2014): there the odds are the mean field's plus those of least
 * requests over all replicas. Where that is more, it counts by rho^4. The 1/2, the weight 1 - (2/N)^2 of the mean
 * field in the sum, which makes N = 2 exact, and the 4 were fitted to simulation.
 */
import { leastRequestsPositions } from './least-requests.ts';
import type { Replicas } from './least-requests.ts';
import { positionsLateness, positionsMeanWaitSeconds, positionsWaitTail } from './queue-position.ts';
import type { ReplicaServers, StageLateness } from './stage-lateness.ts';

const CHOICES = 2;
/** Shares below this no longer change a probability that anyone reads. */
const NEGLIGIBLE_SHARE = 1e-18;
/** A share of replicas whose square is below the range of doubles. */
const LEAST_LN_SHARE = -350;
const MOST_STEPS = 60;
/** Newton's method doubles the digits with each step: after one as small as this, all are right. */
const LAST_STEP_RATIO = 1e-9;
const SETTLED_RATIO = 1e-17;
/** Fitted; see above. */
const HALF = 0.5;
const SUM_POWER = 4;

/** What the mean field says of an arriving request. */
interface MeanField {
  /** P(both replicas hold at least k + n requests), n = 0, 1, …: whoever finds that waits behind n + 1. */
  readonly waiting: readonly number[];
}

export interface PowerOfTwo {
  readonly waitProbability: number;
  readonly meanWaitSeconds: number;
  /** P(Wq > seconds), mixed as the late share is. */
  readonly waitTail: (seconds: number) => number;
  /** P(T > t) for the replicas' own table. */
  readonly responseTail: (stages: StageLateness) => number;
}

/** `system.replicas` of at least 2; its load above 0 and below its servers. */
export function powerOfTwoQueue(system: Replicas, serviceRateRps: number): PowerOfTwo {
  const { loadErlangs, replicas, servers } = system;
  const replica: ReplicaServers = { serviceRateRps, servers };
  const many = meanField(loadErlangs / replicas, servers);
  const pair = { loadErlangs: (loadErlangs * CHOICES) / replicas, replicas: CHOICES, servers };
  const two = leastRequestsPositions(pair);
  const all = replicas === CHOICES ? two : leastRequestsPositions(system);
  const mix = mixAt(replicas, loadErlangs / (replicas * servers));
  return {
    waitProbability: mixedOdds(mix, many.waiting[0], two.waitProbability, all.waitProbability),
    meanWaitSeconds: mixed(
      mix,
      meanFieldMeanWaitSeconds(many, replica),
      positionsMeanWaitSeconds(two, replica),
      positionsMeanWaitSeconds(all, replica),
    ),
    waitTail: (seconds) =>
      mixedOdds(
        mix,
        meanFieldWaitTail(many, servers * serviceRateRps * seconds),
        positionsWaitTail(two, replica, seconds),
        positionsWaitTail(all, replica, seconds),
      ),
    responseTail: (stages) => {
      const most = -Math.expm1(-serviceRateRps * stages.seconds);
      if (most === 0) return 1;
      const ofMany = meanFieldLateness(many, stages) / most;
      const ofTwo = positionsLateness(two, stages) / most;
      const ofAll = positionsLateness(all, stages) / most;
      return stages.floor + most * mixedOdds(mix, ofMany, ofTwo, ofAll);
    },
  };
}

/** How much each of the three known queues counts. */
interface Mix {
  /** Of two replicas against many, in the logarithms. */
  readonly twoShare: number;
  /** Of the mean field beside what all replicas share. */
  readonly manyWeight: number;
  /** Of the sum against what lies between two and many. */
  readonly sumShare: number;
}

function mixAt(replicas: number, utilizationRatio: number): Mix {
  return {
    twoShare: (CHOICES + HALF) / (replicas + HALF),
    manyWeight: 1 - (CHOICES / replicas) ** 2,
    sumShare: utilizationRatio ** SUM_POWER,
  };
}

function mixedOdds(mix: Mix, ofMany: number, ofTwo: number, ofAll: number): number {
  if (ofMany >= 1 || ofTwo >= 1 || ofAll >= 1) return 1;
  const odds = mixed(mix, ofMany / (1 - ofMany), ofTwo / (1 - ofTwo), ofAll / (1 - ofAll));
  return odds / (1 + odds);
}

function mixed({ twoShare, manyWeight, sumShare }: Mix, many: number, two: number, all: number): number {
  const between = many ** (1 - twoShare) * two ** twoShare;
  const sum = manyWeight * many + all;
  // Only ever upwards: a share that grows with the load must not lower anything.
  return sum > between ? between ** (1 - sumShare) * sum ** sumShare : between;
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
 * The s_k for which s_0 comes out as 1: Newton's method in the logarithms, where s_0 over s_k is nearly a line. Near 0
 * where s_k^2 is below the range of doubles.
 */
function busiestShare(loadErlangs: number, servers: number): number {
  let lnShare = guessedLnShare(loadErlangs, servers);
  for (let i = 0; i < MOST_STEPS && lnShare > LEAST_LN_SHARE; i += 1) {
    const { lnAll, slope } = shareOfAll(Math.exp(lnShare), loadErlangs, servers);
    const step = lnAll / slope;
    // Never above 1: there the shares would not be shares.
    const next = lnShare > step ? lnShare / 2 : lnShare - step;
    const isLast = Math.abs(next - lnShare) <= Number.EPSILON - LAST_STEP_RATIO * lnShare;
    lnShare = next;
    if (isLast) break;
  }
  return Math.exp(lnShare);
}

/** Fitted to the solution for 1 … 200 servers; only a start: a bad one costs steps, never the answer. */
function guessedLnShare(loadErlangs: number, servers: number): number {
  const perServer = -Math.log(loadErlangs / servers);
  const all = servers * perServer;
  return -perServer * (1 - 0.5 / servers) - all / 2 - all ** 2 / 10 - all ** 3 / 60 - all ** 5 / 1500;
}

/** ln s_0 from s_k, and its slope over ln s_k: the fixed point solved downwards, where all its terms are positive. */
function shareOfAll(busiest: number, loadErlangs: number, servers: number): { lnAll: number; slope: number } {
  let share = busiest;
  let above = (loadErlangs / servers) * busiest ** CHOICES;
  let shareSlope = share;
  let aboveSlope = CHOICES * above;
  for (let i = servers; i >= 1; i -= 1) {
    const perLoad = i / loadErlangs;
    const next = Math.sqrt(share * share + perLoad * (share - above));
    const nextSlope = (2 * share * shareSlope + perLoad * (shareSlope - aboveSlope)) / (2 * next);
    above = share;
    aboveSlope = shareSlope;
    share = next;
    shareSlope = nextSlope;
    // Nearly all replicas hold this many: below, the shares no longer change.
    if (share - above < SETTLED_RATIO * share) break;
  }
  return { lnAll: Math.log(share), slope: shareSlope / share };
}

/** P(T > t) - e^(-mu t). */
function meanFieldLateness({ waiting }: MeanField, { behind, behindAll }: StageLateness): number {
  let lateness = 0;
  for (let n = 0; n < waiting.length; n += 1) {
    const exactly = waiting[n] - (n + 1 < waiting.length ? waiting[n + 1] : 0);
    lateness += exactly * (n < behind.length ? behind[n] : behindAll);
  }
  return lateness;
}

/** P(Wq > t), `stages` = k mu t being what a replica completes in that time: behind n + 1, at most n have left. */
function meanFieldWaitTail({ waiting }: MeanField, stages: number): number {
  let weight = Math.exp(-stages);
  let tail = 0;
  for (let n = 0; n < waiting.length && weight > 0; n += 1) {
    tail += waiting[n] * weight;
    weight *= stages / (n + 1);
  }
  return tail;
}

function meanFieldMeanWaitSeconds({ waiting }: MeanField, replica: ReplicaServers): number {
  const stages = waiting.reduce((total, probability) => total + probability, 0);
  return stages / (replica.servers * replica.serviceRateRps);
}
