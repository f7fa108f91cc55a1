/**
 * Queues that lose requests: M/M/c/K sheds those that find K in the system, M/M/c+M (Erlang A, C. Palm 1957) those
 * whose patience, exponential with rate theta, ends before their turn. Both at once are one birth-death chain with
 * births lambda below K and deaths min(n, c) mu + max(n - c, 0) theta; none of them has an instable state once
 * either is there.
 */
import { integrate } from './integrate.ts';
import { lnPoissonBelow } from './poisson.ts';

export interface ImpatientSystem {
  readonly arrivalRateRps: number;
  /** Of one server. */
  readonly serviceRateRps: number;
  readonly servers: number;
  /** K, in service and waiting; Infinity: no limit (then theta must be above 0, or the load below the servers). */
  readonly limitRequests: number;
  /** theta = 1 / mean patience, per second; 0: nobody gives up. */
  readonly abandonRateRps: number;
}

/** Steady state. Probabilities are of an arriving request. */
export interface ImpatientQueue {
  readonly system: ImpatientSystem;
  readonly shedProbability: number;
  readonly abandonProbability: number;
  /** Of those not shed: finds every server busy. */
  readonly waitProbability: number;
  /** Of those not shed, until service or giving up. */
  readonly meanWaitSeconds: number;
  readonly meanQueueLength: number;
  /** P(a server is free). */
  readonly freeProbability: number;
  /** ln of P(every server is busy and nobody waits). */
  readonly lnAllBusyProbability: number;
}

/** Weights below this share of the largest no longer change a double. */
const NEGLIGIBLE_RATIO = 1e-20;
const TAIL_TOLERANCE = 1e-10;

/** `arrivalRateRps` of at least 0, `servers` and `limitRequests` of at least 1. */
export function impatientQueue(given: ImpatientSystem): ImpatientQueue {
  const system = { ...given, servers: Math.min(given.servers, given.limitRequests) };
  if (system.arrivalRateRps === 0) return emptyQueue(system);
  const sums = chainSums(system);
  const shedProbability = sums.full / sums.all;
  const meanQueueLength = sums.queued / sums.all;
  const acceptedRps = system.arrivalRateRps * (1 - shedProbability);
  return {
    system,
    shedProbability,
    abandonProbability: (system.abandonRateRps * meanQueueLength) / system.arrivalRateRps,
    waitProbability: (sums.waiting - sums.full) / (sums.all - sums.full),
    meanWaitSeconds: meanQueueLength / acceptedRps,
    meanQueueLength,
    freeProbability: sums.free / sums.all,
    lnAllBusyProbability: lnAllBusyWeight(system) - Math.log(sums.all),
  };
}

function emptyQueue(system: ImpatientSystem): ImpatientQueue {
  return {
    system,
    shedProbability: 0,
    abandonProbability: 0,
    waitProbability: 0,
    meanWaitSeconds: 0,
    meanQueueLength: 0,
    freeProbability: 1,
    lnAllBusyProbability: -Infinity,
  };
}

interface ChainSums {
  all: number;
  free: number;
  /** All servers busy; `full` is a part of it. */
  waiting: number;
  full: number;
  /** Sum of weight * (n - c). */
  queued: number;
}

/** The chain's weights outwards from its most likely state: no powers, no underflow of the ones that count. */
function chainSums(system: ImpatientSystem): ChainSums {
  const sums: ChainSums = { all: 0, free: 0, waiting: 0, full: 0, queued: 0 };
  const mode = likeliestState(system);
  addState(sums, system, { n: mode, weight: 1 });
  // With a limit, the walk goes on to it: its own weight is the answer, however small.
  const least = system.limitRequests === Infinity ? NEGLIGIBLE_RATIO : 0;
  for (let n = mode, weight = 1; n < system.limitRequests && weight > least; n += 1) {
    weight *= system.arrivalRateRps / deathRate(system, n + 1);
    addState(sums, system, { n: n + 1, weight });
  }
  for (let n = mode, weight = 1; n > 0 && weight > NEGLIGIBLE_RATIO; n -= 1) {
    weight *= deathRate(system, n) / system.arrivalRateRps;
    addState(sums, system, { n: n - 1, weight });
  }
  return sums;
}

/** ln of the weight of n = c, relative to the likeliest state's: it may be far below the range of doubles. */
function lnAllBusyWeight(system: ImpatientSystem): number {
  const { arrivalRateRps, servers } = system;
  const mode = likeliestState(system);
  let lnWeight = 0;
  for (let n = mode; n < servers; n += 1) lnWeight += Math.log(arrivalRateRps / deathRate(system, n + 1));
  for (let n = mode; n > servers; n -= 1) lnWeight += Math.log(deathRate(system, n) / arrivalRateRps);
  return lnWeight;
}

