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
import type { DispatchedQueue, LosslessQueue } from './dispatched-queue.ts';
import { leastRequestsPositions } from './least-requests.ts';
import type { Replicas } from './least-requests.ts';
import { lossyQueue, shareApartOf } from './lossy-dispatch.ts';
import { drainRate, mmcQueue, responseTail, serviceFloor } from './mmc.ts';
import type { DelayedQueue } from './mmc.ts';
import { powerOfTwoQueue } from './power-of-two.ts';
import {
  positionsLateness,
  positionsMeanWaitSeconds,
  positionsWaitTail,
  type QueuePositions,
} from './queue-position.ts';
import { roundRobinQueue } from './round-robin.ts';
import { serverRateRps } from './service-model.ts';
import type { ServiceModel, Variability } from './service-model.ts';
import { stageTables, type ReplicaServers } from './stage-lateness.ts';
import { lateByService, serviceSpreads, variableQueue, waitFactor } from './variable-queue.ts';

export { capacityRps, smallestStableReplicas } from './service-model.ts';
export type { ServiceModel } from './service-model.ts';

/** Below this per replica the squares of small shares leave the range of doubles, and nobody waits. */
const NO_LOAD_ERLANGS = 1e-50;

/** Replicas at work: the model at a count of them. */
interface Running {
  readonly serviceRateRps: number;
  readonly servers: number;
  readonly replicas: number;
}

type StageTables = ReturnType<typeof stageTables>;

/** The queues of a model at any rate and count. They share what depends on neither: make it once for a sizing. */
export interface DispatchedQueues {
  readonly model: ServiceModel;
  /**
   * The steady state, or undefined where there is none (arrivalRate at or above what all replicas can serve, and
   * nothing is lost). `arrivalRateRps`: at least 0; `replicas`: whole, at least 1.
   */
  readonly at: (arrivalRateRps: number, replicas: number) => DispatchedQueue | undefined;
  /** P(S > seconds) at a count: the share that is late although it never waits. */
  readonly lateByService: (replicas: number, seconds: number) => number;
}

export function dispatchedQueues(model: ServiceModel): DispatchedQueues {
  const { dispatch, losses, variability, serversPerReplica: servers } = model;
  const tables = stageTables(servers);
  const lossless = (running: Running, how: Dispatch, rateRps: number): LosslessQueue | undefined =>
    losslessQueue(running, how, rateRps, tables);
  const runningAt = (replicas: number): Running => ({
    serviceRateRps: serverRateRps(model, replicas),
    servers,
    replicas,
  });
  const exponentialLate = (replicas: number, seconds: number): number =>
    serviceFloor(serverRateRps(model, replicas), seconds);
  if (losses === undefined && variability !== undefined) return variableQueues(model, variability, lossless);
  if (losses === undefined)
    return {
      model,
      at: (rateRps, replicas) => lossless(runningAt(replicas), dispatch, rateRps),
      lateByService: exponentialLate,
    };
  const shareApart = lastOf((replicas: number) => {
    const running = runningAt(replicas);
    return shareApartOf(
      running,
      dispatch,
      (other, rateRps, seconds) => lossless(running, other, rateRps)?.responseTail(seconds) ?? 1,
    );
  });
  return {
    model,
    at: (arrivalRateRps, replicas) =>
      lossyQueue({ ...runningAt(replicas), arrivalRateRps, losses }, dispatch, shareApart(replicas)),
    lateByService: exponentialLate,
  };
}

/** The exponential queues, corrected. */
function variableQueues(
  model: ServiceModel,
  variability: Variability,
  exponential: (running: Running, how: Dispatch, rateRps: number) => LosslessQueue | undefined,
): DispatchedQueues {
  const { dispatch, serversPerReplica: servers } = model;
  const spreads = serviceSpreads(variability.service);
  return {
    model,
    at: (arrivalRateRps, replicas) => {
      const serviceRateRps = serverRateRps(model, replicas);
      const queue = exponential({ serviceRateRps, servers, replicas }, dispatch, arrivalRateRps);
      if (queue === undefined || arrivalRateRps === 0) return queue;
      const utilizationRatio = arrivalRateRps / (serviceRateRps * servers * replicas);
      const factor = waitFactor(variability, { dispatch, replicas, servers, utilizationRatio });
      return variableQueue(queue, factor, (seconds) => spreads(serviceRateRps, seconds));
    },
    lateByService: (replicas, seconds) =>
      seconds <= 0 ? 1 : lateByService(spreads(serverRateRps(model, replicas), seconds)),
  };
}

