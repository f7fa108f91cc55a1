import type { ObjectivePrice } from '../domain/objective-account.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { Policy } from '../policy/policy.ts';

export interface Prices {
  /** One replica for one hour. */
  readonly perReplicaHour: number;
  /** One request over the SLO. */
  readonly perViolation: number;
}

/** Both prices, or undefined where the policy gives only one of them or none: then only the objective counts. */
export function pricesOf(cost: Policy['cost']): Prices | undefined {
  const { perReplicaHour, perViolation } = cost;
  return perReplicaHour === null || perViolation === null ? undefined : { perReplicaHour, perViolation };
}

/** The objective's price, in hours of a replica. */
export function pricesOfObjective({ replicaSeconds }: ObjectivePrice): Prices {
  return { perReplicaHour: 1, perViolation: replicaSeconds / SECONDS_PER_HOUR };
}

/** What counts are weighed by. */
export interface Terms extends Pick<Policy, 'slo' | 'cost'> {
  /** See SizingInput. */
  readonly objectivePrice?: ObjectivePrice | undefined;
}
