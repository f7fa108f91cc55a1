/** Overload as a fluid: what arrives above capacity waits, and is worked off when capacity is above what arrives. */
import type { Policy } from '../policy/policy.ts';

export interface FluidFlow {
  readonly arrivalRateRps: number;
  readonly capacityRps: number;
  readonly seconds: number;
}

/** Requests that wait after `seconds`: max(0, backlog + (arrival rate - capacity) * seconds). */
export function backlogAfter(backlogRequests: number, flow: FluidFlow): number {
  return Math.max(0, backlogRequests + (flow.arrivalRateRps - flow.capacityRps) * flow.seconds);
}

/**
 * Those of them that the controller reckons with: while nothing serves nothing waits, since a Service without endpoints
 * refuses. (In a replay's world all wait.)
 */
export function waitingAfter(waitingRequests: number, flow: FluidFlow): number {
  return flow.capacityRps === 0 && flow.seconds > 0 ? 0 : backlogAfter(waitingRequests, flow);
}

/**
 * The most requests that wait at `replicas`: nobody waits longer than the clients' patience, nor beyond the limit of the
 * replicas' queues.
 */
export function mostWaiting(
  {
    slo: { patienceSeconds },
    capacity: { queueLimitRequests },
  }: {
    readonly slo: Pick<Policy['slo'], 'patienceSeconds'>;
    readonly capacity: Pick<Policy['capacity'], 'queueLimitRequests'>;
  },
  { arrivalRateRps, replicas }: { readonly arrivalRateRps: number; readonly replicas: number },
): number {
  const patient = patienceSeconds === null ? Infinity : arrivalRateRps * patienceSeconds;
  const room = queueLimitRequests === null ? Infinity : replicas * queueLimitRequests;
  return Math.min(patient, room);
}

/** Of what the load lacks, what is asked for on top of it at most. */
export const MOST_TIMES_LACKING = 4;

/**
 * So long the replicas that are asked for now have to work a backlog off: all who come meanwhile are late as well. A
 * quarter of the time in which it may have grown, so that what is asked for on top of the load is at most four times
 * what the load lacks. Chosen by playing 1/4, 1/2 and 1 of the lead time, 30 and 60 s, and the forecast's step, on recorded
 * loads.
 */
export function drainSeconds(leadTimeSeconds: number): number {
  return leadTimeSeconds / MOST_TIMES_LACKING;
}
