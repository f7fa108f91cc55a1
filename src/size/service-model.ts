/** What serves the requests: slots, replicas, how requests reach them, what they lose and how they scale. */
import type { Dispatch, Policy } from '../policy/policy.ts';

export interface ServiceModel {
  /** Of one server (slot) of a lone replica, requests per second at full use. */
  readonly serviceRateRps: number;
  readonly serversPerReplica: number;
  readonly dispatch: Dispatch;
  /** Absent: nobody gives up and nothing is shed. */
  readonly losses?: Losses | undefined;
  /** Absent: arrivals are Poisson and service is exponential. Not together with losses. */
  readonly variability?: Variability | undefined;
  /** Absent: N replicas do N times the work of one. */
  readonly scalability?: Scalability | undefined;
}

/** At least one of the two is not null. */
export interface Losses {
  /** Mean time after which a waiting client gives up. */
  readonly patienceSeconds: number | null;
  /** Requests a replica holds, in service and waiting, before it sheds. */
  readonly queueLimitRequests: number | null;
}

/** Squared coefficients of variation (variance over squared mean), 1 being Poisson arrivals and exponential service. */
export interface Variability {
  /** Of the times between arrivals, over all replicas. */
  readonly arrivals: number;
  /** Of the service time. */
  readonly service: number;
}

/**
 * Universal Scalability Law (N. Gunther): N replicas do the work of N / (1 + contention (N-1) + coherency N (N-1)).
 * At least one of the two is above 0.
 */
export interface Scalability {
  readonly contention: number;
  readonly coherency: number;
}

/** The model that a policy describes, at the service rate that was observed. Asked several times a tick: all of one shape. */
export function serviceModelFrom(
  { capacity, slo }: Pick<Policy, 'capacity' | 'slo'>,
  serviceRateRps: number,
): ServiceModel {
  const { serversPerReplica, dispatch, queueLimitRequests, scalability, variability } = capacity;
  const { patienceSeconds } = slo;
  const loses = patienceSeconds !== null || queueLimitRequests !== null;
  const isLinear = scalability.contention === 0 && scalability.coherency === 0;
  return {
    serviceRateRps,
    serversPerReplica,
    dispatch,
    losses: loses ? { patienceSeconds, queueLimitRequests } : undefined,
    variability: isVariable(variability) ? variability : undefined,
    scalability: isLinear ? undefined : scalability,
  };
}

/** Whether there is anything to correct. */
export function isVariable({ arrivals, service }: Variability): boolean {
  return arrivals !== 1 || service !== 1;
}

/** What one server completes per second when `replicas` run: less than alone where they get into each other's way. */
export function serverRateRps(model: ServiceModel, replicas: number): number {
  if (model.scalability === undefined) return model.serviceRateRps;
  const { contention, coherency } = model.scalability;
  return model.serviceRateRps / (1 + contention * (replicas - 1) + coherency * replicas * (replicas - 1));
}

/** Requests per second that `replicas` can complete. */
export function capacityRps(model: ServiceModel, replicas: number): number {
  return replicas * model.serversPerReplica * serverRateRps(model, replicas);
}

/**
 * The count beyond which more replicas do less together: the maximum of the law over whole counts, next to
 * sqrt((1 - contention) / coherency). Infinity where there is none.
 */
export function peakReplicas(model: ServiceModel): number {
  const { contention, coherency } = model.scalability ?? { contention: 0, coherency: 0 };
  if (contention >= 1) return 1;
  if (coherency === 0) return Infinity;
  const below = Math.max(1, Math.floor(Math.sqrt((1 - contention) / coherency)));
  return capacityRps(model, below + 1) > capacityRps(model, below) ? below + 1 : below;
}

/** The smallest count that is stable: above the offered load, at least 1. For models that scale linearly. */
export function smallestStableReplicas(model: ServiceModel, arrivalRateRps: number): number {
  let replicas = Math.max(1, Math.floor(arrivalRateRps / capacityRps(model, 1)));
  while (capacityRps(model, replicas) <= arrivalRateRps) replicas += 1;
  return replicas;
}
