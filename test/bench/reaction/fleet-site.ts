/** A control plane with a fleet of Deployments whose pods KWOK plays. */
import type { ApiCall, ApiClient } from '../../../src/cluster/api-client.ts';
import type { KubernetesObject } from '../../../src/cluster/kubernetes-object.ts';
import { clientOf, must, until } from '../../cluster/harness/client.ts';
import { startControlPlane, type ControlPlane } from '../../cluster/harness/control-plane.ts';
import { makeNamespace, podOwnerSpec } from '../../cluster/harness/workloads.ts';

export const REPLICAS = 2;
const PER_NAMESPACE = 100;
const CALLS_AT_ONCE = 16;
const SETTLES_WITHIN_SECONDS = 900;

export interface FleetMember {
  readonly namespace: string;
  readonly name: string;
}

export interface FleetSite {
  readonly controlPlane: ControlPlane;
  readonly client: ApiClient;
  readonly members: readonly FleetMember[];
  /** One object for each member, several at a time. */
  makeForEach(callOf: (member: FleetMember) => ApiCall): Promise<void>;
  stop(): Promise<void>;
}

/** The limits of kube-controller-manager on its own calls are raised, for HPA as for those that make the pods. */
const MANAGER_FLAGS = [
  '--kube-api-qps=1000',
  '--kube-api-burst=2000',
  '--concurrent-deployment-syncs=20',
  '--concurrent-replicaset-syncs=20',
  '--horizontal-pod-autoscaler-sync-period=15s',
];

export async function openFleetSite(size: number): Promise<FleetSite> {
  const components = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
  const controlPlane = await startControlPlane({ components, managerFlags: MANAGER_FLAGS });
  const client = clientOf(controlPlane, { timeoutSeconds: 60 });
  const members = Array.from({ length: size }, (_, index) => ({
    namespace: `team-${Math.floor(index / PER_NAMESPACE)}`,
    name: `app-${index}`,
  }));
  const makeForEach = (callOf: (member: FleetMember) => ApiCall): Promise<void> =>
    inTurns(members, async (member) => void (await must(client, callOf(member))));
  await must(client, { method: 'POST', path: '/api/v1/nodes', body: { metadata: { name: 'node-1' } } });
  for (const namespace of new Set(members.map((member) => member.namespace)))
    await makeNamespace(client, namespace);
  await makeForEach(({ namespace, name }) => ({
    method: 'POST',
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    body: { metadata: { name }, spec: podOwnerSpec(name, REPLICAS) },
  }));
  await until('all pods are ready', () => allReady(client, size), SETTLES_WITHIN_SECONDS);
  return {
    controlPlane,
    client,
    members,
    makeForEach,
    async stop() {
      await client.close();
      await controlPlane.stop();
    },
  };
}

async function allReady(client: ApiClient, size: number): Promise<boolean> {
  const path = '/apis/apps/v1/deployments';
  const { items } = await must<{ items: readonly KubernetesObject[] }>(client, { method: 'GET', path });
  const ready = items.filter(
    ({ status }) => (status as { readyReplicas?: number } | undefined)?.readyReplicas === REPLICAS,
  );
  return ready.length === size;
}

async function inTurns<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < all.length) await act(all[next++]);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work));
}
