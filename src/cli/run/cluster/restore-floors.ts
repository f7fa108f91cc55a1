import type { FloorApi, FloorHolder } from '../../../actuate/floor-api.ts';
import { ownMinReplicas } from '../../../actuate/floor-plan.ts';
import type { ApiClient } from '../../../cluster/api-client.ts';
import { targetKeyOf } from '../../../cluster/conflicting-autoscalers.ts';
import { FLOOR_FINALIZER, unprotect } from '../../../cluster/floor-api.ts';
import { objectKey, workloadOf, type KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import type { Leadership } from '../../../domain/lease.ts';
import { workloadKey } from '../../../domain/workload.ts';

export interface RestoreFloorsDeps {
  readonly client: ApiClient;
  readonly floors: FloorApi;
  readonly leadership: Leadership;
  readonly onFault: (message: string) => void;
}

/**
 * Puts back every minimum that nobody raises any more (the object is gone or going, has left the mode, or has another
 * target by now), and lets go of the objects that were kept for that. From what is there alone: a crash or a take-over
 * in between loses nothing. Never throws.
 */
export async function restoreFloors(
  deps: RestoreFloorsDeps,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<void> {
  const raised = await putBack(deps, objects, signal);
  for (const object of objects)
    if (isHeldInVain(object) && !raised.has(objectKey(object))) await letGo(deps, object, signal);
}

/** The objects, by key, whose minima are still raised, though they should not be. */
async function putBack(
  { floors, leadership, onFault }: RestoreFloorsDeps,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const active = new Map(objects.filter(isInMode).map((object) => [objectKey(object), object]));
  const left = new Set<string>();
  for (const holder of floors.raisedHolders()) {
    const { by } = holder.raised!;
    const key = workloadKey(by);
    if (isHeld(holder, active.get(key)) || !leadership.isLeader(by)) continue;
    const written = await floors.restore(holder, ownMinReplicas(holder), signal);
    if (written.kind === 'applied') continue;
    left.add(key);
    onFault(`restore: ${written.message}`);
  }
  return left;
}

async function letGo(
  { client, leadership, onFault }: RestoreFloorsDeps,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<void> {
  if (!leadership.isLeader(workloadOf(object))) return;
  const written = await unprotect(client, object, signal);
  if (written.kind !== 'applied') onFault(written.message);
}

function isHeldInVain(object: KubernetesObject): boolean {
  return object.metadata.finalizers?.includes(FLOOR_FINALIZER) === true && !isInMode(object);
}

function isInMode({ metadata, spec }: KubernetesObject): boolean {
  return metadata.deletionTimestamp === undefined && (spec as { readonly mode?: string }).mode === 'Floor';
}

function isHeld(holder: FloorHolder, object: KubernetesObject | undefined): boolean {
  return object !== undefined && targetKeyOf(object) === holder.targetKey;
}
