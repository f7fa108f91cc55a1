/**
 * M/M/c: Poisson arrivals, exponential service, c servers, one queue, first come first served.
 * With theta = c mu - lambda (the rate at which a queue drains): P(Wq > t) = C e^(-theta t), E[Wq] = C / theta,
 * and the response tail below (textbook results, e.g. Gross et al., Fundamentals of Queueing Theory, 2.3).
 */
import { inverseErlangB, offeredLoad, productResidual, waitProbabilityFrom } from './erlang.ts';
import type { OfferedLoad } from './erlang.ts';

/** A stable M/M/c in steady state. */
export interface MmcQueue {
  readonly arrivalRateRps: number;
  /** Of one server. */
  readonly serviceRateRps: number;
  readonly servers: number;
  readonly offeredLoadErlangs: number;
  readonly utilizationRatio: number;
  /** theta = servers * serviceRate - arrivalRate, above 0, requests per second. */
  readonly drainRateRps: number;
  /** Erlang C. */
  readonly waitProbability: number;
}

/**
 * The queue, or undefined where it has no steady state (arrivalRate >= servers * serviceRate).
 * `servers`: whole, at least 1; rates in 1/s, arrivalRate at least 0, serviceRate above 0.
 */
export function mmcQueue(
  arrivalRateRps: number,
  serviceRateRps: number,
  servers: number,
): MmcQueue | undefined {
  const drainRateRps = drainRate(arrivalRateRps, serviceRateRps, servers);
  if (!(drainRateRps > 0)) return undefined;
  const load = offeredLoad(arrivalRateRps, serviceRateRps);
  const waitProbability = waitProbabilityAt({ servers, drainRateRps, serviceRateRps, load });
  return {
    arrivalRateRps,
    serviceRateRps,
    servers,
    offeredLoadErlangs: load.erlangs,
    utilizationRatio: load.erlangs / servers,
    drainRateRps,
    waitProbability,
  };
}

/** c mu - lambda with the product's rounding error added back: the digits that count when it is small. */
export function drainRate(arrivalRateRps: number, serviceRateRps: number, servers: number): number {
  const exact = productResidual(servers, serviceRateRps, arrivalRateRps);
  return Number.isNaN(exact) ? servers * serviceRateRps - arrivalRateRps : exact;
}

function waitProbabilityAt(at: {
  servers: number;
  drainRateRps: number;
  serviceRateRps: number;
  load: OfferedLoad;
}): number {
  const { erlangs } = at.load;
  if (erlangs === 0) return 0;
  const spareErlangs = at.drainRateRps / at.serviceRateRps;
  return waitProbabilityFrom(inverseErlangB(at.servers, at.load), at.servers, { erlangs, spareErlangs });
}

/** E[Wq], seconds: how long a request waits before it is served, those that do not wait included. */
export function mmcMeanWaitSeconds(queue: MmcQueue): number {
  return queue.waitProbability / queue.drainRateRps;
}

/** E[T] = E[Wq] + 1/mu, seconds. */
export function mmcMeanResponseSeconds(queue: MmcQueue): number {
  return mmcMeanWaitSeconds(queue) + 1 / queue.serviceRateRps;
}

/** E[Lq], requests waiting (Little's law). */
export function mmcMeanQueueLength(queue: MmcQueue): number {
  return queue.arrivalRateRps * mmcMeanWaitSeconds(queue);
}

/** P(Wq > seconds). */
export function mmcWaitTail(queue: MmcQueue, seconds: number): number {
  return queue.waitProbability * Math.exp(-queue.drainRateRps * seconds);
}

/** P(T > seconds): waiting and service together take longer than that. At least e^(-mu t), for any count. */
export function mmcResponseTail(queue: MmcQueue, seconds: number): number {
  return responseTail(queue, queue.waitProbability, seconds);
}

/** A wait that is 0 with probability 1 - waitProbability and else exponential with the drain rate, then a service. */
export interface DelayedQueue {
  readonly serviceRateRps: number;
  readonly drainRateRps: number;
  readonly waitProbability: number;
}

/**
 * P(T > t) = e^(-mu t) + C (e^(-delta mu t) - e^(-mu t)) / (1 - delta), delta = theta/mu, for a wait that is 0 with
 * probability 1-C and else exponential with rate theta. The difference is taken as the larger exponential times
 * -expm1 of the gap, so that delta near 1 (where both differences vanish) costs no digit and nothing overflows.
 */
export function responseTail(
  rates: { readonly serviceRateRps: number; readonly drainRateRps: number },
  waitProbability: number,
  seconds: number,
): number {
  const { serviceRateRps, drainRateRps } = rates;
  const floor = Math.exp(-serviceRateRps * seconds);
  const gap = Math.abs(drainRateRps / serviceRateRps - 1);
  const scaledSeconds = serviceRateRps * seconds;
  const share = gap === 0 ? scaledSeconds : -Math.expm1(-gap * scaledSeconds) / gap;
  const slower = drainRateRps < serviceRateRps ? Math.exp(-drainRateRps * seconds) : floor;
  return Math.min(1, floor + waitProbability * slower * share);
}

/** e^(-mu t): the share of requests that is late although it never waits. No count of servers gets below it. */
export function serviceFloor(serviceRateRps: number, seconds: number): number {
  return Math.exp(-serviceRateRps * seconds);
}
