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
