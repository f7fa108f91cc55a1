/** What holds a removal back, on a real control plane: a rollout, a pause, a take-over. The load needs far fewer than run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { autoscalersPath } from '../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import type { AutoscalerStatus } from '../../src/explain/status-of.ts';
import type { DecisionBody } from '../../src/explain/to-json.ts';
import type { RealPrometheus } from '../integration/prometheus/real-prometheus.ts';
import { scaleWrites } from './harness/audit-log.ts';
import { clientOf, must, until } from './harness/client.ts';
import { startController, type RunningController } from './harness/controller.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installFor } from './harness/installed.ts';
import { STARTUP_ANNOTATION } from './harness/kwok-config.ts';
import { startSteadyPrometheus, steadyPolicy } from './harness/steady-shop.ts';
import { makeNamespace, podOwnerSpec, replicasAskedFor, settled } from './harness/workloads.ts';

const TICK_SECONDS = 3;
const MANY = 20;
/** Longer than the 15 s that a new controller has to watch here before it may remove anything. */
const ROLLOUT_SECONDS = 45;
const WINDOW_SECONDS = 45;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const AUTOSCALERS = autoscalersPath('shop');

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
  controlPlane = await startControlPlane({ components, startupSeconds: 1 });
  client = clientOf(controlPlane);
  await must(client, { method: 'POST', path: '/api/v1/nodes', body: { metadata: { name: 'node-1' } } });
  await makeNamespace(client, 'shop');
  await installFor(controlPlane, client, ['prescale-a']);
  prometheus = await startSteadyPrometheus();
  const strategy = { rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } };
  for (const name of ['web', 'slow']) {
    const body = { metadata: { name }, spec: { ...podOwnerSpec(name, MANY), strategy } };
    await must(client, { method: 'POST', path: DEPLOYMENTS, body });
    await settled(client, name, MANY);
  }
  controller = await start();
});
afterAll(async () => {
  await controller?.process.kill();
  await client?.close();
  await prometheus?.remove();
  await controlPlane?.stop();
});

const patch = (path: string, body: object) =>
  must(client, { method: 'PATCH', path, contentType: 'mergePatch', body });
const scaleTo = (name: string, replicas: number) => patch(`${DEPLOYMENTS}/${name}`, { spec: { replicas } });
const pause = (isPaused: boolean) =>
  patch(`${AUTOSCALERS}/web`, { metadata: { annotations: { 'prescale.dev/paused': String(isPaused) } } });
const apply = (name: string, windowSeconds: number) =>
  must(client, {
    method: 'POST',
    path: AUTOSCALERS,
    body: steadyPolicy(name, 'Scale', {
      behavior: { scaleDown: { stabilizationWindowSeconds: windowSeconds } },
    }),
  });
const ableToScale = async (name: string) => {
  const { status } = await must(client, { method: 'GET', path: `${AUTOSCALERS}/${name}` });
  return (status as AutoscalerStatus | undefined)?.conditions.find(({ type }) => type === 'AbleToScale');
};
const decisions = async (name: string): Promise<readonly DecisionBody[]> => {
  const path = `/api/v1/autoscalers/shop/${name}/decisions?limit=500`;
  const answer = await fetch(controller.apiUrl + path);
  return ((await answer.json()) as { items: readonly DecisionBody[] }).items;
};
const fewer = (name: string) =>
  until(`${name} is scaled down`, async () => (await replicasAskedFor(client, name)) < MANY, 120);
const writesOf = (name: string) => scaleWrites(controlPlane).filter(({ target }) => target === name);

test('nothing is removed while the target is rolling out; once it is complete, it is', async () => {
  const template = { metadata: { annotations: { [STARTUP_ANNOTATION]: `${ROLLOUT_SECONDS}s` } } };
  await patch(`${DEPLOYMENTS}/web`, { spec: { template } });
  await apply('web', 0);
  await until('the rollout holds it', async () => (await ableToScale('web'))?.reason === 'RollingOut');
  const told = await ableToScale('web');
  expect(told).toMatchObject({ status: 'True', message: expect.stringContaining('keeps 20') });
  await fewer('web');
  const [first] = writesOf('web');
  const before = (await decisions('web')).filter(
    ({ decidedAt }) => Date.parse(decidedAt) < first.atMs - 1000,
  );
  // Those that were held by nothing but the rollout wanted fewer, and each saw a target that was rolling out.
  const held = before.filter(({ outcome }) => outcome.reason === 'RollingOut');
  expect(held.length).toBeGreaterThan(2);
  for (const { observed, recommendedReplicas, desiredReplicas } of held) {
    expect(observed.rollingOut).toBe(true);
    expect(recommendedReplicas).toBeLessThan(MANY);
    expect(desiredReplicas).toBe(MANY);
  }
});

test('a paused target is left alone, and let go on when the annotation says so no more', async () => {
  await pause(true);
  await until('the pause is told', async () => (await ableToScale('web'))?.reason === 'Paused');
  await scaleTo('web', MANY);
  const writes = writesOf('web').length;
  await sleep(5 * TICK_SECONDS * 1000);
  expect(await replicasAskedFor(client, 'web')).toBe(MANY);
  expect(writesOf('web')).toHaveLength(writes);
  expect(await ableToScale('web')).toMatchObject({ status: 'False', reason: 'Paused' });
  await pause(false);
  await fewer('web');
});

test('after a take-over nothing is removed until the new leader has watched for the longest window', async () => {
  await apply('slow', WINDOW_SECONDS);
  await fewer('slow');
  await controller.process.kill();
  await scaleTo('slow', MANY);
  const writes = writesOf('slow').length;
  controller = await start();
  await until('it leads', async () => (await ableToScale('slow'))?.reason === 'WarmingUp', 60);
  await fewer('slow');
  const first = (await decisions('slow')).at(-1)!;
  const watchedSeconds = (writesOf('slow')[writes].atMs - Date.parse(first.decidedAt)) / 1000;
  console.log(`taken over: the first removal after ${watchedSeconds} s of a window of ${WINDOW_SECONDS} s`);
  expect(watchedSeconds).toBeGreaterThanOrEqual(WINDOW_SECONDS);
});
