/** The controller in a cluster, end to end: real control plane, real Prometheus, KWOK's pods. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { autoscalersPath } from '../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import type { AutoscalerStatus } from '../../src/explain/status-of.ts';
import {
  backfill,
  makePrometheusDir,
  startPrometheus,
  type RealPrometheus,
} from '../integration/prometheus/real-prometheus.ts';
import { clientOf, must, NEVER, until } from './harness/client.ts';
import { scaleWrites } from './harness/audit-log.ts';
import { metricOf, startController, type RunningController } from './harness/controller.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installFor, kubectl } from './harness/installed.ts';
import { makeNamespace, podOwnerSpec } from './harness/workloads.ts';

const STARTUP_SECONDS = 20;
const STEP_SECONDS = 15;
const TICK_SECONDS = 3;
const AUTOSCALERS = autoscalersPath('shop');
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const HPAS = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';

interface Deployment extends KubernetesObject {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

let controlPlane: ControlPlane;
let client: ApiClient;
let prometheus: RealPrometheus;
/** When the load trebles, as the policy has it announced. */
let saleAtMs: number;
const controllers: RunningController[] = [];

const start = async (user: RunningController['user']): Promise<RunningController> => {
  const controller = await startController(controlPlane, {
    user,
    prometheusUrl: prometheus.url,
    tickSeconds: TICK_SECONDS,
  });
  controllers.push(controller);
  return controller;
};

beforeAll(async () => {
  const components = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
  controlPlane = await startControlPlane({ components, startupSeconds: STARTUP_SECONDS });
  client = clientOf(controlPlane);
  await must(client, { method: 'POST', path: '/api/v1/nodes', body: { metadata: { name: 'node-1' } } });
  await makeNamespace(client, 'shop');
  await installFor(controlPlane, client, ['prescale-a']);
  const stepMs = STEP_SECONDS * 1000;
  saleAtMs = Math.ceil((Date.now() + 90_000) / stepMs) * stepMs;
  const dir = await makePrometheusDir();
  await backfill(dir, [{ metric: 'rps', labels: { app: 'checkout' }, series: load() }]);
  prometheus = await startPrometheus(dir);
});
afterAll(async () => {
  for (const { process } of controllers) await process.kill();
  await client?.close();
  await prometheus?.remove();
  await controlPlane?.stop();
});

/** Two hours of 400 requests a second, give or take; then three times as many. Prometheus has what is to come too. */
function load() {
  const slots = (3 * 3600) / STEP_SECONDS;
  const startAtMs = saleAtMs - 2 * 3_600_000;
  const rate = (slot: number): number => (startAtMs + slot * STEP_SECONDS * 1000 < saleAtMs ? 400 : 1200);
  const values = Float64Array.from(
    { length: slots },
    (_, slot) => rate(slot) * (1 + 0.02 * Math.sin(slot * 2.4)),
  );
  return { startAtMs, stepSeconds: STEP_SECONDS, values };
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

const policy = (name: string, more: object = {}, annotations = {}) => ({
  apiVersion: 'prescale.dev/v1alpha1',
  kind: 'PredictiveAutoscaler',
  metadata: { name, namespace: 'shop', annotations },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    mode: 'Scale',
    minReplicas: 2,
    maxReplicas: 30,
    metrics: { delay: '15s', staleAfter: '2m', arrivalRate: { query: 'rps{app="checkout"}' } },
    capacity: { serviceRateRps: 25, serversPerReplica: 8, startupTime: `${STARTUP_SECONDS}s` },
    slo: { responseTime: '250ms', objective: 0.99 },
    forecast: {
      horizon: '5m',
      step: '15s',
      lookback: '2h',
      models: ['arima', 'moving-average'],
      minConfidence: 0.1,
    },
    events: [
      {
        name: 'sale',
        start: iso(saleAtMs),
        end: iso(saleAtMs + 3_600_000),
        arrivalRateMultiplier: 3,
      },
    ],
    ...more,
  },
});

const make = (body: object) => must(client, { method: 'POST', path: AUTOSCALERS, body });
const makeDeployment = (name: string, replicas: number) =>
  must(client, {
    method: 'POST',
    path: DEPLOYMENTS,
    body: { metadata: { name }, spec: podOwnerSpec(name, replicas) },
  });
const deployment = (name: string) =>
  must<Deployment>(client, { method: 'GET', path: `${DEPLOYMENTS}/${name}` });
