import { workloadKey, type WorkloadRef } from '../domain/workload.ts';
import type { FloorHolder, RaisedFloor } from './floor-api.ts';

export type FloorStep =
  | { readonly kind: 'keep' }
  | { readonly kind: 'raise'; readonly floor: RaisedFloor }
  | { readonly kind: 'restore' };

/**
 * The minimum that its owner means: what we wrote down, unless somebody has changed it since to another value than ours.
 * null: none is given.
 */
export function ownMinReplicas({ raised, minReplicas }: FloorHolder): number | null {
  return raised !== undefined && minReplicas === raised.floorReplicas ? raised.ownMinReplicas : minReplicas;
}

/** What makes the minimum what we want: never below the owner's own, never above the autoscaler's maximum. */
export function planFloor(holder: FloorHolder, by: WorkloadRef, wantedReplicas: number): FloorStep {
  const own = ownMinReplicas(holder);
  const floorReplicas = Math.min(wantedReplicas, holder.maxReplicas);
  const { raised } = holder;
  if (floorReplicas <= (own ?? 0)) return raised === undefined ? { kind: 'keep' } : { kind: 'restore' };
  const floor = { by, ownMinReplicas: own, floorReplicas };
  const isSo =
    raised !== undefined &&
    holder.minReplicas === floorReplicas &&
    raised.floorReplicas === floorReplicas &&
    raised.ownMinReplicas === own &&
    workloadKey(raised.by) === workloadKey(by);
  return isSo ? { kind: 'keep' } : { kind: 'raise', floor };
}
