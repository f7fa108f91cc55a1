/** Targets of a large fleet, read from a watched copy with the rights that an installation gives. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ScaleApi, ScaleTarget } from '../../src/actuate/scale-api.ts';
import { createScaleSubresourceScaler } from '../../src/actuate/scale-subresource.ts';
import type { Scaler } from '../../src/actuate/scaler.ts';
import type { ApiCall, ApiClient } from '../../src/cluster/api-client.ts';
import { createResourceDiscovery } from '../../src/cluster/resource-discovery.ts';
import { createScaleApi } from '../../src/cluster/scale-api.ts';
import { createTargetCopies } from '../../src/cluster/target-copies.ts';
import { createSystemClock } from '../../src/control/clocks/system-clock.ts';
import { aPolicy } from '../builders/policy.ts';
import { clientOf, must, NEVER, until } from './harness/client.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installFor } from './harness/installed.ts';
import { freshDeployment, makeNamespace, replicasAskedFor } from './harness/workloads.ts';

const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/checkout';
const CHECKOUT: ScaleTarget = {
  namespace: 'shop',
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'checkout',
};
const POLICY = aPolicy({ mode: 'Scale' });
let controlPlane: ControlPlane;
let admin: ApiClient;
let client: ApiClient;
let api: ScaleApi;
let scaler: Scaler;
const stop = new AbortController();
/** Deployments that the controller has asked for one by one. */
let reads = 0;
/** Whether what is read is held back, and with it what has changed since. */
let isHeldBack = false;
const held: (() => void)[] = [];

beforeAll(async () => {
  controlPlane = await startControlPlane({ components: ['kube-controller-manager'] });
  admin = clientOf(controlPlane);
  await makeNamespace(admin, 'shop');
  await installFor(controlPlane, admin, ['prescale-a']);
  client = clientOf(controlPlane, { user: 'prescale-a' });
  const counting: ApiClient = {
    ...client,
    call(call: ApiCall, signal) {
      if (call.method === 'GET' && call.path === DEPLOYMENT) reads += 1;
      return client.call(call, signal);
    },
  };
  const watching: ApiClient = {
    ...client,
    async stream(call, signal) {
      const answer = await client.stream(call, signal);
      return answer.kind === 'open' ? { ...answer, body: heldBack(answer.body) } : answer;
    },
  };
  const copies = createTargetCopies({
    client: watching,
    clock: createSystemClock(),
    random: Math.random,
    namespace: undefined,
    onFault: (message) => expect.fail(message),
  });
  const others = Array.from({ length: 99 }, (_, index) => ({ ...CHECKOUT, name: `other-${index}` }));
  copies.expect([CHECKOUT, ...others], stop.signal);
  api = createScaleApi(counting, createResourceDiscovery(counting), copies);
  scaler = createScaleSubresourceScaler({
    api,
    leadership: { isLeader: () => true },
    refusal: () => undefined,
  });
});
afterAll(async () => {
  letGo();
  stop.abort();
  await client?.close();
  await admin?.close();
  await controlPlane?.stop();
});
beforeEach(async () => {
  letGo();
  await freshDeployment(admin, 'checkout', 3);
  await until('the copy knows it', async () => {
    reads = 0;
    const { currentReplicas, readyReplicas, rollingOut } = await scaler.read(POLICY, 0, NEVER);
    return reads === 0 && currentReplicas === 3 && readyReplicas === 3 && !rollingOut;
  });
});

async function* heldBack(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    if (isHeldBack) await new Promise<void>((resolve) => held.push(resolve));
    yield chunk;
  }
}

function letGo(): void {
  isHeldBack = false;
  for (const go of held.splice(0)) go();
}

const changed = (body: object): Promise<unknown> =>
  must(admin, { method: 'PATCH', path: DEPLOYMENT, contentType: 'mergePatch', body });

describe('a target that is read from a copy', () => {
  test('tells what the server tells', async () => {
    const [copied, asked] = [await api.read(CHECKOUT, NEVER), await api.readNow(CHECKOUT, NEVER)];
    const { object: _copied, ...copiedBeside } = copied;
    const { object: _asked, ...askedBeside } = asked;
    expect(copiedBeside).toEqual(askedBeside);
  });

  test('is as it was written, however late the copy learns of it', async () => {
    isHeldBack = true;
    const { version } = await scaler.read(POLICY, 0, NEVER);
    expect((await scaler.write({ policy: POLICY, toReplicas: 5, version, nowMs: 0 }, NEVER)).result).toBe(
      'applied',
    );
    expect((await scaler.read(POLICY, 0, NEVER)).currentReplicas).toBe(5);
    expect(reads).toBe(1);
    letGo();
    await until('the copy has caught up', async () => {
      reads = 0;
      return (await scaler.read(POLICY, 0, NEVER)).currentReplicas === 5 && reads === 0;
    });
  });

  test('is not written where somebody has changed the count since', async () => {
    isHeldBack = true;
    const { version, currentReplicas } = await scaler.read(POLICY, 0, NEVER);
    await changed({ spec: { replicas: 4 } });
    expect((await scaler.read(POLICY, 0, NEVER)).currentReplicas).toBe(currentReplicas);
    const written = await scaler.write({ policy: POLICY, toReplicas: 7, version, nowMs: 0 }, NEVER);
    expect(written.result).toBe('conflict');
    expect(await replicasAskedFor(admin, 'checkout')).toBe(4);
    expect((await scaler.read(POLICY, 0, NEVER)).currentReplicas).toBe(4);
  });

  test('is written where all that has changed since is not what was decided by', async () => {
    isHeldBack = true;
    const { version } = await scaler.read(POLICY, 0, NEVER);
    await changed({ metadata: { labels: { note: 'looked-at' } } });
    const written = await scaler.write({ policy: POLICY, toReplicas: 7, version, nowMs: 0 }, NEVER);
    expect(written.result).toBe('applied');
    expect(await replicasAskedFor(admin, 'checkout')).toBe(7);
  });
});
