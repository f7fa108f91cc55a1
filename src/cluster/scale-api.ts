import type { ScaleApi, ScaleReading, ScaleTarget, ScaleWrite } from '../actuate/scale-api.ts';
import { PrescaleError } from '../domain/errors.ts';
import { answerText, type ApiAnswer } from './api-answer.ts';
import type { ApiClient } from './api-client.ts';
import { FIELD_MANAGER, isAppsTarget, ownershipOf, readingOf, type AppsObject } from './apps-object.ts';
import { resourcePath, type KubernetesObject } from './kubernetes-object.ts';
import type { ResourceDiscovery } from './resource-discovery.ts';
import type { TargetCopies } from './target-copies.ts';

type Scale = KubernetesObject & {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly selector?: string };
};

const GATEWAY_TIMEOUT = 504;

/**
 * The `scale` subresource of any kind that has one, through the API server.
 * @param copies of targets that need not be asked for; none unless given
 */
export function createScaleApi(
  client: ApiClient,
  discovery: ResourceDiscovery,
  copies?: TargetCopies,
): ScaleApi {
  const pathOf = async ({ namespace, apiVersion, kind, name }: ScaleTarget, signal: AbortSignal) => {
    const resource = await discovery.scalableResource(apiVersion, kind, signal);
    return `${resourcePath(apiVersion, resource, namespace)}/${encodeURIComponent(name)}`;
  };

  const get = async <T>(target: ScaleTarget, path: string, signal: AbortSignal): Promise<T> => {
    const answer = await client.call({ method: 'GET', path }, signal);
    if (answer.kind === 'ok') return answer.body as T;
    throw readFault(target, discovery, answer);
  };

  const readNow = async (target: ScaleTarget, signal: AbortSignal): Promise<ScaleReading> => {
    const path = await pathOf(target, signal);
    if (isAppsTarget(target)) {
      const read = await get<AppsObject>(target, path, signal);
      copies?.seen(target, read.metadata.resourceVersion);
      return readingOf(target, read);
    }
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
  };

  return {
    async read(target, signal) {
      const copy = copies?.newest(target);
      return copy ? readingOf(target, copy) : readNow(target, signal);
    },
    readNow,
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
      const answer = await client.call({ method: 'PUT', path, query, body }, signal);
      if (answer.kind === 'ok') copies?.seen(target, (answer.body as Scale).metadata.resourceVersion);
      return writeOutcome(target, answer);
    },
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
  const message = `${targetText(target)}: ${answerText(answer)}`;
  if (answer.kind === 'refused' && answer.status === 409) return { kind: 'conflict', message };
  // A server that gives up on its own storage does not know either.
  const isUnanswered = answer.kind === 'unreachable' || answer.status === GATEWAY_TIMEOUT;
  return { kind: 'failed', message, isUnanswered };
}

function targetText({ namespace, kind, name }: ScaleTarget): string {
  return `${kind} ${namespace}/${name}`;
}
