/** What a plan lacks because replicas are cold when they are new, and caches are when replicas go (warm-up.ts). */
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Plan } from './planned-replicas.ts';
import type { SizingInput } from './sizing-input.ts';
import { replicasAfterEviction, replicasWithCold, warmRatio } from './warm-up.ts';
import type { TimedLoad } from './window-loads.ts';

/**
 * The plan's first count. Replicas asked for now are cold when they are first needed: more of them. Replicas sent
 * away leave their share of the requests to caches that do not know them: fewer at once.
 */
export function replicasWithWarmUp(plan: Plan, loads: readonly TimedLoad[], input: SizingInput): number {
  const { warmUp } = input.policy.capacity;
  const planned = plan.askedReplicas;
  const warmReplicas = input.currentReplicas - input.startingReplicas;
  if (warmUp.durationSeconds === 0 || warmUp.initialRatio === 1) return planned;
  if (planned < warmReplicas) return replicasAfterEviction(planned, warmReplicas, warmUp);
  return Math.max(planned, ...countsWithCold(plan, loads, input));
}

/** The counts that make up for the cold at each step that new replicas begin to serve in, or warm up in. */
function countsWithCold(plan: Plan, loads: readonly TimedLoad[], input: SizingInput): number[] {
  const { capacity, forecast } = input.policy;
  const warmReplicas = input.currentReplicas - input.startingReplicas;
  return loads.flatMap(({ atMs }, index) => {
    const sinceReady = (atMs - loads[0].atMs) / MS_PER_SECOND - input.leadTimeSeconds;
    const until = sinceReady + forecast.stepSeconds;
    if (until <= 0 || sinceReady >= capacity.warmUp.durationSeconds) return [];
    const ratio = warmRatio(capacity.warmUp, sinceReady, until);
    return [replicasWithCold(plan.serving(index), warmReplicas, ratio)];
  });
}
