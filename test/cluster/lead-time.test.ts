/** Start-up times are learned from pods of a known delay, on a real control plane with KWOK's pods. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { autoscalersPath } from '../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import type { AutoscalerStatus, StartupStatus } from '../../src/explain/status-of.ts';
import type { DecisionBody } from '../../src/explain/to-json.ts';
import type { RealPrometheus } from '../integration/prometheus/real-prometheus.ts';
import { clientOf, must, until } from './harness/client.ts';
import { startController, type RunningController } from './harness/controller.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installFor, kubectl } from './harness/installed.ts';
import { STARTUP_ANNOTATION } from './harness/kwok-config.ts';
import { startSteadyPrometheus, steadyPolicy } from './harness/steady-shop.ts';
import { makeNamespace, podOwnerSpec, settled } from './harness/workloads.ts';

const STARTUP_SECONDS = 20;
const SLOWER_SECONDS = 40;
const TICK_SECONDS = 3;
const ALLOWED_ERROR_RATIO = 0.1;
const AUTOSCALER = `${autoscalersPath('shop')}/web`;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';

let controlPlane: ControlPlane;
let client: ApiClient;
let prometheus: RealPrometheus;
let controller: RunningController;

const start = async (): Promise<RunningController> =>
  startController(controlPlane, {
    user: 'prescale-a',
    prometheusUrl: prometheus.url,
    tickSeconds: TICK_SECONDS,
  });

beforeAll(async () => {
  const components = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
  controlPlane = await startControlPlane({ components, startupSeconds: STARTUP_SECONDS });
  client = clientOf(controlPlane);
  await must(client, { method: 'POST', path: '/api/v1/nodes', body: { metadata: { name: 'node-1' } } });
  await makeNamespace(client, 'shop');
  await installFor(controlPlane, client, ['prescale-a']);
  prometheus = await startSteadyPrometheus();
  const strategy = { rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } };
  const spec = { ...podOwnerSpec('web', 2), strategy };
  await must(client, { method: 'POST', path: DEPLOYMENTS, body: { metadata: { name: 'web' }, spec } });
  await settled(client, 'web', 2);
  controller = await start();
  const policy = steadyPolicy('web', 'Scale', { startupTime: null });
  await must(client, { method: 'POST', path: autoscalersPath('shop'), body: policy });
});
afterAll(async () => {
  await controller?.process.kill();
  await client?.close();
  await prometheus?.remove();
  await controlPlane?.stop();
});

const startup = async (): Promise<StartupStatus | undefined> =>
  ((await must(client, { method: 'GET', path: AUTOSCALER })).status as AutoscalerStatus | undefined)?.startup;
const decisions = async (): Promise<readonly DecisionBody[]> => {
  const path = '/api/v1/autoscalers/shop/web/decisions?limit=500';
  const answer = await fetch(controller.apiUrl + path);
  return ((await answer.json()) as { items: readonly DecisionBody[] }).items;
};
const replicas = async (): Promise<number> =>
  (
    await must<KubernetesObject & { spec: { replicas: number } }>(client, {
      method: 'GET',
      path: `${DEPLOYMENTS}/web`,
    })
  ).spec.replicas;

/** The status once so many starts more have been seen. */
const seenStarts = (samples: number): Promise<StartupStatus> =>
  until(`${samples} starts`, async () => {
    const told = await startup();
    return (told?.samples ?? 0) >= samples ? told : undefined;
  });

function expectClose(told: StartupStatus, seconds: number): void {
  console.log(`start-up ${seconds} s: learned ${JSON.stringify(told)}`);
  expect(Math.abs(told.p50Seconds! - seconds) / seconds).toBeLessThanOrEqual(ALLOWED_ERROR_RATIO);
}

describe('a start-up time that no policy gives', () => {
  test('is assumed, says so, and is learned from the pods that are there and those that are asked for', async () => {
    await until('it is scaled', async () => (await replicas()) > 2);
    const first = (await decisions()).at(-1);
    expect(first?.startup).toEqual({ seconds: 120, source: 'assumed' });
    const asked = await replicas();
    const told = await seenStarts(asked);
    expectClose(told, STARTUP_SECONDS);
    await until('decided with', async () => (await decisions()).at(0)?.startup?.source === 'learned');
    const { startup: taken, observed, sizing } = (await decisions())[0];
    expect(taken).toEqual({ seconds: observed.learnedStartup!.p95Seconds, source: 'learned' });
    expect(sizing?.leadTimeSeconds).toBe(taken!.seconds + TICK_SECONDS);
    await until('told in the status', async () => (await startup())?.source === 'learned');
  });

  test('shows in kubectl describe', async () => {
    const described = await kubectl(controlPlane, 'describe', 'psa', 'web', '-n', 'shop');
    expect(described).toMatch(/Startup:\n/);
    expect(described).toMatch(/P50 ?Seconds: +\d+/i);
  });

  test('that becomes another is the median before long', async () => {
    const before = (await startup())!.samples!;
    const template = { metadata: { annotations: { [STARTUP_ANNOTATION]: `${SLOWER_SECONDS}s` } } };
    await must(client, {
      method: 'PATCH',
      path: `${DEPLOYMENTS}/web`,
      contentType: 'mergePatch',
      body: { spec: { template } },
    });
    const renewed = (await seenStarts(before + 1)).samples!;
    await settled(client, 'web', await replicas());
    await must(client, {
      method: 'DELETE',
      path: '/api/v1/namespaces/shop/pods',
      query: { labelSelector: 'app=web' },
    });
    await seenStarts(renewed + 1);
    await settled(client, 'web', await replicas());
    const told = await until('the new one', async () => {
      const now = await startup();
      return now!.p50Seconds! > (STARTUP_SECONDS + SLOWER_SECONDS) / 2 + 5 ? now : undefined;
    });
    expectClose(told, SLOWER_SECONDS);
  });

  test('is not forgotten by a controller that is killed and starts again, nor counted twice', async () => {
    const before = (await startup())!;
    await controller.process.kill();
    controller = await start();
    const first = await until('a decision', async () => (await decisions()).at(-1));
    expect(first.startup).toEqual({ seconds: before.p95Seconds, source: 'learned' });
    await until(
      'it leads and tells',
      async () => (await decisions())[0].actuation?.result !== 'notLeader',
      60,
    );
    // Its first look, at pods of which all but a few are in the record, comes after that; the next ticks tell of it.
    await sleep(3 * TICK_SECONDS * 1000);
    expect((await startup())!.recentSeconds).toEqual(before.recentSeconds);
  });
});