const statusOf = async (name: string): Promise<AutoscalerStatus | undefined> =>
  (await must(client, { method: 'GET', path: `${AUTOSCALERS}/${name}` })).status as
    AutoscalerStatus | undefined;
const ableToScale = async (name: string) =>
  (await statusOf(name))?.conditions.find(({ type }) => type === 'AbleToScale');
const scaleTo = (name: string, replicas: number) =>
  must(client, {
    method: 'PATCH',
    path: `${DEPLOYMENTS}/${name}`,
    contentType: 'mergePatch',
    body: { spec: { replicas } },
    query: { fieldManager: 'somebody' },
  });
const eventReasons = async (name: string): Promise<readonly string[]> => {
  const path = '/api/v1/namespaces/shop/events';
  const { items } = await must<{ items: { reason: string; involvedObject: { name: string } }[] }>(client, {
    method: 'GET',
    path,
  });
  return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason);
};
const remove = (path: string) => client.call({ method: 'DELETE', path }, NEVER);

describe('a Deployment under a controller', () => {
  let controller: RunningController;
  beforeAll(async () => {
    controller = await start('prescale-a');
  });

  test('is scaled ahead of its load: pods are ready before it comes, and everybody tells the same story', async () => {
    await makeDeployment('checkout', 3);
    await make(policy('checkout'));
    await until('it leads', async () => (await metricOf(controller, 'prescale_leader')) === 1);
    const before = await until('a first decision', async () => await statusOf('checkout'));
    expect(before.desiredReplicas).toBeLessThan(6);

    await sleep(saleAtMs - Date.now());
    // 1,200 requests a second are the work of six replicas that never rest; more are needed to answer in time.
    const writes = scaleWrites(controlPlane).map(({ replicas, atMs }) => ({
      replicas,
      secondsAhead: (saleAtMs - atMs) / 1000,
    }));
    expect(
      writes.filter(({ secondsAhead }) => secondsAhead > STARTUP_SECONDS).at(-1)?.replicas,
      JSON.stringify(writes),
    ).toBeGreaterThan(6);
    const atSale = await deployment('checkout');
    expect(atSale.spec.replicas).toBeGreaterThan(6);
    expect(atSale.status.readyReplicas).toBeGreaterThan(6);

    const status = (await statusOf('checkout'))!;
    expect(status.currentReplicas).toBe(atSale.spec.replicas);
    const row = (await kubectl(controlPlane, 'get', 'psa', '-n', 'shop'))
      .trim()
      .split('\n')[1]
      .split(/ {2,}/);
    expect(row.slice(0, 5)).toEqual([
      'checkout',
      'checkout',
      'Scale',
      String(status.currentReplicas),
      expect.anything(),
    ]);
    const described = await kubectl(controlPlane, 'describe', 'psa', 'checkout', '-n', 'shop');
    expect(described).toMatch(/Normal +\w+ .*prescale +checkout: 3 -> \d+ replicas/);
    const path = '/api/v1/autoscalers/shop/checkout/decisions?limit=500';
    const told = JSON.stringify(await (await fetch(controller.apiUrl + path)).json());
    expect(told).toContain('"applied"');
    expect((await fetch(`${controller.probesUrl}/api/v1/autoscalers`)).status).toBe(404);
    expect((await fetch(`${controller.probesUrl}/healthz`)).status).toBe(200);
  });

  test.each([
    {
      what: 'a HorizontalPodAutoscaler',
      name: 'cart',
      path: HPAS,
      other: () => hpaOn('cart'),
      said: 'HorizontalPodAutoscaler shop/cart',
    },
    {
      what: 'a second PredictiveAutoscaler',
      name: 'search',
      path: AUTOSCALERS,
      other: () => ({ ...policy('search'), metadata: { name: 'other' } }),
      said: 'PredictiveAutoscaler shop/other',
    },
  ])('that $what scales too is left alone until that one is gone', async ({ name, path, other, said }) => {
    await makeDeployment(name, 3);
    const { metadata } = await must(client, { method: 'POST', path, body: other() });
    await make(policy(name));
    await until(
      'the conflict is told',
      async () => (await ableToScale(name))?.reason === 'ConflictingAutoscaler',
    );
    expect(await ableToScale(name)).toMatchObject({
      status: 'False',
      message: expect.stringContaining(said),
    });
    await until('an event tells it', async () =>
      (await eventReasons(name)).includes('ConflictingAutoscaler'),
    );
    await sleep(3 * TICK_SECONDS * 1000);
    expect((await deployment(name)).spec.replicas).toBe(3);
    await remove(`${path}/${metadata.name}`);
    await until('it is scaled', async () => (await deployment(name)).spec.replicas > 6);
    await until('and told', async () => (await ableToScale(name))?.status === 'True');
  });

  test('a change by somebody else is told, with the name, and decided on', async () => {
    await until('it is looked after', async () => (await ableToScale('cart'))?.status === 'True');
    await sleep(2 * TICK_SECONDS * 1000);
    await scaleTo('cart', 4);
    await until('it is told', async () => (await eventReasons('cart')).includes('ReplicasChangedElsewhere'));
    await until('it is scaled again', async () => (await deployment('cart')).spec.replicas > 6);
  });

  test('is left alone while the policy is paused, and once it is deleted', async () => {
    const path = `${AUTOSCALERS}/cart`;
    const body = { metadata: { annotations: { 'prescale.dev/paused': 'true' } } };
    await must(client, { method: 'PATCH', path, contentType: 'mergePatch', body });
    await until('the pause is told', async () => (await ableToScale('cart'))?.reason === 'Paused');
    await scaleTo('cart', 3);
    await sleep(3 * TICK_SECONDS * 1000);
    expect((await deployment('cart')).spec.replicas).toBe(3);
    await remove(path);
    await sleep(3 * TICK_SECONDS * 1000);
    expect((await deployment('cart')).spec.replicas).toBe(3);
  });

  test('a policy that cannot be followed says why, and the others go on', async () => {
    await make(policy('nowhere'));
    await make(policy('misspelled', {}, { 'prescale.dev/paused': 'yes' }));
    await makeDeployment('unparsable', 3);
    const metrics = { delay: '15s', staleAfter: '2m', arrivalRate: { query: 'sum(' } };
    await make(policy('unparsable', { metrics }));
    for (const [name, reason, says] of [
      ['nowhere', 'FailedGetScale', 'Deployment shop/nowhere does not exist'],
      ['misspelled', 'InvalidPolicy', 'metadata.annotations["prescale.dev/paused"]'],
    ] as const) {
      await until(`${name} is told`, async () => (await statusOf(name))?.reason === reason);
      expect(await ableToScale(name)).toMatchObject({
        status: 'False',
        reason,
        message: expect.stringContaining(says),
      });
      await until('an event', async () => (await eventReasons(name)).includes(reason));
    }
    await until(
      'unparsable is told',
      async () => (await statusOf('unparsable'))?.reason === 'MetricsQueryRejected',
    );
    await scaleTo('checkout', 2);
    await until('checkout is scaled', async () => (await deployment('checkout')).spec.replicas > 6);
  });

  test('a stop by signal hands the lease back', async () => {
    expect(await controller.process.end()).toBe(0);
    const path = '/apis/coordination.k8s.io/v1/namespaces/prescale-system/leases/prescale';
    const { spec } = await must(client, { method: 'GET', path });
    expect(spec).toMatchObject({ holderIdentity: '' });
  });
});

