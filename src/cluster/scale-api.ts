import type { ScaleApi, ScaleReading, ScaleTarget, ScaleWrite } from '../actuate/scale-api.ts';
import { PrescaleError } from '../domain/errors.ts';
import { answerText, type ApiAnswer } from './api-answer.ts';
import type { ApiClient } from './api-client.ts';
import { resourcePath, type KubernetesObject, type ObjectMeta } from './kubernetes-object.ts';
import { labelSelectorText, type LabelSelector } from './label-selector.ts';
import type { ResourceDiscovery } from './resource-discovery.ts';

/** Who owns the replica field, as `kubectl get --show-managed-fields` shows it. */
export const FIELD_MANAGER = 'prescale';

type Scale = KubernetesObject & {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly selector?: string };
};

/** An object of `apps/v1` whose scale is a part of it. */
type AppsObject = KubernetesObject & {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status?: { readonly replicas?: number };
};

const APPS_API_VERSION = 'apps/v1';
const APPS_KINDS: readonly string[] = ['Deployment', 'StatefulSet', 'ReplicaSet'];

/** The `scale` subresource of any kind that has one, through the API server. */
export function createScaleApi(client: ApiClient, discovery: ResourceDiscovery): ScaleApi {
  const pathOf = async ({ namespace, apiVersion, kind, name }: ScaleTarget, signal: AbortSignal) => {
    const resource = await discovery.scalableResource(apiVersion, kind, signal);
    return `${resourcePath(apiVersion, resource, namespace)}/${encodeURIComponent(name)}`;
  };

  const get = async <T>(target: ScaleTarget, path: string, signal: AbortSignal): Promise<T> => {
    const answer = await client.call({ method: 'GET', path }, signal);
    if (answer.kind === 'ok') return answer.body as T;
    throw readFault(target, discovery, answer);
  };

  return {
    async read(target, signal) {
      const path = await pathOf(target, signal);
      if (target.apiVersion === APPS_API_VERSION && APPS_KINDS.includes(target.kind))
        return readingOf(target, await get<AppsObject>(target, path, signal));
      // The scale first: should the target change between the two, a write at the scale's version meets a conflict.
      const scale = await get<Scale>(target, `${path}/scale`, signal);
      const object = await get<KubernetesObject>(target, path, signal);
      return {
        specReplicas: scale.spec?.replicas ?? 0,
        statusReplicas: scale.status?.replicas ?? 0,
        resourceVersion: scale.metadata.resourceVersion!,
        ...ownershipOf(object.metadata),
        // An empty one would select every pod of the namespace.
        podSelector: scale.status?.selector || null,
        object: { ...object, kind: target.kind },
      };
    },
    async write(target, { replicas, resourceVersion }, signal) {
      const { namespace, name } = target;
      const body = {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { namespace, name, resourceVersion },
        spec: { replicas },
      };
      const path = `${await pathOf(target, signal)}/scale`;
      const query = { fieldManager: FIELD_MANAGER };
      return writeOutcome(target, await client.call({ method: 'PUT', path, query, body }, signal));
    },
  };
}

/**
 * What the scale of such an object tells, without asking for it: the server makes it from these fields, and its version
 * is the object's (kubernetes/pkg/registry/apps, `scaleFromDeployment`). It is asked for at every tick: half the calls.
 */
function readingOf({ kind }: ScaleTarget, object: AppsObject): ScaleReading {
  const { spec, status, metadata } = object;
  return {
    specReplicas: spec?.replicas ?? 0,
    statusReplicas: status?.replicas ?? 0,
    resourceVersion: metadata.resourceVersion!,
    ...ownershipOf(metadata),
    podSelector: labelSelectorText(spec?.selector ?? {}) || null,
    object: { ...object, kind },
  };
}

interface FieldOwner {
  readonly manager?: string;
  readonly time?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: { readonly 'f:replicas'?: unknown } };
}

/** Whoever changes a field's value takes it from all others; who sets it to the value that it has shares it. */
function ownershipOf(metadata: ObjectMeta): Pick<ScaleReading, 'otherOwners' | 'replicasSetAtMs'> {
  const { managedFields = [] } = metadata as ObjectMeta & { readonly managedFields?: readonly FieldOwner[] };
  const owners = managedFields.filter(({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:replicas'] !== undefined);
  const managers = owners.map(({ manager = 'unknown' }) => manager);
  const setAtMs = owners.map(({ time = '' }) => Date.parse(time)).filter((atMs) => !Number.isNaN(atMs));
  return {
    otherOwners: managers.includes(FIELD_MANAGER) ? [] : managers,
    replicasSetAtMs: setAtMs.length === 0 ? null : Math.max(...setAtMs),
  };
}

function readFault(
  target: ScaleTarget,
  discovery: ResourceDiscovery,
  answer: Exclude<ApiAnswer, { kind: 'ok' }>,
): Error {
  if (answer.kind !== 'refused' || answer.status !== 404)
    return new Error(`${targetText(target)}: ${answerText(answer)}`);
  discovery.forget(target.apiVersion);
  return new PrescaleError('notFound', `${targetText(target)} does not exist`);
}

function writeOutcome(target: ScaleTarget, answer: ApiAnswer): ScaleWrite {
  if (answer.kind === 'ok') return { kind: 'applied' };
  const kind = answer.kind === 'refused' && answer.status === 409 ? 'conflict' : 'failed';
  return { kind, message: `${targetText(target)}: ${answerText(answer)}` };
}

function targetText({ namespace, kind, name }: ScaleTarget): string {
  return `${kind} ${namespace}/${name}`;
}
