import { isDeepStrictEqual } from 'node:util';
import type { ApiClient } from './api-client.ts';
import { answerText } from './api-answer.ts';
import { resourcePath, type KubernetesObject } from './kubernetes-object.ts';

export const AUTOSCALER_API_VERSION = 'prescale.dev/v1alpha1';
export const AUTOSCALER_KIND = 'PredictiveAutoscaler';
const RESOURCE = 'predictiveautoscalers';

/** Path of all PredictiveAutoscalers, of one namespace where one is given. */
export function autoscalersPath(namespace?: string): string {
  return resourcePath(AUTOSCALER_API_VERSION, RESOURCE, namespace);
}

/** `gone`: the object was deleted meanwhile, or has another spec by now; the next look at the world settles it. */
export type StatusWrite =
  { readonly kind: 'written' | 'unchanged' | 'gone' } | { readonly kind: 'failed'; readonly message: string };

/**
 * Writes the status of an object, through its `status` subresource, where it says something new. The write carries the
 * object's version: a status never speaks for a spec that it was not decided on.
 * @param status the whole of it; fields that the object has and this has not are removed
 */
export async function writeStatus(
  client: ApiClient,
  object: KubernetesObject,
  status: object,
  signal: AbortSignal,
): Promise<StatusWrite> {
  if (isDeepStrictEqual(object.status, status)) return { kind: 'unchanged' };
  const { namespace, name, resourceVersion } = object.metadata;
  const path = `${pathOf(object)}/status`;
  const body = {
    apiVersion: AUTOSCALER_API_VERSION,
    kind: AUTOSCALER_KIND,
    metadata: { name, namespace, resourceVersion },
    spec: object.spec,
    status,
  };
  const answer = await client.call({ method: 'PUT', path, body }, signal);
  if (answer.kind === 'ok') return { kind: 'written' };
  if (answer.kind === 'refused' && [404, 409].includes(answer.status)) return { kind: 'gone' };
  return { kind: 'failed', message: answerText(answer) };
}

/** The same object as the server has it now, unless it is gone or has another spec by now. */
export async function readSameSpec(
  client: ApiClient,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const answer = await client.call({ method: 'GET', path: pathOf(object) }, signal);
  if (answer.kind !== 'ok') return undefined;
  const now = answer.body as KubernetesObject;
  const { uid, generation } = object.metadata;
  return now.metadata.uid === uid && now.metadata.generation === generation ? now : undefined;
}

function pathOf({ metadata: { namespace, name } }: KubernetesObject): string {
  return `${autoscalersPath(namespace)}/${encodeURIComponent(name)}`;
}
