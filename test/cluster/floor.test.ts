/** Mode Floor beside the real HPA controller, and beside a ScaledObject: raised, edited, taken over, put back. */
import { exec, execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { autoscalersPath } from '../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import type { RealPrometheus } from '../integration/prometheus/real-prometheus.ts';
import { requireProgram } from './binaries/build-programs.ts';
import { requireForeignKind } from './binaries/foreign-kinds.ts';
import { clientOf, must, NEVER, until } from './harness/client.ts';
import { startController, type RunningController } from './harness/controller.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installFor, kubectl } from './harness/installed.ts';
import { startSteadyPrometheus, steadyPolicy } from './harness/steady-shop.ts';
import { makeNamespace, podOwnerSpec } from './harness/workloads.ts';

const AUTOSCALERS = autoscalersPath('shop');
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const HPAS = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
const SCALED_OBJECTS = '/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects';
const OWN = 'prescale.dev/own-minimum';

interface Holder extends KubernetesObject {
  readonly spec: { readonly minReplicas?: number; readonly minReplicaCount?: number };
  readonly metadata: KubernetesObject['metadata'] & {
    readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1?: unknown }[];
  };
}

let controlPlane: ControlPlane;
let client: ApiClient;
let prometheus: RealPrometheus;
let controller: RunningController;

beforeAll(async () => {
  const components = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
  controlPlane = await startControlPlane({ components, startupSeconds: 2 });
  client = clientOf(controlPlane);
  await must(client, { method: 'POST', path: '/api/v1/nodes', body: { metadata: { name: 'node-1' } } });
  await makeNamespace(client, 'shop');
  await kubectl(controlPlane, 'create', '-f', requireForeignKind('scaledobjects.keda.sh'));
  await installFor(controlPlane, client, ['prescale-a']);
  await until('ScaledObjects are served', async () => {
    return (await client.call({ method: 'GET', path: SCALED_OBJECTS }, NEVER)).kind === 'ok';
  });
  prometheus = await startSteadyPrometheus();
  controller = await startController(controlPlane, {
    user: 'prescale-a',
    prometheusUrl: prometheus.url,
    tickSeconds: 2,
  });
});
afterAll(async () => {
  await controller?.process.kill();
  await client?.close();
  await prometheus?.remove();
  await controlPlane?.stop();
});

const hpa = (name: string, minReplicas: number) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, namespace: 'shop' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas,
    maxReplicas: 20,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ],
  },
});

const holder = (path: string, name: string) =>
  must<Holder>(client, { method: 'GET', path: `${path}/${name}` });
const minimum = async (path: string, name: string): Promise<number | undefined> => {
  const { spec } = await holder(path, name);
  return spec.minReplicas ?? spec.minReplicaCount;
};
const replicas = async (name: string): Promise<number> => {
  const { spec } = await must<{ spec: { replicas: number } }>(client, {
    method: 'GET',
    path: `${DEPLOYMENTS}/${name}`,
  });
  return spec.replicas;
};
const patch = (path: string, body: object) =>
  must(client, { method: 'PATCH', path, contentType: 'mergePatch', query: { fieldManager: 'owner' }, body });
const make = async (name: string, path: string, other: object): Promise<void> => {
  const body = { metadata: { name }, spec: podOwnerSpec(name, 2) };
  await must(client, { method: 'POST', path: DEPLOYMENTS, body });
  await must(client, { method: 'POST', path, body: other, query: { fieldManager: 'owner' } });
  await must(client, { method: 'POST', path: AUTOSCALERS, body: steadyPolicy(name, 'Floor') });
};
const isGone = async (name: string): Promise<boolean> => {
  const answer = await client.call({ method: 'GET', path: `${AUTOSCALERS}/${name}` }, NEVER);
  return answer.kind === 'refused' && answer.status === 404;
};
const isRaised = (path: string, name: string) =>
  until(`the minimum of ${name} is raised`, async () => ((await minimum(path, name)) ?? 0) > 6);
const ownersOf = ({ metadata }: Holder, field: string): readonly string[] =>
  (metadata.managedFields ?? [])
    .filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes(`"f:${field}"`))
    .map(({ manager }) => manager);