/** Remembers the last answer: a sizing asks for many rates at one count before it goes on to the next. */
function lastOf<Answer>(answerFor: (replicas: number) => Answer): (replicas: number) => Answer {
  let last: { readonly replicas: number; readonly answer: Answer } | undefined;
  return (replicas) => {
    if (last?.replicas !== replicas) last = { replicas, answer: answerFor(replicas) };
    return last.answer;
  };
}

/** One queue, as `dispatchedQueues` has it. */
export function dispatchedQueue(
  model: ServiceModel,
  arrivalRateRps: number,
  replicas: number,
): DispatchedQueue | undefined {
  return dispatchedQueues(model).at(arrivalRateRps, replicas);
}

function losslessQueue(
  running: Running,
  dispatch: Dispatch,
  arrivalRateRps: number,
  tables: StageTables,
): LosslessQueue | undefined {
  const { serviceRateRps, servers, replicas } = running;
  const allServers = replicas * servers;
  if (!(drainRate(arrivalRateRps, serviceRateRps, allServers) > 0)) return undefined;
  if (arrivalRateRps < NO_LOAD_ERLANGS * allServers * serviceRateRps)
    return sharedQueue(serviceRateRps, 0, allServers);
  const system = { loadErlangs: arrivalRateRps / serviceRateRps, replicas, servers };
  switch (replicas === 1 ? 'Central' : dispatch) {
    case 'Central':
      return sharedQueue(serviceRateRps, arrivalRateRps, allServers);
    case 'LeastRequests':
      return new LeastRequestsQueue(system, running, tables);
    case 'PowerOfTwo':
      return powerOfTwoDispatched(system, serviceRateRps, tables);
    case 'RoundRobin':
      return delayed(roundRobinQueue({ arrivalRateRps, ...running }));
    case 'Random':
      return sharedQueue(serviceRateRps, arrivalRateRps / replicas, servers);
  }
}

function sharedQueue(
  serviceRateRps: number,
  arrivalRateRps: number,
  servers: number,
): LosslessQueue | undefined {
  const queue = mmcQueue(arrivalRateRps, serviceRateRps, servers);
  return queue && delayed(queue);
}

function delayed(queue: DelayedQueue): LosslessQueue {
  return {
    waitProbability: queue.waitProbability,
    meanWaitSeconds: queue.waitProbability / queue.drainRateRps,
    waitTail: (seconds) => queue.waitProbability * Math.exp(-queue.drainRateRps * seconds),
    responseTail: (seconds) => responseTail(queue, queue.waitProbability, seconds),
  };
}

/** A sizing asks for dozens of them, and mostly for one number of each: nothing is made before it is asked for. */
class LeastRequestsQueue implements LosslessQueue {
  readonly #positions: QueuePositions;
  readonly #replica: ReplicaServers;
  readonly #tables: StageTables;

  constructor(system: Replicas, running: Running, tables: StageTables) {
    this.#positions = leastRequestsPositions(system);
    this.#replica = running;
    this.#tables = tables;
  }

  get waitProbability(): number {
    return this.#positions.waitProbability;
  }

  get meanWaitSeconds(): number {
    return positionsMeanWaitSeconds(this.#positions, this.#replica);
  }

  waitTail(seconds: number): number {
    return positionsWaitTail(this.#positions, this.#replica, seconds);
  }

  responseTail(seconds: number): number {
    const stages = this.#tables(this.#replica.serviceRateRps, seconds);
    return Math.min(1, stages.floor + positionsLateness(this.#positions, stages));
  }
}

function powerOfTwoDispatched(system: Replicas, serviceRateRps: number, tables: StageTables): LosslessQueue {
  const queue = powerOfTwoQueue(system, serviceRateRps);
  return { ...queue, responseTail: (seconds) => queue.responseTail(tables(serviceRateRps, seconds)) };
}

/** P(T > seconds); 1 in overload, where every request but the first few waits too long. */
export function lateProbability(
  model: ServiceModel,
  arrivalRateRps: number,
  { replicas, seconds }: { readonly replicas: number; readonly seconds: number },
): number {
  return dispatchedQueue(model, arrivalRateRps, replicas)?.responseTail(seconds) ?? 1;
}
