import type { Observation } from '../domain/observation.ts';
import type { Overload } from '../domain/sizing.ts';
import type { Policy } from '../policy/policy.ts';
import { drainSeconds, mostWaiting, waitingAfter } from './fluid-backlog.ts';
import { capacityRps, serviceModelFrom } from './service-model.ts';

interface Served {
  readonly observation: Observation;
  readonly policy: Policy;
  readonly serviceRateRps: number;
  readonly tickSeconds: number;
}

/**
 * What waits now, or, where that is more, when what is asked for now serves: until then what runs and what starts serves
 * alone, while `rateRps` arrive.
 */
export function waitingWhenServed(
  { observation, policy, serviceRateRps, tickSeconds }: Served,
  rateRps: number,
): number {
  const { currentReplicas, startingReplicas, backlogRequests } = observation;
  const { startupSeconds } = policy.capacity;
  const model = serviceModelFrom(policy, serviceRateRps);
  const after = (waiting: number, replicas: number, seconds: number): number => {
    const flow = { arrivalRateRps: rateRps, capacityRps: capacityRps(model, replicas), seconds };
    return Math.min(waitingAfter(waiting, flow), mostWaiting(policy, { arrivalRateRps: rateRps, replicas }));
  };
  const whenStarted = after(backlogRequests, currentReplicas - startingReplicas, startupSeconds);
  return Math.max(backlogRequests, after(whenStarted, currentReplicas, tickSeconds));
}

/** For the trace; undefined where no more will wait than waits now. */
export function overloadOf(
  waitingRequests: number,
  { backlogRequests }: Observation,
  leadTimeSeconds: number,
): Overload | undefined {
  if (waitingRequests <= backlogRequests) return undefined;
  return { waitingRequests, drainSeconds: drainSeconds(leadTimeSeconds) };
}
