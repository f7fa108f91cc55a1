import type { LeaseRecord, LeaseStore, LeaseWrite, StoredLease } from '../domain/lease.ts';
import type { ApiClient } from './api-client.ts';
import { answerText, type ApiAnswer } from './api-answer.ts';
import { resourcePath, type KubernetesObject, type ObjectMeta } from './kubernetes-object.ts';

export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
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
      return storedLease(answer.body as Lease);
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

function storedLease({ metadata, spec = {} }: Lease): StoredLease {
  const record: LeaseRecord = {
    holderIdentity: spec.holderIdentity ?? '',
    durationSeconds: spec.leaseDurationSeconds ?? 0,
    acquiredAtMs: Date.parse(spec.acquireTime ?? '') || 0,
    renewedAtMs: Date.parse(spec.renewTime ?? '') || 0,
    transitions: spec.leaseTransitions ?? 0,
    holderUrl: metadata.annotations?.[HOLDER_URL],
  };
  return { record, version: versionOf(metadata) };
}

/**
 * The object's identity belongs to the version: the server takes the PUT of a deleted Lease as the making of a new one,
 * whatever resourceVersion it carries, and refuses it only where it carries the uid too.
 */
function versionOf({ uid, resourceVersion }: ObjectMeta): string {
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
