import type { FloorApi, FloorHolder, RaisedFloor } from '../actuate/floor-api.ts';
import type { ScaleWrite } from '../actuate/scale-api.ts';
import type { Policy } from '../policy/policy.ts';
import { answerText, type ApiAnswer } from './api-answer.ts';
import type { ApiCall, ApiClient } from './api-client.ts';
import { FIELD_MANAGER } from './apps-object.ts';
import { autoscalersPath } from './autoscaler-status.ts';
import { scalesTargetOf, type Autoscalers } from './conflicting-autoscalers.ts';
import { FLOOR_ANNOTATIONS, holderFrom, HOLDER_KINDS, type HolderKind } from './floor-holder.ts';
import { resourcePath, type KubernetesObject, type ObjectMeta } from './kubernetes-object.ts';

/** Kept on an object in mode Floor for as long as a minimum may be raised on its behalf, and no longer. */
export const FLOOR_FINALIZER = 'prescale.dev/floor';

/**
 * Floors over copies that a watch keeps: each write carries the version that was looked at, so that one made on an old
 * copy is a conflict, and the next tick knows better.
 */
export function createFloorApi(
  client: ApiClient,
  autoscalers: () => Autoscalers,
  autoscalersOn: (policy: Policy) => Autoscalers = () => autoscalers(),
): FloorApi {
  const write = async (call: ApiCall, what: string, signal: AbortSignal): Promise<ScaleWrite> =>
    outcomeOf(await client.call(call, signal), what);
  return {
    holderOf(policy) {
      const { scaledObjects, horizontalPodAutoscalers } = autoscalersOn(policy);
      const owner = (objects: readonly KubernetesObject[]) =>
        objects.find((object) => scalesTargetOf(policy, object));
      // KEDA scales through an HPA of its own, and puts back whatever is changed there.
      const scaledObject = owner(scaledObjects);
      if (scaledObject) return holderFrom('ScaledObject', scaledObject);
      const hpa = owner(horizontalPodAutoscalers);
      return hpa && holderFrom('HorizontalPodAutoscaler', hpa);
    },
    raisedHolders() {
      const { scaledObjects, horizontalPodAutoscalers } = autoscalers();
      return [
        ...scaledObjects.map((object) => holderFrom('ScaledObject', object)),
        ...horizontalPodAutoscalers.map((object) => holderFrom('HorizontalPodAutoscaler', object)),
      ].filter(({ raised }) => raised !== undefined);
    },
    async protect(workload, signal) {
      const object = autoscalers().predictiveAutoscalers.find(
        ({ metadata }) => metadata.namespace === workload.namespace && metadata.name === workload.name,
      );
      if (object === undefined) return { kind: 'conflict', message: 'the object is gone' };
      const { finalizers = [] } = object.metadata;
      if (finalizers.includes(FLOOR_FINALIZER)) return { kind: 'applied' };
      const call = finalizersCall(object, [...finalizers, FLOOR_FINALIZER]);
      return write(call, `finalizer of ${workload.name}`, signal);
    },
    raise: (holder, floor, signal) =>
      write(raiseCall(holder, floor), `${holder.kind} ${holder.name}`, signal),
    async restore(holder, ownMinReplicas, signal) {
      const what = `${holder.kind} ${holder.name}`;
      const answer = await client.call(restoreCall(holder, ownMinReplicas), signal);
      if (answer.kind === 'ok')
        await client.call(disownCall(holder, answer.body as KubernetesObject), signal);
      return outcomeOf(answer, what);
    },
  };
}

/** Takes our finalizer off, where it is on. */
export async function unprotect(
  client: ApiClient,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<ScaleWrite> {
  const { name, finalizers = [] } = object.metadata;
  const left = finalizers.filter((one) => one !== FLOOR_FINALIZER);
  return outcomeOf(await client.call(finalizersCall(object, left), signal), `finalizer of ${name}`);
}

function finalizersCall({ metadata }: KubernetesObject, finalizers: readonly string[]): ApiCall {
  const { namespace, name, resourceVersion } = metadata;
  return {
    method: 'PATCH',
    path: `${autoscalersPath(namespace)}/${encodeURIComponent(name)}`,
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'mergePatch',
    body: { metadata: { resourceVersion, finalizers } },
  };
}

const holderPath = ({ kind, namespace, name }: FloorHolder): string => {
  const { apiVersion, resource } = HOLDER_KINDS[kind as HolderKind];
  return `${resourcePath(apiVersion, resource, namespace)}/${encodeURIComponent(name)}`;
};

/** Server-side apply: who looks at the object's managed fields sees whose minimum it is. */
function raiseCall(holder: FloorHolder, { by, ownMinReplicas, floorReplicas }: RaisedFloor): ApiCall {
  const { apiVersion, minField } = HOLDER_KINDS[holder.kind as HolderKind];
  const annotations = {
    [FLOOR_ANNOTATIONS.by]: by.name,
    [FLOOR_ANNOTATIONS.own]: ownMinReplicas === null ? 'none' : String(ownMinReplicas),
    [FLOOR_ANNOTATIONS.floor]: String(floorReplicas),
  };
  const { kind, namespace, name, version: resourceVersion } = holder;
  return {
    method: 'PATCH',
    path: holderPath(holder),
    query: { fieldManager: FIELD_MANAGER, force: 'true' },
    contentType: 'serverSideApply',
    body: {
      apiVersion,
      kind,
      metadata: { namespace, name, resourceVersion, annotations },
      spec: { [minField]: floorReplicas },
    },
  };
}

/** Not by apply: a field that its only owner leaves out is removed, and the kind's default would take its place. */
function restoreCall(holder: FloorHolder, ownMinReplicas: number | null): ApiCall {
  const gone = Object.values(FLOOR_ANNOTATIONS).map((annotation) => [annotation, null]);
  const { minField } = HOLDER_KINDS[holder.kind as HolderKind];
  return {
    method: 'PATCH',
    path: holderPath(holder),
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'mergePatch',
    body: {
      metadata: { resourceVersion: holder.version, annotations: Object.fromEntries(gone) as object },
      spec: { [minField]: ownMinReplicas },
    },
  };
}

/** Gives up the ownership of what was put back: its owner's next server-side apply shall not meet a conflict. */
function disownCall(holder: FloorHolder, { metadata }: KubernetesObject): ApiCall {
  const { managedFields = [], resourceVersion } = metadata as ObjectMeta & {
    readonly managedFields?: readonly { readonly manager?: string }[];
  };
  const others = managedFields.filter(({ manager }) => manager !== FIELD_MANAGER);
  return {
    method: 'PATCH',
    path: holderPath(holder),
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'mergePatch',
    // An empty list would leave it as it is; one empty entry says that nobody owns anything.
    body: { metadata: { resourceVersion, managedFields: others.length > 0 ? others : [{}] } },
  };
}

function outcomeOf(answer: ApiAnswer, what: string): ScaleWrite {
  if (answer.kind === 'ok') return { kind: 'applied' };
  const isOther = answer.kind === 'refused' && [404, 409].includes(answer.status);
  return { kind: isOther ? 'conflict' : 'failed', message: `${what}: ${answerText(answer)}` };
}