describe('the roles of deploy/', () => {
  test.each([
    ['patch', 'deployments.apps', 'no'],
    ['update', 'deployments.apps', 'no'],
    ['update', 'deployments.apps/scale', 'yes'],
    ['delete', 'pods', 'no'],
    ['list', 'pods', 'yes'],
    ['watch', 'pods', 'no'],
    ['get', 'secrets', 'no'],
    ['update', 'predictiveautoscalers.prescale.dev', 'no'],
    ['update', 'predictiveautoscalers.prescale.dev/status', 'yes'],
    ['delete', 'events', 'no'],
    ['update', 'horizontalpodautoscalers.autoscaling', 'no'],
    ['create', 'clusterrolebindings.rbac.authorization.k8s.io', 'no'],
    ['update', 'leases.coordination.k8s.io/prescale', 'no'],
  ])('may they %s %s? %s', async (verb, what, expected) => {
    const [resource, subresource] = what.split('/');
    const more = subresource === undefined ? [] : [`--subresource=${subresource}`];
    const asked = ['auth', 'can-i', verb, resource, ...more, '--as=prescale-a', '-n', 'shop'];
    const answer = await kubectl(controlPlane, ...asked).catch((error: { stdout: string }) => error.stdout);
    expect(answer.trim().split('\n').at(-1)).toBe(expected);
  });
});

function hpaOn(name: string): object {
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 5,
      metrics: [{ type: 'Resource', resource }],
    },
  };
}
