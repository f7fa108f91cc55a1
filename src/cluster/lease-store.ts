import type { LeaseRecord, LeaseStore, LeaseWrite, StoredLease } from '../domain/lease.ts';
import type { ApiClient } from './api-client.ts';
import { answerText, type ApiAnswer } from './api-answer.ts';
import { resourcePath, type KubernetesObject, type ObjectMeta } from './kubernetes-object.ts';

export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

/** As the API server gives it; nothing in it is trusted to be there, since whoever may write a Lease may write anything. */
interface LeaseSpec {
  readonly holderIdentity?: unknown;
  readonly leaseDurationSeconds?: unknown;
  readonly acquireTime?: unknown;
  readonly renewTime?: unknown;
  readonly leaseTransitions?: unknown;
}

/** Annotation: where the holder's API answers the other replicas. */
const HOLDER_URL = 'prescale.dev/holder-url';

type Lease = KubernetesObject & { readonly spec?: LeaseSpec };

/** A `coordination.k8s.io/v1` Lease as the record of leader election. */
export function createLeaseStore(client: ApiClient, { namespace, name }: LeaseName): LeaseStore {
  const collection = resourcePath('coordination.k8s.io/v1', 'leases', namespace);
  const path = `${collection}/${encodeURIComponent(name)}`;
  return {
    async read(signal) {
      const answer = await client.call({ method: 'GET', path }, signal);
      if (answer.kind === 'refused' && answer.status === 404) return undefined;
      if (answer.kind !== 'ok') throw new Error(`lease ${namespace}/${name}: ${answerText(answer)}`);
      return storedLease(answer.body, `lease ${namespace}/${name}`);
    },
    async write(record, version, signal) {
      const body = leaseObject({ namespace, name }, record, version);
      const answer =
        version === undefined
          ? await client.call({ method: 'POST', path: collection, body }, signal)
          : await client.call({ method: 'PUT', path, body }, signal);
      return writeOutcome(answer, `lease ${namespace}/${name}`);
    },
  };
}

/** 409: changed, created or deleted by another in between; 404: its namespace is gone. Neither has changed anything. */
function writeOutcome(answer: ApiAnswer, what: string): LeaseWrite {
  if (answer.kind === 'ok') return { kind: 'written', version: versionOf((answer.body as Lease).metadata) };
  if (answer.kind === 'refused' && [404, 409].includes(answer.status)) return { kind: 'lost' };
  throw new Error(`${what}: ${answerText(answer)}`);
}

/** Throws where the answer is no Lease. */
function storedLease(body: unknown, what: string): StoredLease {
  const { metadata, spec } = (body ?? {}) as Answered;
  const uid = textOf(metadata?.uid);
  const resourceVersion = textOf(metadata?.resourceVersion);
  if (uid === undefined || resourceVersion === undefined) throw new Error(`${what}: the answer is no Lease`);
  const holderUrl = textOf(metadata?.annotations?.[HOLDER_URL]);
  return { record: { ...recordOf(spec ?? {}), holderUrl }, version: versionOf({ uid, resourceVersion }) };
}

interface Answered {
  readonly metadata?: Partial<ObjectMeta> | null;
  readonly spec?: LeaseSpec | null;
}

/** A field that has not its form counts as one that is not there. */
function recordOf(spec: LeaseSpec): Omit<LeaseRecord, 'holderUrl'> {
  return {
    holderIdentity: textOf(spec.holderIdentity) ?? '',
    durationSeconds: countOf(spec.leaseDurationSeconds),
    acquiredAtMs: Date.parse(textOf(spec.acquireTime) ?? '') || 0,
    renewedAtMs: Date.parse(textOf(spec.renewTime) ?? '') || 0,
    transitions: countOf(spec.leaseTransitions),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function countOf(value: unknown): number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : 0;
}

/**
 * The object's identity belongs to the version: the server takes the PUT of a deleted Lease as the making of a new one,
 * whatever resourceVersion it carries, and refuses it only where it carries the uid too.
 */
function versionOf({ uid, resourceVersion }: Pick<ObjectMeta, 'uid' | 'resourceVersion'>): string {
  return `${uid}/${resourceVersion}`;
}

function preconditionsOf(version: string): Pick<ObjectMeta, 'uid' | 'resourceVersion'> {
  const [uid, resourceVersion] = version.split('/');
  return { uid, resourceVersion };
}

function leaseObject(
  { namespace, name }: LeaseName,
  record: LeaseRecord,
  version: string | undefined,
): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      namespace,
      name,
      ...(record.holderUrl !== undefined && { annotations: { [HOLDER_URL]: record.holderUrl } }),
      ...(version === undefined ? {} : preconditionsOf(version)),
    },
    spec: {
      holderIdentity: record.holderIdentity,
      leaseDurationSeconds: record.durationSeconds,
      acquireTime: microTime(record.acquiredAtMs),
      renewTime: microTime(record.renewedAtMs),
      leaseTransitions: record.transitions,
    },
  };
}

/** Kubernetes' MicroTime: exactly six digits of a second. */
export function microTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z');
}
