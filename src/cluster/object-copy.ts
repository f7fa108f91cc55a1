import { objectKey, type KubernetesObject } from './kubernetes-object.ts';

/** A collection's objects by `namespace/name`, as of the newest event. */
export interface ObjectCopy {
  items(): readonly KubernetesObject[];
  get(key: string): KubernetesObject | undefined;
  replaceAll(objects: readonly KubernetesObject[]): void;
  put(object: KubernetesObject): void;
  remove(object: KubernetesObject): void;
}

export function createObjectCopy(): ObjectCopy {
  let byKey = new Map<string, KubernetesObject>();
  return {
    items: () => [...byKey.values()],
    get: (key) => byKey.get(key),
    replaceAll(objects) {
      byKey = new Map(objects.map((object) => [objectKey(object), withoutBulk(object)]));
    },
    put: (object) => void byKey.set(objectKey(object), withoutBulk(object)),
    remove: (object) => void byKey.delete(objectKey(object)),
  };
}

type MetadataWithOwners = KubernetesObject['metadata'] & { readonly managedFields?: unknown };

/** Who owns which field is most of an object's bytes, and nobody here reads it. */
function withoutBulk(object: KubernetesObject): KubernetesObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata as MetadataWithOwners;
  return { ...object, metadata };
}