function deathRate({ serviceRateRps, servers, abandonRateRps }: ImpatientSystem, n: number): number {
  return n <= servers ? n * serviceRateRps : servers * serviceRateRps + (n - servers) * abandonRateRps;
}

function likeliestState(system: ImpatientSystem): number {
  const { arrivalRateRps, serviceRateRps, servers, abandonRateRps, limitRequests } = system;
  const excessRps = arrivalRateRps - servers * serviceRateRps;
  if (excessRps <= 0) return Math.floor(arrivalRateRps / serviceRateRps);
  const queued = abandonRateRps > 0 ? Math.floor(excessRps / abandonRateRps) : Infinity;
  return Math.min(limitRequests, servers + queued);
}

function addState(
  sums: ChainSums,
  { servers, limitRequests }: ImpatientSystem,
  { n, weight }: { n: number; weight: number },
): void {
  sums.all += weight;
  if (n < servers) {
    sums.free += weight;
    return;
  }
  sums.waiting += weight;
  sums.queued += weight * (n - servers);
  if (n === limitRequests) sums.full += weight;
}

/** P(shed, given up, or T > seconds). */
export function impatientLateProbability(queue: ImpatientQueue, seconds: number): number {
  const { system, freeProbability, shedProbability } = queue;
  if (seconds <= 0) return 1;
  const inTime = (waited: number): number => -Math.expm1(-system.serviceRateRps * (seconds - waited));
  let answered = freeProbability * inTime(0);
  if (freeProbability + shedProbability < 1) {
    const density = servedDensity(queue);
    const edges = breakPoints(system, seconds);
    for (let i = 1; i < edges.length; i += 1)
      answered += integrate((x) => density(x) * inTime(x), edges[i - 1], edges[i], TAIL_TOLERANCE);
  }
  return Math.min(1, Math.max(0, 1 - answered));
}

/**
 * Density of "waits x and is then served". A request with j others before it starts after j + 1 stages of the rates
 * c mu + j theta, …, c mu, whose sum has the density prod(rates) / (j! theta^j) e^(-c mu x) (1 - e^(-theta x))^j;
 * over all j below K - c, weighted with where arrivals find themselves, that is
 *   pi_c c mu e^(y - c mu x) P(Poisson(y) < K - c), y = lambda (1 - e^(-theta x)) / theta,
 * times e^(-theta x) for not having given up itself. Exact for either loss and for both.
 */
function servedDensity(queue: ImpatientQueue): (waitedSeconds: number) => number {
  const { arrivalRateRps, serviceRateRps, servers, abandonRateRps, limitRequests } = queue.system;
  const room = limitRequests - servers;
  const drainRps = servers * serviceRateRps;
  const lnFactor = queue.lnAllBusyProbability + Math.log(drainRps);
  const arrived = (x: number): number =>
    abandonRateRps > 0
      ? (-arrivalRateRps * Math.expm1(-abandonRateRps * x)) / abandonRateRps
      : arrivalRateRps * x;
  return (x) => {
    const y = arrived(x);
    const lnFits = room === Infinity ? 0 : lnPoissonBelow(room, y);
    return Math.exp(lnFactor + lnFits + y - drainRps * x - abandonRateRps * x);
  };
}

/**
 * Where to cut [0, seconds] so that no interval hides a narrow peak between its nodes: finely near 0, ever coarser
 * after it, and around the wait of the likeliest queue.
 */
function breakPoints(system: ImpatientSystem, seconds: number): number[] {
  const { arrivalRateRps, serviceRateRps, servers, abandonRateRps } = system;
  const drainRps = servers * serviceRateRps;
  const edges = [0, seconds];
  for (let edge = 4 / (drainRps + arrivalRateRps); edge < seconds; edge *= 4) edges.push(edge);
  const queued = likeliestState(system) - servers;
  if (queued > 0) {
    const wait =
      abandonRateRps > 0
        ? Math.log1p((queued * abandonRateRps) / drainRps) / abandonRateRps
        : queued / drainRps;
    const deviation = Math.sqrt(queued + 1) / drainRps;
    for (const steps of [-6, -2, 0, 2, 6]) edges.push(wait + steps * deviation);
  }
  return edges.filter((edge) => edge >= 0 && edge <= seconds).sort((a, b) => a - b);
}
