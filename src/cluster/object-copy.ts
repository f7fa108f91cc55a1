import { objectKey, type KubernetesObject } from './kubernetes-object.ts';

/** A collection's objects by `namespace/name`, as of the newest event. */
export interface ObjectCopy {
  items(): readonly KubernetesObject[];
  get(key: string): KubernetesObject | undefined;
  replaceAll(objects: readonly KubernetesObject[]): void;
  put(object: KubernetesObject): void;
  remove(object: KubernetesObject): void;
}

export type KeptOf = (object: KubernetesObject) => KubernetesObject;

/** @param keep what is kept of an object; without who owns which field unless given */
export function createObjectCopy(keep: KeptOf = withoutBulk): ObjectCopy {
  let byKey = new Map<string, KubernetesObject>();
  return {
    items: () => [...byKey.values()],
    get: (key) => byKey.get(key),
    replaceAll(objects) {
      byKey = new Map(objects.map((object) => [objectKey(object), keep(object)]));
    },
    put: (object) => void byKey.set(objectKey(object), keep(object)),
    remove: (object) => void byKey.delete(objectKey(object)),
  };
}

type MetadataWithOwners = KubernetesObject['metadata'] & { readonly managedFields?: unknown };

/** Who owns which field is most of an object's bytes, and nobody here reads it. */
function withoutBulk(object: KubernetesObject): KubernetesObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata as MetadataWithOwners;
  return { ...object, metadata };
}
