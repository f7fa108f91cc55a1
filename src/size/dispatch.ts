/**
 * How requests reach replicas, and what that makes of their response times. A replica serves `serversPerReplica`
 * requests at a time; what differs is who may wait where:
 * - Central: one queue for all replicas. Exactly M/M/(N k).
 * - LeastRequests: the replica with the fewest requests. Taken as M/M/(N k), its lower bound.
 * - PowerOfTwo: the emptier of two replicas picked at random. Mean field (power-of-two.ts).
 * - Random (kube-proxy with iptables): each replica is an M/M/k of its own at arrivalRate / N. Exact.
 * - RoundRobin: taken as Random, its upper bound.
 * This choice is worth more than any other part of the model: 0.7 % late with a central queue is 44 % late with
 * random dispatch to single-slot replicas.
 */
import type { Dispatch } from '../policy/policy.ts';
import { mmcMeanWaitSeconds, mmcQueue, mmcResponseTail } from './mmc.ts';
import {
  meanFieldShares,
  powerOfTwoMeanWaitSeconds,
  powerOfTwoTail,
  waitingProbabilities,
} from './power-of-two.ts';

/** Below this the squares of the mean field leave the range of doubles, and nobody waits. */
const NO_LOAD_ERLANGS = 1e-50;

export interface ServiceModel {
  /** Of one server (slot), requests per second at full use. */
  readonly serviceRateRps: number;
  readonly serversPerReplica: number;
  readonly dispatch: Dispatch;
}

/** Steady state of all replicas together, as a request sees it. */
export interface DispatchedQueue {
  readonly waitProbability: number;
  readonly meanWaitSeconds: number;
  /** P(T > seconds). */
  readonly responseTail: (seconds: number) => number;
}

/**
 * The steady state, or undefined where there is none (arrivalRate at or above what all replicas can serve).
 * `arrivalRateRps`: at least 0; `replicas`: whole, at least 1.
 */
export function dispatchedQueue(
  model: ServiceModel,
  arrivalRateRps: number,
  replicas: number,
): DispatchedQueue | undefined {
  switch (model.dispatch) {
    case 'Central':
    case 'LeastRequests':
      return sharedQueue(model.serviceRateRps, arrivalRateRps, replicas * model.serversPerReplica);
    case 'Random':
    case 'RoundRobin':
      return sharedQueue(model.serviceRateRps, arrivalRateRps / replicas, model.serversPerReplica);
    case 'PowerOfTwo':
      return powerOfTwoQueue(model, arrivalRateRps / replicas);
  }
}

function sharedQueue(
  serviceRateRps: number,
  arrivalRateRps: number,
  servers: number,
): DispatchedQueue | undefined {
  const queue = mmcQueue(arrivalRateRps, serviceRateRps, servers);
  if (queue === undefined) return undefined;
  return {
    waitProbability: queue.waitProbability,
    meanWaitSeconds: mmcMeanWaitSeconds(queue),
    responseTail: (seconds) => mmcResponseTail(queue, seconds),
  };
}

function powerOfTwoQueue(model: ServiceModel, replicaRateRps: number): DispatchedQueue | undefined {
  const { serviceRateRps, serversPerReplica: servers } = model;
  const loadErlangs = replicaRateRps / serviceRateRps;
  if (loadErlangs >= servers) return undefined;
  if (loadErlangs < NO_LOAD_ERLANGS) return sharedQueue(serviceRateRps, 0, servers);
  const replica = { serviceRateRps, servers };
  const shares = meanFieldShares(loadErlangs, servers);
  return {
    waitProbability: waitingProbabilities(shares, servers)[0],
    meanWaitSeconds: powerOfTwoMeanWaitSeconds(shares, replica),
    responseTail: (seconds) => powerOfTwoTail(shares, replica, seconds),
  };
}

/** P(T > seconds); 1 in overload, where every request but the first few waits too long. */
export function lateProbability(
  model: ServiceModel,
  arrivalRateRps: number,
  { replicas, seconds }: { readonly replicas: number; readonly seconds: number },
): number {
  return dispatchedQueue(model, arrivalRateRps, replicas)?.responseTail(seconds) ?? 1;
}

/** Requests per second that `replicas` can complete. */
export function capacityRps(model: ServiceModel, replicas: number): number {
  return replicas * model.serversPerReplica * model.serviceRateRps;
}

/** The smallest count that is stable: above the offered load, at least 1. */
export function smallestStableReplicas(model: ServiceModel, arrivalRateRps: number): number {
  const perReplicaRps = capacityRps(model, 1);
  let replicas = Math.max(1, Math.floor(arrivalRateRps / perReplicaRps));
  while (capacityRps(model, replicas) <= arrivalRateRps) replicas += 1;
  return replicas;
}
