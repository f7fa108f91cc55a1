import type { LearnedStartup, StartupTime } from '../domain/startup-time.ts';
import type { Policy } from './policy.ts';

/**
 * What a replica is taken to need until enough have been seen to start: image, start and first readiness of most
 * services, on a node that is there. Too long asks for replicas a little early; too short asks too late.
 */
export const ASSUMED_STARTUP_SECONDS = 120;

/** Fewer say too little: two pods that find the image on their node do not speak for a third that has to fetch it. */
export const LEAST_STARTUP_SAMPLES = 3;

/**
 * The start-up time to decide with: the policy's where it gives one; else the 95th percentile of what was learned, since a
 * replica that is late costs requests and one that is early costs its own idling; else what is assumed.
 */
export function startupTime({ capacity }: Policy, learned: LearnedStartup | undefined): StartupTime {
  if (!capacity.learnsStartup) return { seconds: capacity.startupSeconds, source: 'policy' };
  return learned === undefined || learned.samples < LEAST_STARTUP_SAMPLES
    ? { seconds: ASSUMED_STARTUP_SECONDS, source: 'assumed' }
    : { seconds: learned.p95Seconds, source: 'learned' };
}

/** The policy with the start-up time to decide with; the same object where it has it already. */
export function withStartup(policy: Policy, learned: LearnedStartup | undefined): Policy {
  const { seconds } = startupTime(policy, learned);
  if (seconds === policy.capacity.startupSeconds) return policy;
  return { ...policy, capacity: { ...policy.capacity, startupSeconds: seconds } };
}

/** The policy as if it gave this start-up time itself. */
export function withGivenStartup(policy: Policy, startupSeconds: number): Policy {
  const { learnsStartup: _learns, ...capacity } = policy.capacity;
  return { ...policy, capacity: { ...capacity, startupSeconds } };
}
