/** What a target tells of its newest rollout, on a real control plane: a new template is another one, another count is not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScaleSubresourceScaler } from '../../src/actuate/scale-subresource.ts';
import type { TargetRollout } from '../../src/actuate/rollout-state.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import { createResourceDiscovery } from '../../src/cluster/resource-discovery.ts';
import { createScaleApi } from '../../src/cluster/scale-api.ts';
import { aPolicy } from '../builders/policy.ts';
import { clientOf, must, NEVER, until } from './harness/client.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import {
  freshDeployment,
  makeNamespace,
  makeReady,
  podOwnerSpec,
  podsOf,
  settled,
} from './harness/workloads.ts';

const APPS = '/apis/apps/v1/namespaces/shop';
let controlPlane: ControlPlane;
let client: ApiClient;

beforeAll(async () => {
  controlPlane = await startControlPlane({ components: ['kube-controller-manager'] });
  client = clientOf(controlPlane);
  await makeNamespace(client, 'shop');
});
afterAll(async () => {
  await client?.close();
  await controlPlane?.stop();
});

async function rolloutOf(kind: string, name: string): Promise<TargetRollout | undefined> {
  const scaler = createScaleSubresourceScaler({
    api: createScaleApi(client, createResourceDiscovery(client)),
    leadership: { isLeader: () => true },
    refusal: () => undefined,
  });
  const policy = aPolicy({
    workload: { namespace: 'shop', name },
    target: { apiVersion: 'apps/v1', kind, name },
  });
  return (await scaler.read(policy, Date.now(), NEVER)).rollout;
}

const patch = (path: string, spec: object) =>
  must(client, { method: 'PATCH', path: `${APPS}/${path}`, contentType: 'mergePatch', body: { spec } });
const restarted = (version: string) => ({ template: { metadata: { annotations: { version } } } });

/** The test is the kubelet: all pods become ready. */
async function rested(name: string, replicas: number): Promise<void> {
  for (const pod of await podsOf(client, name)) await makeReady(client, pod);
  await settled(client, name, replicas);
}

test('of a Deployment: a rollout and the way back are others, scaling up and down is none', async () => {
  const beganAtMs = Date.now();
  await freshDeployment(client, 'web', 2);
  const first = (await rolloutOf('Deployment', 'web'))!;
  expect(first.progressedAtMs).toBeGreaterThanOrEqual(beganAtMs - 1000);
  expect(first.progressedAtMs).toBeLessThanOrEqual(Date.now() + 1000);
  for (const replicas of [4, 1]) {
    await patch('deployments/web', { replicas });
    await until('as many pods', async () => (await podsOf(client, 'web')).length === replicas);
    await rested('web', replicas);
    expect(await rolloutOf('Deployment', 'web')).toEqual(first);
  }
  const seen = [first.revision];
  for (const version of ['b', 'c', 'b']) {
    await patch('deployments/web', restarted(version));
    await until(
      'another revision',
      async () => (await rolloutOf('Deployment', 'web'))?.revision !== seen.at(-1),
    );
    seen.push((await rolloutOf('Deployment', 'web'))!.revision);
  }
  expect(new Set(seen).size).toBe(4);
});

test('of a StatefulSet: a rollout is another one, scaling is none; it tells no time', async () => {
  const body = { metadata: { name: 'db' }, spec: { ...podOwnerSpec('db', 1), serviceName: 'db' } };
  await must(client, { method: 'POST', path: `${APPS}/statefulsets`, body });
  const first = await until('its revision', () => rolloutOf('StatefulSet', 'db'));
  expect(first.progressedAtMs).toBeNull();
  await patch('statefulsets/db', { replicas: 2 });
  await until('the scale is seen', async () => {
    const { metadata, status } = await must(client, { method: 'GET', path: `${APPS}/statefulsets/db` });
    return (status as { observedGeneration?: number }).observedGeneration === metadata.generation;
  });
  expect(await rolloutOf('StatefulSet', 'db')).toEqual(first);
  await patch('statefulsets/db', restarted('b'));
  await until(
    'another revision',
    async () => (await rolloutOf('StatefulSet', 'db'))?.revision !== first.revision,
  );
});
