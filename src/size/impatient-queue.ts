/**
 * Queues that lose requests: M/M/c/K sheds those that find K in the system, M/M/c+M (Erlang A, C. Palm 1957) those
 * whose patience, exponential with rate theta, ends before their turn. Both at once are one birth-death chain with
 * births lambda below K and deaths min(n, c) mu + max(n - c, 0) theta; none of them has an instable state once
 * either is there.
 */
import { chainSums, likeliestState } from './impatient-chain.ts';
import type { ImpatientSystem } from './impatient-chain.ts';
import { servedInTimeProbability } from './served-after.ts';

export type { ImpatientSystem } from './impatient-chain.ts';

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
  /** P(a server is free), and of the rest, full queues included. */
  readonly freeProbability: number;
  readonly busyProbability: number;
  /** ln of P(every server is busy and nobody waits). */
  readonly lnAllBusyProbability: number;
}

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
    busyProbability: sums.waiting / sums.all,
    lnAllBusyProbability: sums.lnAllBusy - Math.log(sums.all),
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
    busyProbability: 0,
    lnAllBusyProbability: -Infinity,
  };
}

/** P(shed, given up, or T > seconds). */
export function impatientLateProbability(queue: ImpatientQueue, seconds: number): number {
  const { system, freeProbability, lnAllBusyProbability } = queue;
  if (seconds <= 0) return 1;
  const { arrivalRateRps, serviceRateRps, servers, abandonRateRps, limitRequests } = system;
  const lateAnyway = Math.exp(-serviceRateRps * seconds);
  if (freeProbability === 1) return lateAnyway;
  const waited = servedInTimeProbability(
    {
      arrivalRateRps,
      serviceRateRps,
      drainRateRps: servers * serviceRateRps,
      abandonRateRps,
      roomRequests: limitRequests - servers,
      lnAllBusyProbability,
      likelyQueue: Math.max(0, likeliestState(system) - servers),
    },
    seconds,
  );
  // 1 - free (1 - e^(-mu t)) - waited, where little is late as the sum of what is.
  return Math.min(1, Math.max(0, freeProbability * lateAnyway + (queue.busyProbability - waited)));
}
