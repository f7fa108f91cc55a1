/** The fields of a target's object that tell who is ready and whether a rollout is on; all may be absent. */
interface TargetObject {
  readonly kind?: string;
  readonly metadata?: {
    readonly generation?: number;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly reason?: string;
      readonly lastUpdateTime?: string;
    }[];
  };
}

/** Which of its rollouts a target is at. */
export interface TargetRollout {
  /** Another one with each change of the pod template, a return to an earlier one too; scaling leaves it. */
  readonly revision: string;
  /** When it last came further, by the API server's clock: once it is done, its end. null: the target does not tell. */
  readonly progressedAtMs: number | null;
}

/** The Deployment controller's own count of rollouts. */
export const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision';

/**
 * The newest rollout of a Deployment or a StatefulSet, of what the target itself tells: nothing else is read. undefined: it
 * does not tell.
 */
export function newestRollout(object: unknown): TargetRollout | undefined {
  const { metadata, status } = object as TargetObject;
  const revision = metadata?.annotations?.[REVISION_ANNOTATION] ?? status?.updateRevision;
  return revision === undefined ? undefined : { revision, progressedAtMs: progressedAtMs(status) };
}

function progressedAtMs({ conditions = [] }: TargetObject['status'] = {}): number | null {
  const atMs = Date.parse(conditions.find(({ type }) => type === 'Progressing')?.lastUpdateTime ?? '');
  return Number.isNaN(atMs) ? null : atMs;
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
 * replicas are not updated, a Deployment says that its newest ReplicaSet is not complete, or a StatefulSet has not made
 * its newest revision the current one. A StatefulSet with a `partition` is at rest once all from there on are updated:
 * the others keep their revision until somebody lowers it. New replicas that merely start up are no rollout.
 */
export function isRollingOut(object: unknown): boolean {
  const { kind, status } = object as TargetObject;
  if (status === undefined) return false;
  if (isUnseen(object as TargetObject)) return true;
  const kept = keptReplicas(object as TargetObject);
  if (kept > 0) return isBelowPartition(status, kept);
  const { replicas = 0, updatedReplicas = replicas } = status;
  if (updatedReplicas < replicas) return true;
  return kind === 'Deployment' ? isIncomplete(status) : isBetweenRevisions(object as TargetObject);
}

function isUnseen({ metadata, status }: TargetObject): boolean {
  return (metadata?.generation ?? 0) > (status?.observedGeneration ?? Infinity);
}

/** Replicas that a StatefulSet leaves at the old revision for as long as its `partition` stands. */
function keptReplicas({ spec }: TargetObject): number {
  return spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
}

type TargetStatus = NonNullable<TargetObject['status']>;

/** A StatefulSet leaves out how many are updated where none is. */
function isBelowPartition({ replicas = 0, updatedReplicas = 0 }: TargetStatus, kept: number): boolean {
  return updatedReplicas < replicas - kept;
}

/**
 * Scaling leaves the condition as it is; a new template changes its reason until the rollout is complete. A Deployment
 * without progressDeadlineSeconds has none: then replicas that are not available may be those of a rollout.
 */
function isIncomplete({ conditions = [], unavailableReplicas = 0 }: TargetStatus): boolean {
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  return progressing === undefined
    ? unavailableReplicas > 0
    : progressing.reason !== 'NewReplicaSetAvailable';
}

/** A StatefulSet's revisions are one once all its replicas are updated and ready. With OnDelete they never are. */
function isBetweenRevisions({ spec, status }: TargetObject): boolean {
  const isRolling = spec?.updateStrategy?.type === 'RollingUpdate';
  return isRolling && status?.currentRevision !== status?.updateRevision;
}
