import type { Leadership } from '../domain/lease.ts';
import type { FloorApi, FloorHolder, RaisedFloor } from './floor-api.ts';
import { ownMinReplicas, planFloor } from './floor-plan.ts';
import type { ScaleWrite } from './scale-api.ts';
import type { ScaleSubresourceDeps } from './scale-subresource.ts';
import { NOT_LEADER, type Scaler, type Written } from './scaler.ts';

export interface FloorScalerDeps {
  /** Reads the targets. */
  readonly target: Scaler;
  readonly floors: FloorApi;
  readonly leadership: Leadership;
  readonly refusal: ScaleSubresourceDeps['refusal'];
}

/**
 * Mode Floor: what is asked for becomes the minimum of the autoscaler that owns the target, which stays in charge above
 * it. Written is where the minimum is not what it should be, whatever runs.
 */
export function createFloorScaler({ target, floors, leadership, refusal }: FloorScalerDeps): Scaler {
  return {
    read: (policy, nowMs, signal) => target.read(policy, nowMs, signal),
    async write({ policy, toReplicas }, signal) {
      const refused = refusal(policy);
      if (refused !== undefined) return { result: 'refused', message: refused };
      const holder = floors.holderOf(policy);
      if (holder === undefined) return { result: 'refused', message: NO_HOLDER };
      const step = planFloor(holder, policy.workload, toReplicas);
      if (step.kind === 'keep') return { result: 'unchanged', message: '' };
      if (!leadership.isLeader(policy.workload)) return NOT_LEADER;
      if (step.kind === 'restore') return restore(floors, holder, signal);
      const isProtected = await floors.protect(policy.workload, signal);
      if (isProtected.kind !== 'applied') return told(isProtected, '');
      if (!leadership.isLeader(policy.workload)) return NOT_LEADER;
      return raise(floors, holder, step.floor, signal);
    },
  };
}

/** Where nothing scales the target there is no minimum to raise. */
export const NO_HOLDER =
  'no HorizontalPodAutoscaler and no ScaledObject scales the target: mode Floor needs one';

async function raise(
  floors: FloorApi,
  holder: FloorHolder,
  floor: RaisedFloor,
  signal: AbortSignal,
): Promise<Written> {
  const written = await floors.raise(holder, floor, signal);
  return told(written, `minimum of ${holder.kind} ${holder.name} is ${floor.floorReplicas}`);
}

async function restore(floors: FloorApi, holder: FloorHolder, signal: AbortSignal): Promise<Written> {
  const own = ownMinReplicas(holder);
  const written = await floors.restore(holder, own, signal);
  return told(written, `minimum of ${holder.kind} ${holder.name} is ${own ?? 'none'} again`);
}

function told(written: ScaleWrite, message: string): Written {
  if (written.kind === 'applied') return { result: 'applied', message };
  return { result: written.kind, message: written.message };
}
