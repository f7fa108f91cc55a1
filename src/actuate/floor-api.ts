import type { WorkloadRef } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import type { ScaleWrite } from './scale-api.ts';

/** Another autoscaler (an HPA, a ScaledObject) whose minimum we may raise, as it is now. */
export interface FloorHolder {
  /** `HorizontalPodAutoscaler`, `ScaledObject`. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** What it scales; the same word for the same target. */
  readonly targetKey: string;
  /** null: it gives none, and its kind's own default holds. */
  readonly minReplicas: number | null;
  readonly maxReplicas: number;
  /** What we wrote down when we raised it; undefined: its minimum is its owner's. */
  readonly raised: RaisedFloor | undefined;
  /** Opaque; writes carry it for optimistic concurrency. */
  readonly version: string;
}

export interface RaisedFloor {
  /** Who raised it. */
  readonly by: WorkloadRef;
  /** The owner's own minimum, to be put back; null: none was given. */
  readonly ownMinReplicas: number | null;
  /** What we raised it to. */
  readonly floorReplicas: number;
}

/** The port behind mode Floor. The looks are at copies that a watch keeps; the writes never throw. */
export interface FloorApi {
  /** The autoscaler that scales the policy's target; undefined: there is none. */
  holderOf(policy: Policy): FloorHolder | undefined;
  /** All that carry a raised floor, whoever raised it. */
  raisedHolders(): readonly FloorHolder[];
  /** Sees to it that the policy's object cannot vanish before its floor is taken back. */
  protect(workload: WorkloadRef, signal: AbortSignal): Promise<ScaleWrite>;
  /** The minimum and the record of it, in one write: none is ever without the other. */
  raise(holder: FloorHolder, floor: RaisedFloor, signal: AbortSignal): Promise<ScaleWrite>;
  /** The owner's minimum comes back, and the record goes, in one write. */
  restore(holder: FloorHolder, ownMinReplicas: number | null, signal: AbortSignal): Promise<ScaleWrite>;
}
