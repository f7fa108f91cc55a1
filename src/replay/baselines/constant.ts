import type { ReplayAutoscaler } from '../autoscaler.ts';

/** Always so many. */
export function createConstant(name: string, replicas: number): ReplayAutoscaler {
  return { name, beginsWithItsWish: true, desire: () => replicas };
}
