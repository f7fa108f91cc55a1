import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createScaleSubresourceScaler } from '../../src/actuate/scale-subresource.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import { createResourceDiscovery } from '../../src/cluster/resource-discovery.ts';
import { createScaleApi } from '../../src/cluster/scale-api.ts';
import type { Scaler } from '../../src/actuate/scaler.ts';
import { aPolicy } from '../builders/policy.ts';
import { scalerContract, type ScalerRig } from '../contract/scaler.ts';
import { clientOf, must, NEVER, until } from './harness/client.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { startTcpRelay } from './harness/tcp-relay.ts';
import {
  freshDeployment,
  makeNamespace,
  makeReady,
  podOwnerSpec,
  podsOf,
  replicasAskedFor,
  settled,
} from './harness/workloads.ts';

const STARTUP_MS = 90_000;
let controlPlane: ControlPlane;
let client: ApiClient;
let leads = true;

beforeAll(async () => {
  controlPlane = await startControlPlane({ components: ['kube-controller-manager'] });
  client = clientOf(controlPlane);
  await makeNamespace(client, 'shop');
});
afterAll(async () => {
  await client?.close();
  await controlPlane?.stop();
});

function newScaler(through = client): Scaler {
  const api = createScaleApi(through, createResourceDiscovery(through));
  return createScaleSubresourceScaler({
    api,
    leadership: { isLeader: () => leads },
    refusal: () => undefined,
  });
}

/** Deployments `checkout` and `other`; a pod of checkout is ready 90 s of the test's own time after it was made. */
async function rig(): Promise<ScalerRig> {
  await freshDeployment(client, 'checkout', 3);
  await freshDeployment(client, 'other', 3);
  const madeAtMs = new Map(
    (await podsOf(client, 'checkout')).map(({ metadata }) => [metadata.name, -Infinity]),
  );
  let reachedMs = 0;
  const reach = async (nowMs: number): Promise<void> => {
    const wanted = await replicasAskedFor(client, 'checkout');
    const pods = await until('as many pods as asked for', async () => {
      const found = await podsOf(client, 'checkout');
      return found.length === wanted ? found : undefined;
    });
    for (const { metadata } of pods) madeAtMs.set(metadata.name, madeAtMs.get(metadata.name) ?? reachedMs);
    reachedMs = nowMs;
    const due = pods.filter(({ metadata }) => madeAtMs.get(metadata.name)! + STARTUP_MS <= nowMs);
    for (const pod of due) await makeReady(client, pod);
    await settled(client, 'checkout', due.length);
  };
  return { scaler: newScaler(), reach };
}

describe('the scaler of a real cluster', () => scalerContract(rig));

describe('a write to a real target', () => {
  const policy = aPolicy({ mode: 'Scale' });

  test('whose answer is lost has been made all the same, as the read after it tells', async () => {
    await freshDeployment(client, 'checkout', 3);
    const relay = await startTcpRelay(Number(new URL(controlPlane.url).port));
    const through = clientOf(controlPlane, { port: relay.port });
    const scaler = newScaler(through);
    const { version } = await scaler.read(policy, 0, NEVER);
    relay.mute();
    const tick = new AbortController();
    const writing = scaler.write({ policy, toReplicas: 7, version, nowMs: 0 }, tick.signal);
    await until('the write is made', async () => (await replicasAskedFor(client, 'checkout')) === 7);
    tick.abort();
    expect(await writing).toMatchObject({ result: 'failed' });
    relay.cut();
    expect(await scaler.read(policy, 0, NEVER)).toMatchObject({ currentReplicas: 7, writtenLateFrom: 3 });
    await through.close();
    await relay.stop();
  });

  test('is refused when the target changed after it was read, and leaves it as it is', async () => {
    await freshDeployment(client, 'checkout', 3);
    const scaler = newScaler();
    const { version } = await scaler.read(policy, 0, NEVER);
    const path = '/apis/apps/v1/namespaces/shop/deployments/checkout';
    await must(client, { method: 'PATCH', path, contentType: 'mergePatch', body: { spec: { replicas: 4 } } });
    const written = await scaler.write({ policy, toReplicas: 7, version, nowMs: 0 }, NEVER);
    expect(written).toMatchObject({ result: 'conflict', message: expect.stringContaining('Conflict') });
    expect(await replicasAskedFor(client, 'checkout')).toBe(4);
    const again = await scaler.read(policy, 0, NEVER);
    expect(again.currentReplicas).toBe(4);
  });

  test('shows in the managed fields who wrote', async () => {
    await freshDeployment(client, 'checkout', 3);
    const scaler = newScaler();
    const { version } = await scaler.read(policy, 0, NEVER);
    expect((await scaler.write({ policy, toReplicas: 5, version, nowMs: 0 }, NEVER)).result).toBe('applied');
    const { metadata } = await must<{ metadata: { managedFields: object[] } }>(client, {
      method: 'GET',
      path: '/apis/apps/v1/namespaces/shop/deployments/checkout',
    });
    expect(metadata.managedFields).toContainEqual(
      expect.objectContaining({ manager: 'prescale', subresource: 'scale' }),
    );
  });

  test.each([
    ['mode Recommend', aPolicy({ mode: 'Recommend' }), true, 'dryRun'],
    ['not being the leader', policy, false, 'notLeader'],
  ] as const)('does not happen: %s', async (_name, own, isLeader, result) => {
    await freshDeployment(client, 'checkout', 3);
    const scaler = newScaler();
    const { version } = await scaler.read(own, 0, NEVER);
    leads = isLeader;
    const written = await scaler.write({ policy: own, toReplicas: 7, version, nowMs: 0 }, NEVER);
    leads = true;
    expect(written.result).toBe(result);
    expect(await replicasAskedFor(client, 'checkout')).toBe(3);
  });

  test('a rollout is seen while it lasts', async () => {
    await freshDeployment(client, 'checkout', 3);
    const scaler = newScaler();
    const path = '/apis/apps/v1/namespaces/shop/deployments/checkout';
    const template = { metadata: { annotations: { release: '2' } } };
    await must(client, { method: 'PATCH', path, contentType: 'mergePatch', body: { spec: { template } } });
    expect((await scaler.read(policy, 0, NEVER)).rollingOut).toBe(true);
    await until('the rollout has ended', async () => {
      for (const pod of await podsOf(client, 'checkout')) await makeReady(client, pod).catch(() => undefined);
      return !(await scaler.read(policy, 0, NEVER)).rollingOut;
    });
    expect(await scaler.read(policy, 0, NEVER)).toMatchObject({ currentReplicas: 3, readyReplicas: 3 });
  });
});

