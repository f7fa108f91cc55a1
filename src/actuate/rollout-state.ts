/** The fields of a target's object that tell who is ready and whether a rollout is on; all may be absent. */
interface TargetObject {
  readonly kind?: string;
  readonly metadata?: { readonly generation?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
  };
}

/** Kinds whose controllers leave `readyReplicas` out when it is zero. */
const TELLS_READY: readonly unknown[] = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

/**
 * Replicas that are ready. Of a kind that does not tell, all that run count as ready: its start-up time then is the
 * policy's alone.
 * @param statusReplicas what the target has, ready or not
 */
export function readyReplicas(object: unknown, statusReplicas: number): number {
  const { kind, status } = object as TargetObject;
  const told = status?.readyReplicas ?? (TELLS_READY.includes(kind) ? 0 : statusReplicas);
  return Math.min(told, statusReplicas);
}

/**
 * Whether replicas of an old revision are being exchanged: the controller has not seen the newest spec yet, some
 * replicas are not updated, or a Deployment says that its newest ReplicaSet is not complete. New replicas that merely
 * start up are no rollout.
 */
export function isRollingOut(object: unknown): boolean {
  const { kind, metadata, status } = object as TargetObject;
  if (status === undefined) return false;
  const { observedGeneration = Infinity, replicas = 0, updatedReplicas = replicas } = status;
  const unseen = (metadata?.generation ?? 0) > observedGeneration;
  return unseen || updatedReplicas < replicas || (kind === 'Deployment' && isIncomplete(status));
}

/** Scaling leaves this condition as it is; a new template changes its reason until the rollout is complete. */
function isIncomplete({ conditions = [] }: NonNullable<TargetObject['status']>): boolean {
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  return progressing !== undefined && progressing.reason !== 'NewReplicaSetAvailable';
}
