import type { FloorHolder, RaisedFloor } from '../actuate/floor-api.ts';
import { targetKeyOf } from './conflicting-autoscalers.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

/** Written on an autoscaler whose minimum is raised; a person puts it back by hand from what they say. */
export const FLOOR_ANNOTATIONS = {
  /** Name of the PredictiveAutoscaler, in the same namespace. */
  by: 'prescale.dev/floor-by',
  /** The owner's own minimum; `none` where none was given. */
  own: 'prescale.dev/own-minimum',
  floor: 'prescale.dev/floor',
} as const;

/** Autoscalers with a minimum that may be raised; the maximum is the kind's default where it is not given. */
export const HOLDER_KINDS = {
  HorizontalPodAutoscaler: {
    apiVersion: 'autoscaling/v2',
    resource: 'horizontalpodautoscalers',
    minField: 'minReplicas',
    maxField: 'maxReplicas',
  },
  ScaledObject: {
    apiVersion: 'keda.sh/v1alpha1',
    resource: 'scaledobjects',
    minField: 'minReplicaCount',
    maxField: 'maxReplicaCount',
  },
} as const;
export type HolderKind = keyof typeof HOLDER_KINDS;

/** KEDA's default where a ScaledObject gives no maximum; an HPA always gives one. */
const DEFAULT_MAX_REPLICAS = 100;

export function holderFrom(kind: HolderKind, object: KubernetesObject): FloorHolder {
  const { metadata, spec } = object;
  const { minField, maxField } = HOLDER_KINDS[kind];
  const counts = (spec ?? {}) as Readonly<Record<string, number | undefined>>;
  return {
    kind,
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    targetKey: targetKeyOf(object),
    minReplicas: counts[minField] ?? null,
    maxReplicas: counts[maxField] ?? DEFAULT_MAX_REPLICAS,
    raised: raisedFrom({ metadata }),
    version: metadata.resourceVersion ?? '',
  };
}

/** undefined also where somebody has made the annotations unreadable: then the minimum is taken as it is. */
function raisedFrom({ metadata }: Pick<KubernetesObject, 'metadata'>): RaisedFloor | undefined {
  const { annotations = {}, namespace = 'default' } = metadata;
  const by = annotations[FLOOR_ANNOTATIONS.by];
  const own = annotations[FLOOR_ANNOTATIONS.own] ?? '';
  const floor = annotations[FLOOR_ANNOTATIONS.floor] ?? '';
  if (by === undefined || !/^(none|\d+)$/.test(own) || !/^\d+$/.test(floor)) return undefined;
  return {
    by: { namespace, name: by },
    ownMinReplicas: own === 'none' ? null : Number(own),
    floorReplicas: Number(floor),
  };
}
