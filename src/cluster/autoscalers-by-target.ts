/** Who scales which target, put in order once for all who ask until something changes. */
import type { Policy } from '../policy/policy.ts';
import { targetKey, targetKeyOf, type Autoscalers } from './conflicting-autoscalers.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

type Objects = ReadonlyMap<string, readonly KubernetesObject[]>;

const KINDS = ['horizontalPodAutoscalers', 'scaledObjects', 'predictiveAutoscalers'] as const;

/** Of `autoscalers`, those that scale a policy's target, in their order. */
export function autoscalersByTarget(
  autoscalers: Autoscalers,
): (policy: Pick<Policy, 'workload' | 'target'>) => Autoscalers {
  const [horizontalPodAutoscalers, scaledObjects, predictiveAutoscalers] = KINDS.map((kind) =>
    byTarget(autoscalers[kind]),
  );
  return ({ workload, target }) => {
    const key = `${workload.namespace}/${targetKey(target)}`;
    const on = (objects: Objects): readonly KubernetesObject[] => objects.get(key) ?? [];
    return {
      horizontalPodAutoscalers: on(horizontalPodAutoscalers),
      scaledObjects: on(scaledObjects),
      predictiveAutoscalers: on(predictiveAutoscalers),
    };
  };
}

function byTarget(objects: readonly KubernetesObject[]): Objects {
  const found = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    const key = `${object.metadata.namespace}/${targetKeyOf(object)}`;
    const others = found.get(key);
    if (others) others.push(object);
    else found.set(key, [object]);
  }
  return found;
}
