import type { ScaleReading, ScaleTarget } from '../actuate/scale-api.ts';
import { REVISION_ANNOTATION } from '../actuate/rollout-state.ts';
import type { KubernetesObject, ObjectMeta } from './kubernetes-object.ts';
import { labelSelectorText, type LabelSelector } from './label-selector.ts';

/** Who owns the replica field, as `kubectl get --show-managed-fields` shows it. */
export const FIELD_MANAGER = 'prescale';

export const APPS_API_VERSION = 'apps/v1';

/** Kinds of `apps/v1` whose scale is a part of them, as paths know them. */
export const APPS_RESOURCES: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'deployments'],
  ['StatefulSet', 'statefulsets'],
  ['ReplicaSet', 'replicasets'],
]);

export type AppsObject = KubernetesObject & {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: LabelSelector;
    readonly updateStrategy?: unknown;
  };
  readonly status?: { readonly replicas?: number };
};

export function isAppsTarget({ apiVersion, kind }: Pick<ScaleTarget, 'apiVersion' | 'kind'>): boolean {
  return apiVersion === APPS_API_VERSION && APPS_RESOURCES.has(kind);
}

/**
 * What the scale of such an object tells, without asking for it: the server makes it from these fields, and its version
 * is the object's (kubernetes/pkg/registry/apps, `scaleFromDeployment`). It is asked for at every tick: half the calls.
 */
export function readingOf({ kind }: Pick<ScaleTarget, 'kind'>, object: AppsObject): ScaleReading {
  const { spec, status, metadata } = object;
  return {
    specReplicas: spec?.replicas ?? 0,
    statusReplicas: status?.replicas ?? 0,
    resourceVersion: metadata.resourceVersion!,
    ...ownershipOf(metadata),
    // An empty one would select every pod of the namespace.
    podSelector: labelSelectorText(spec?.selector ?? {}) || null,
    object: { ...object, kind },
  };
}

/** Of an object all that `readingOf` tells, and what says who is ready, whether a rollout is on and which: a tenth of its bytes. */
export function scaledPart(object: KubernetesObject): AppsObject {
  const { metadata, spec, status } = object as AppsObject;
  const { name, namespace, uid, resourceVersion, generation } = metadata;
  const revision = metadata.annotations?.[REVISION_ANNOTATION];
  const { replicas, selector, updateStrategy } = spec ?? {};
  const managedFields = replicaOwners(metadata).map(({ manager, time }) => ({
    manager,
    time,
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  }));
  return {
    metadata: {
      ...{ name, namespace, uid, resourceVersion, generation, managedFields },
      ...(revision !== undefined && { annotations: { [REVISION_ANNOTATION]: revision } }),
    } as ObjectMeta,
    spec: { replicas, selector, updateStrategy },
    status,
  } as AppsObject;
}

interface FieldOwner {
  readonly manager?: string;
  readonly time?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: { readonly 'f:replicas'?: unknown } };
}

function replicaOwners(metadata: ObjectMeta): readonly FieldOwner[] {
  const { managedFields = [] } = metadata as ObjectMeta & { readonly managedFields?: readonly FieldOwner[] };
  return managedFields.filter(({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:replicas'] !== undefined);
}

/** Whoever changes a field's value takes it from all others; who sets it to the value that it has shares it. */
export function ownershipOf(metadata: ObjectMeta): Pick<ScaleReading, 'otherOwners' | 'replicasSetAtMs'> {
  const owners = replicaOwners(metadata);
  const managers = owners.map(({ manager = 'unknown' }) => manager);
  const setAtMs = owners.map(({ time = '' }) => Date.parse(time)).filter((atMs) => !Number.isNaN(atMs));
  return {
    otherOwners: managers.includes(FIELD_MANAGER) ? [] : managers,
    replicasSetAtMs: setAtMs.length === 0 ? null : Math.max(...setAtMs),
  };
}
