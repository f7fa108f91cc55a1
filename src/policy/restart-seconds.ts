import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { Policy } from './policy.ts';

/**
 * What starting a replica costs, as seconds of keeping one: its start price, and the time that it is paid for while it
 * starts and, its caches cold, serves less than its share (half of `1 - initialRatio` over the warm-up, as the rate
 * rises evenly). 0 without a replica price. 0.001 a start at 0.12 an hour with 90 s of start-up: 30 + 90 = 120 s.
 */
export function restartSeconds({ capacity, cost }: Pick<Policy, 'capacity' | 'cost'>): number {
  if (cost.perReplicaHour === null) return 0;
  const { startupSeconds, warmUp } = capacity;
  const bought = (cost.perReplicaStart * SECONDS_PER_HOUR) / cost.perReplicaHour;
  return bought + startupSeconds + (warmUp.durationSeconds * (1 - warmUp.initialRatio)) / 2;
}
