import { isDeepStrictEqual } from 'node:util';
import { objectKey, type KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import type { ReadCalendarFile } from '../../../policy/compile-calendar.ts';
import { policyOfObject, type ReadPolicy } from './policy-of-object.ts';

/** Reads policies of objects, and reads one again only when it has changed: parsing costs more than deciding does. */
export interface PolicyReader {
  read(object: KubernetesObject): ReadPolicy;
  /** What is known of others is forgotten. */
  keepOnly(objects: readonly KubernetesObject[]): void;
}

interface Known {
  readonly object: KubernetesObject;
  readonly read: ReadPolicy;
}

export function createPolicyReader(calendarFiles?: ReadCalendarFile): PolicyReader {
  let known = new Map<string, Known>();
  return {
    read(object) {
      const key = objectKey(object);
      const before = known.get(key);
      if (before?.object === object) return before.read;
      const read =
        before && asksTheSame(before.object, object) ? before.read : policyOfObject(object, calendarFiles);
      known.set(key, { object, read });
      return read;
    },
    keepOnly(objects) {
      if (known.size === objects.length) return;
      const keys = new Set(objects.map(objectKey));
      known = new Map([...known].filter(([key]) => keys.has(key)));
    },
  };
}

/** A new status makes a new object; a policy is made of these parts. */
function asksTheSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return (
    isDeepStrictEqual(a.spec, b.spec) && isDeepStrictEqual(a.metadata.annotations, b.metadata.annotations)
  );
}
