import { parse } from 'yaml';
import type { KubernetesObject, ObjectMeta } from '../../src/cluster/kubernetes-object.ts';
import { changed, CHECKOUT_YAML } from './policy-document.ts';

const SEEN = { uid: 'b7a1', resourceVersion: '12', generation: 1, creationTimestamp: '2025-07-22T07:00:00Z' };

/** The checkout PredictiveAutoscaler as a watch hands it over; `changes` are dotted paths as `changed` takes them. */
export function anAutoscaler(
  changes: Readonly<Record<string, unknown>> = {},
  metadata: Partial<ObjectMeta> = {},
): KubernetesObject {
  const written = changed(parse(CHECKOUT_YAML), changes) as KubernetesObject;
  return { ...written, metadata: { ...written.metadata, ...SEEN, ...metadata } };
}

/** Another kind of autoscaler in the same namespace, on the checkout Deployment unless it says otherwise. */
export function anotherAutoscaler(name: string, spec: object = {}): KubernetesObject {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' };
  return { metadata: { namespace: 'shop', name }, spec: { scaleTargetRef, ...spec } };
}