describe('anything with a scale subresource', () => {
  const target = (apiVersion: string, kind: string, name: string) =>
    aPolicy({ mode: 'Scale', workload: { namespace: 'shop', name }, target: { apiVersion, kind, name } });

  test.each([
    ['StatefulSet', 'statefulsets', { serviceName: 'set' }],
    ['ReplicaSet', 'replicasets', {}],
  ])('%s', async (kind, resource, more) => {
    const name = resource;
    const collection = `/apis/apps/v1/namespaces/shop/${resource}`;
    const spec = { ...podOwnerSpec(name, 2), ...more };
    await must(client, { method: 'POST', path: collection, body: { metadata: { name }, spec } });
    await scaledTo(target('apps/v1', kind, name), 5);
    expect(await must(client, { method: 'GET', path: `${collection}/${name}` })).toMatchObject({
      spec: { replicas: 5 },
    });
  });

  test('a custom resource', async () => {
    await must(client, { method: 'POST', path: CRDS, body: WIDGETS });
    const collection = '/apis/example.test/v1/namespaces/shop/widgets';
    const body = {
      apiVersion: 'example.test/v1',
      kind: 'Widget',
      metadata: { name: 'w' },
      spec: { workers: 2 },
    };
    await until('the kind is served', async () => {
      const answer = await client.call({ method: 'POST', path: collection, body }, NEVER);
      return answer.kind === 'ok';
    });
    await scaledTo(target('example.test/v1', 'Widget', 'w'), 5);
    expect(await must(client, { method: 'GET', path: `${collection}/w` })).toMatchObject({
      spec: { workers: 5 },
    });
  });

  test.each([
    ['a target that is not there', target('apps/v1', 'Deployment', 'nobody'), /does not exist/],
    [
      'a kind that is not there',
      target('example.test/v1', 'Gadget', 'w'),
      /no kind Gadget of example.test\/v1/,
    ],
    ['a group that is not there', target('none.test/v1', 'Gadget', 'w'), /no kind Gadget of none.test\/v1/],
    ['a kind without scale', target('apps/v1', 'DaemonSet', 'd'), /no scale subresource/],
  ])('%s is told by name', async (_name, policy, message) => {
    await expect(newScaler().read(policy, 0, NEVER)).rejects.toThrow(message);
  });

  async function scaledTo(policy: ReturnType<typeof aPolicy>, toReplicas: number): Promise<void> {
    const scaler = newScaler();
    // Its controller may write the status between the read and the write: then the next look decides again.
    await until('written', async () => {
      const { version } = await scaler.read(policy, 0, NEVER);
      const { result } = await scaler.write({ policy, toReplicas, version, nowMs: 0 }, NEVER);
      return result === 'applied';
    });
    expect((await scaler.read(policy, 0, NEVER)).currentReplicas).toBe(toReplicas);
  }
});

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const INTEGERS = { type: 'object', properties: { workers: { type: 'integer' } } };
const WIDGETS = {
  metadata: { name: 'widgets.example.test' },
  spec: {
    group: 'example.test',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: INTEGERS, status: INTEGERS } } },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.workers', statusReplicasPath: '.status.workers' },
        },
      },
    ],
  },
};