describe('the minimum of an HPA', () => {
  test('is raised, and the HPA follows; the object is held, and who owns the field can be seen', async () => {
    await make('web', HPAS, hpa('web', 2));
    await isRaised(HPAS, 'web');
    const raised = await holder(HPAS, 'web');
    expect(raised.metadata.annotations).toMatchObject({ [OWN]: '2', 'prescale.dev/floor-by': 'web' });
    expect(ownersOf(raised, 'minReplicas')).toEqual(['prescale']);
    const object = await must(client, { method: 'GET', path: `${AUTOSCALERS}/web` });
    expect(object.metadata.finalizers).toEqual(['prescale.dev/floor']);
    // The real HPA controller: it has no metrics here, and brings the count up to its minimum all the same.
    await until('the HPA follows', async () => (await replicas('web')) === raised.spec.minReplicas);
    expect(await kubectl(controlPlane, 'describe', 'psa', 'web', '-n', 'shop')).toContain(
      'minimum of HorizontalPodAutoscaler web is',
    );
  });

  test('a later edit by its owner is the minimum to put back, which needs no memory: a restart in between loses nothing', async () => {
    await patch(`${HPAS}/web`, { spec: { minReplicas: 3 } });
    await until('it is noted', async () => (await holder(HPAS, 'web')).metadata.annotations?.[OWN] === '3');
    expect(await minimum(HPAS, 'web')).toBeGreaterThan(6);
    await controller.process.kill();
    controller = await startController(controlPlane, {
      user: 'prescale-a',
      prometheusUrl: prometheus.url,
      tickSeconds: 2,
    });
    await patch(`${AUTOSCALERS}/web`, { spec: { mode: 'Recommend' } });
    await until('it is put back', async () => (await minimum(HPAS, 'web')) === 3);
    await until('the object is let go', async () => {
      const { metadata } = await must(client, { method: 'GET', path: `${AUTOSCALERS}/web` });
      return metadata.finalizers === undefined;
    });
    const back = await holder(HPAS, 'web');
    expect(Object.keys(back.metadata.annotations ?? {}).join()).not.toContain('prescale.dev');
    expect(ownersOf(back, 'minReplicas')).not.toContain('prescale');
  });

  test('comes back when the object is deleted, which is held until then', async () => {
    await patch(`${AUTOSCALERS}/web`, { spec: { mode: 'Floor' } });
    await isRaised(HPAS, 'web');
    await must(client, { method: 'DELETE', path: `${AUTOSCALERS}/web` });
    await until('the object is gone', () => isGone('web'));
    expect(await minimum(HPAS, 'web')).toBe(3);
  });

  test('where there is none, that is told', async () => {
    const body = { metadata: { name: 'lone' }, spec: podOwnerSpec('lone', 2) };
    await must(client, { method: 'POST', path: DEPLOYMENTS, body });
    await must(client, { method: 'POST', path: AUTOSCALERS, body: steadyPolicy('lone', 'Floor') });
    await until('it is told', async () => {
      const { status } = await must(client, { method: 'GET', path: `${AUTOSCALERS}/lone` });
      return (status as { reason?: string } | undefined)?.reason === 'NoAutoscaler';
    });
    expect(await replicas('lone')).toBe(2);
  });
});

test('prescale init writes a policy for what an HPA scales, which the server takes', async () => {
  const asked = ['init', '--from-hpa', 'shop/web', '--arrival-rate', 'rps', '--service-rate-rps', '25'];
  const flags = [
    ...asked,
    '--response-time',
    '250ms',
    '--json',
    '--kubeconfig',
    controlPlane.kubeconfigFile(),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/cli.ts', ...flags]);
  const made = await must(client, { method: 'POST', path: AUTOSCALERS, body: JSON.parse(stdout) as object });
  expect(made).toMatchObject({ metadata: { name: 'web' }, spec: { mode: 'Recommend', maxReplicas: 20 } });
  await must(client, { method: 'DELETE', path: `${AUTOSCALERS}/web` });
});

const CPU_TRIGGER = { type: 'cpu', metricType: 'Utilization', metadata: { value: '80' } };

test('the minimum of a ScaledObject that gives none is raised, and none when the custom resource is uninstalled', async () => {
  const scaleTargetRef = { name: 'queue' };
  await make('queue', SCALED_OBJECTS, {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'queue', namespace: 'shop' },
    spec: { scaleTargetRef, triggers: [CPU_TRIGGER] },
  });
  // Nobody plays KEDA here, so that the count stays at 2, and the floor at as much as may be asked for at once.
  await until('it is raised', async () => (await minimum(SCALED_OBJECTS, 'queue')) === 6);
  expect((await holder(SCALED_OBJECTS, 'queue')).metadata.annotations).toMatchObject({ [OWN]: 'none' });
  await kubectl(controlPlane, 'delete', 'crd', 'predictiveautoscalers.prescale.dev');
  await until('it is put back', async () => (await minimum(SCALED_OBJECTS, 'queue')) === undefined);
  await kubectl(controlPlane, 'apply', '-f', 'deploy/crd/predictiveautoscalers.yaml');
  await until('the kind is served again', async () => {
    return (await client.call({ method: 'GET', path: AUTOSCALERS }, NEVER)).kind === 'ok';
  });
});

test("the README's line puts every HPA back when the controller is gone, and lets the policy go", async () => {
  await make('left', HPAS, hpa('left', 4));
  await isRaised(HPAS, 'left');
  await controller.process.kill();
  const lines = readFileSync('README.md', 'utf8')
    .split('\n')
    .filter((line) => /^kubectl (get hpa -A -o go-template|patch psa)/.test(line))
    .map((line) => line.replace('psa checkout', 'psa left'));
  expect(lines).toHaveLength(2);
  const env = {
    ...process.env,
    KUBECONFIG: controlPlane.kubeconfigFile(),
    PATH: `${dirname(requireProgram('kubectl'))}:${process.env['PATH']}`,
  };
  for (const line of lines) await promisify(exec)(line, { env });
  expect(await minimum(HPAS, 'left')).toBe(4);
  await must(client, { method: 'DELETE', path: `${AUTOSCALERS}/left` });
  await until('the object is gone', () => isGone('left'));
});
