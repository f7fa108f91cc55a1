/**
 * How requests reach replicas, and what that makes of their response times. A replica serves `serversPerReplica`
 * requests at a time, first come first served; what differs is who may wait where:
 * - Central: one queue for all replicas. M/M/(N k), exact.
 * - LeastRequests: the replica that holds the fewest (least-requests.ts). Within 15 % or 0.2 points of simulation.
 * - PowerOfTwo: the emptier of two replicas picked at random (power-of-two.ts). As accurate.
 * - RoundRobin: every N-th request (round-robin.ts). Exact.
 * - Random (kube-proxy with iptables): each replica is an M/M/k of its own at arrivalRate / N. Exact.
 * This choice is worth more than any other part of the model: 0.7 % late with a central queue is 44 % late with
 * random dispatch to single-slot replicas.
 */
import type { Dispatch } from '../policy/policy.ts';
import { leastRequestsPositions } from './least-requests.ts';
import { drainRate, mmcQueue, responseTail, serviceFloor } from './mmc.ts';
import type { DelayedQueue } from './mmc.ts';
import { powerOfTwoQueue } from './power-of-two.ts';
import { positionsLateness, positionsMeanWaitSeconds } from './queue-position.ts';
import { roundRobinQueue } from './round-robin.ts';

/** Below this per replica the squares of small shares leave the range of doubles, and nobody waits. */
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
  const { serviceRateRps, serversPerReplica } = model;
  const servers = replicas * serversPerReplica;
  if (!(drainRate(arrivalRateRps, serviceRateRps, servers) > 0)) return undefined;
  if (replicas === 1) return centralQueue(model, arrivalRateRps, serversPerReplica);
  if (arrivalRateRps < NO_LOAD_ERLANGS * servers * serviceRateRps) return centralQueue(model, 0, servers);
  switch (model.dispatch) {
    case 'Central':
      return centralQueue(model, arrivalRateRps, servers);
    case 'LeastRequests':
      return leastRequestsQueue(model, arrivalRateRps, replicas);
    case 'PowerOfTwo':
      return powerOfTwoQueue(systemOf(model, arrivalRateRps, replicas), serviceRateRps);
    case 'RoundRobin':
      return delayed(
        roundRobinQueue({ arrivalRateRps, serviceRateRps, servers: serversPerReplica, replicas }),
      );
    case 'Random':
      return centralQueue(model, arrivalRateRps / replicas, serversPerReplica);
  }
}

function systemOf(
  model: ServiceModel,
  arrivalRateRps: number,
  replicas: number,
): Parameters<typeof leastRequestsPositions>[0] {
  const { serviceRateRps, serversPerReplica: servers } = model;
  return { loadErlangs: arrivalRateRps / serviceRateRps, replicas, servers };
}

function centralQueue(
  { serviceRateRps }: ServiceModel,
  arrivalRateRps: number,
  servers: number,
): DispatchedQueue | undefined {
  const queue = mmcQueue(arrivalRateRps, serviceRateRps, servers);
  return queue && delayed(queue);
}

function delayed(queue: DelayedQueue): DispatchedQueue {
  return {
    waitProbability: queue.waitProbability,
    meanWaitSeconds: queue.waitProbability / queue.drainRateRps,
    responseTail: (seconds) => responseTail(queue, queue.waitProbability, seconds),
  };
}

function leastRequestsQueue(model: ServiceModel, arrivalRateRps: number, replicas: number): DispatchedQueue {
  const replica = { serviceRateRps: model.serviceRateRps, servers: model.serversPerReplica };
  const positions = leastRequestsPositions(systemOf(model, arrivalRateRps, replicas));
  return {
    waitProbability: positions.waitProbability,
    meanWaitSeconds: positionsMeanWaitSeconds(positions, replica),
    responseTail: (seconds) =>
      Math.min(
        1,
        serviceFloor(model.serviceRateRps, seconds) + positionsLateness(positions, replica, seconds),
      ),
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
