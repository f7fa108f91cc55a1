/**
 * Response times at one replica that serves `servers` requests at a time, first come first served, each at
 * `serviceRateRps`: what a request goes through that n others must leave before its own service starts.
 */
import { integrate } from './integrate.ts';
import { responseTail } from './mmc.ts';
import { poissonAtLeast, poissonWeights } from './poisson.ts';

export interface ReplicaServers {
  readonly serviceRateRps: number;
  readonly servers: number;
}

/** How many others an arriving request has to see off: n = 1 with the first, n >= 2 with second * ratio^(n-2). */
export interface QueuePositions {
  readonly waitProbability: number;
  readonly firstProbability: number;
  readonly secondProbability: number;
  /** In 0..1, below 1. */
  readonly ratio: number;
}

/** Stages that are this improbable to be gone through, or to be needed, are left out. */
const NEGLIGIBLE = 1e-16;
/** Beyond so many, the stages are not gone through one by one. */
const MOST_STAGES = 400;
const TAIL_TOLERANCE = 1e-12;

/** The same shape with another wait probability. */
export function scaledTo(positions: QueuePositions, waitProbability: number): QueuePositions {
  const factor = positions.waitProbability > 0 ? waitProbability / positions.waitProbability : 0;
  return {
    waitProbability,
    firstProbability: positions.firstProbability * factor,
    secondProbability: positions.secondProbability * factor,
    ratio: positions.ratio,
  };
}

/** E[Wq], seconds: each of the n takes 1/(k mu) in the mean. */
export function positionsMeanWaitSeconds(positions: QueuePositions, replica: ReplicaServers): number {
  const { firstProbability, secondProbability, ratio } = positions;
  const stages = firstProbability + secondProbability * (2 / (1 - ratio) + ratio / (1 - ratio) ** 2);
  return stages / (replica.servers * replica.serviceRateRps);
}

/** P(T > seconds) - e^(-mu t): the lateness that waiting adds. */
export function positionsLateness(
  positions: QueuePositions,
  replica: ReplicaServers,
  seconds: number,
): number {
  const { serviceRateRps, servers } = replica;
  const { firstProbability, secondProbability } = positions;
  const drainRateRps = servers * serviceRateRps;
  const floor = Math.exp(-serviceRateRps * seconds);
  const first = responseTail({ serviceRateRps, drainRateRps }, 1, seconds) - floor;
  if (secondProbability < NEGLIGIBLE) return firstProbability * first;
  return firstProbability * first + beyondFirst(positions, replica, seconds);
}

/** The part of those that have at least two to see off. */
function beyondFirst(positions: QueuePositions, replica: ReplicaServers, seconds: number): number {
  const { serviceRateRps, servers } = replica;
  const { secondProbability, ratio } = positions;
  const floor = Math.exp(-serviceRateRps * seconds);
  const count = stagesThatMatter(servers * serviceRateRps * seconds, ratio);
  if (count > MOST_STAGES)
    return (secondProbability / (1 - ratio)) * (geometricTail(positions, replica, seconds) - floor);
  const tails = queuedResponseTails(replica, seconds, count);
  let beyond = 0;
  let weight = secondProbability;
  for (let n = 2; n <= count; n += 1, weight *= ratio) beyond += weight * (tails[n - 1] - floor);
  // Whoever stands behind more than can leave in that time is late for certain.
  return beyond + (weight / (1 - ratio)) * (1 - floor);
}

/**
 * P(T > seconds) for n = 2 + geometric: one stage of rate b = k mu, then a geometric number of them, which together
 * are one exponential of rate b (1 - ratio), then the service. The first is integrated over its quantiles.
 */
function geometricTail({ ratio }: QueuePositions, replica: ReplicaServers, seconds: number): number {
  const { serviceRateRps, servers } = replica;
  const stageRps = servers * serviceRateRps;
  const rates = { serviceRateRps, drainRateRps: stageRps * (1 - ratio) };
  const over = -Math.expm1(-stageRps * seconds);
  const restTail = (level: number): number =>
    responseTail(rates, 1, Math.max(0, seconds + Math.log1p(-level) / stageRps));
  return 1 - over + integrate(restTail, 0, over, TAIL_TOLERANCE);
}

/** More than `mean` + 9 deviations are never gone through; more than the geometric weights reach never needed. */
function stagesThatMatter(mean: number, ratio: number): number {
  const goneThrough = Math.ceil(mean + 9 * Math.sqrt(mean) + 30);
  const needed = ratio > 0 ? Math.ceil(Math.log(NEGLIGIBLE) / Math.log(ratio)) + 2 : 2;
  return Math.max(2, Math.min(goneThrough, needed));
}

/**
 * P(T > seconds) behind n others, n = 1 … count (index 0 is n = 1): n exponential stages of rate b = k mu, then one
 * of rate mu. P = P(Poisson(b t) < n) + e^(-mu t) (b/(b-mu))^n P(Poisson((b-mu) t) >= n); for k = 1 the second term
 * is the Poisson weight of n.
 */
export function queuedResponseTails(
  { serviceRateRps, servers }: ReplicaServers,
  seconds: number,
  count: number,
): Float64Array {
  const drained = poissonWeights(servers * serviceRateRps * seconds, count + 1);
  const inService = inServiceProbabilities({ serviceRateRps, servers }, seconds, count);
  const tails = new Float64Array(count);
  for (let n = 1, stillWaiting = 0; n <= count; n += 1) {
    stillWaiting += drained[n - 1];
    tails[n - 1] = Math.min(1, stillWaiting + (servers === 1 ? drained[n] : inService[n - 1]));
  }
  return tails;
}

/** P(the n stages are over and the service is not), n = 1 … count. */
function inServiceProbabilities(
  { serviceRateRps, servers }: ReplicaServers,
  seconds: number,
  count: number,
): Float64Array {
  const result = new Float64Array(count);
  if (servers === 1) return result;
  const mean = (servers - 1) * serviceRateRps * seconds;
  const floor = Math.exp(-serviceRateRps * seconds);
  const weights = poissonWeights(mean, count);
  let tail = poissonAtLeast(count, mean);
  for (let n = count; n >= 1; n -= 1) {
    // The power overflows only where the tail has long underflowed.
    if (tail > 0) result[n - 1] = floor * tail * (servers / (servers - 1)) ** n;
    tail += weights[n - 1];
  }
  return result;
}
