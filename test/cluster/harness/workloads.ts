/** Deployments and their pods without any node: the test is the kubelet, and says itself when a pod is ready. */
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import type { KubernetesObject } from '../../../src/cluster/kubernetes-object.ts';
import { must, NEVER, until } from './client.ts';

const SHOP = '/api/v1/namespaces/shop';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';

interface DeploymentObject extends KubernetesObject {
  readonly spec: { readonly replicas: number };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}

export async function makeNamespace(client: ApiClient, name: string): Promise<void> {
  await client.call({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } }, NEVER);
  const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  await until('the service account of the namespace', async () => {
    const answer = await client.call({ method: 'GET', path }, NEVER);
    return answer.kind === 'ok';
  });
}

/** The part of a Deployment, StatefulSet or ReplicaSet that they share. */
export function podOwnerSpec(name: string, replicas: number): Record<string, unknown> {
  const labels = { app: name };
  return {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'none' }] } },
  };
}

/** A new Deployment in place of any that was there, with all its replicas ready. */
export async function freshDeployment(client: ApiClient, name: string, replicas: number): Promise<void> {
  await client.call({ method: 'DELETE', path: `${DEPLOYMENTS}/${name}` }, NEVER);
  await until('its pods are gone', async () => (await podsOf(client, name)).length === 0);
  const body = { metadata: { name }, spec: podOwnerSpec(name, replicas) };
  await must(client, { method: 'POST', path: DEPLOYMENTS, body });
  await until('its pods are there', async () => (await podsOf(client, name)).length === replicas);
  for (const pod of await podsOf(client, name)) await makeReady(client, pod);
  await settled(client, name, replicas);
}

/** When the controllers have done all that there is to do: as many pods as asked for, and the status tells so. */
export async function settled(client: ApiClient, name: string, readyReplicas: number): Promise<void> {
  await until(`${name} has ${readyReplicas} ready replicas and rests`, async () => {
    const deployment = await must<DeploymentObject>(client, {
      method: 'GET',
      path: `${DEPLOYMENTS}/${name}`,
    });
    const { spec, status } = deployment;
    const seen = { replicas: status?.replicas ?? 0, ready: status?.readyReplicas ?? 0 };
    return seen.replicas === spec.replicas && seen.ready === readyReplicas && isObserved(deployment);
  });
}

function isObserved({ metadata, status }: KubernetesObject): boolean {
  const { observedGeneration, conditions = [] } = status as {
    observedGeneration?: number;
    conditions?: { type: string; reason: string }[];
  };
  const complete = conditions.some((one) => one.reason === 'NewReplicaSetAvailable');
  return observedGeneration === metadata.generation && complete;
}

/** Pods that are not on their way out. */
export async function podsOf(client: ApiClient, name: string): Promise<readonly KubernetesObject[]> {
  const query = { labelSelector: `app=${name}` };
  const list = await must<{ items: KubernetesObject[] }>(client, {
    method: 'GET',
    path: `${SHOP}/pods`,
    query,
  });
  return list.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export async function replicasAskedFor(client: ApiClient, name: string): Promise<number> {
  const { spec } = await must<DeploymentObject>(client, { method: 'GET', path: `${DEPLOYMENTS}/${name}` });
  return spec.replicas;
}

export async function makeReady(client: ApiClient, { metadata }: KubernetesObject): Promise<void> {
  const condition = { type: 'Ready', status: 'True', lastTransitionTime: '2026-11-25T12:00:00Z' };
  const body = { status: { phase: 'Running', conditions: [condition] } };
  const path = `${SHOP}/pods/${metadata.name}/status`;
  await must(client, { method: 'PATCH', path, contentType: 'strategicMergePatch', body });
}
