import type { WorkloadRef } from '../domain/workload.ts';

/** What every object of Kubernetes has, as far as this program reads it. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** `namespace/name`, or the name alone where the object is in no namespace. */
export function objectKey({ metadata }: KubernetesObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** The workload that an autoscaler's object stands for: its own namespace and name. */
export function workloadOf({ metadata: { namespace = '', name } }: KubernetesObject): WorkloadRef {
  return { namespace, name };
}

/** Path of a resource's collection: `apps/v1` -> `/apis/apps/v1/…`, `v1` -> `/api/v1/…`. */
export function resourcePath(apiVersion: string, resource: string, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined
    ? `${root}/${resource}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}
