/** What the real HPA scales, and how: each a Deployment of its own. */
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import type { ReplayAutoscaler } from '../../../src/replay/autoscaler.ts';
import { createHpa, createRequestsHpa } from '../../../src/replay/baselines/hpa.ts';
import { must, until } from '../harness/client.ts';
import { podOwnerSpec, podsOf } from '../harness/workloads.ts';
import { BEHAVIOR } from './scale-of-time.ts';

export interface HpaWorkload {
  readonly name: string;
  readonly metric: 'cpu' | 'external';
  readonly metricSpec: object;
  /** Without one HPA goes by its controller's flags. */
  readonly behavior?: object;
  readonly baseline: (scaleDownWindowSeconds: number) => ReplayAutoscaler;
}

/** Requests per second that a pod of one core can serve. */
export const POD_RPS = 10;
export const POD_MILLICORES = 1000;
const TARGET_RATIO = 0.7;

const cpu = (target: object): object => ({ type: 'Resource', resource: { name: 'cpu', target } });

export const WORKLOADS: readonly HpaWorkload[] = [
  {
    name: 'utilization',
    metric: 'cpu',
    metricSpec: cpu({ type: 'Utilization', averageUtilization: 100 * TARGET_RATIO }),
    behavior: BEHAVIOR,
    baseline: (scaleDownWindowSeconds) =>
      createHpa('hpa', { target: { type: 'Utilization', ratio: TARGET_RATIO }, scaleDownWindowSeconds }),
  },
  {
    name: 'amount',
    metric: 'cpu',
    metricSpec: cpu({ type: 'AverageValue', averageValue: `${TARGET_RATIO * POD_MILLICORES}m` }),
    behavior: BEHAVIOR,
    baseline: (scaleDownWindowSeconds) =>
      createHpa('hpa', { target: { type: 'AverageValue', ratio: TARGET_RATIO }, scaleDownWindowSeconds }),
  },
  {
    name: 'no-behavior',
    metric: 'cpu',
    metricSpec: cpu({ type: 'Utilization', averageUtilization: 80 }),
    baseline: (scaleDownWindowSeconds) =>
      createHpa('hpa', { target: { type: 'Utilization', ratio: 0.8 }, scaleDownWindowSeconds }),
  },
  {
    name: 'requests',
    metric: 'external',
    metricSpec: {
      type: 'External',
      external: {
        metric: { name: 'requests' },
        target: { type: 'AverageValue', averageValue: `${TARGET_RATIO * POD_RPS}` },
      },
    },
    behavior: BEHAVIOR,
    baseline: (scaleDownWindowSeconds) =>
      createRequestsHpa('hpa', { targetRps: TARGET_RATIO * POD_RPS, scaleDownWindowSeconds }),
  },
];

const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';

export async function deploy(client: ApiClient, name: string, replicas: number): Promise<void> {
  const spec = podOwnerSpec(name, replicas) as {
    template: { metadata: object; spec: { containers: object[] } };
  };
  const requests = { cpu: `${POD_MILLICORES}m` };
  const containers = [{ name: 'app', image: 'none', resources: { requests } }];
  const template = { ...spec.template, spec: { containers } };
  await must(client, {
    method: 'POST',
    path: DEPLOYMENTS,
    body: { metadata: { name }, spec: { ...spec, template } },
  });
  await until('its pods are there', async () => (await podsOf(client, name)).length === replicas);
}

export async function autoscale(
  client: ApiClient,
  { name, metricSpec, behavior }: HpaWorkload,
): Promise<void> {
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: 1,
    maxReplicas: 1000,
    metrics: [metricSpec],
    ...(behavior && { behavior }),
  };
  const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
  await must(client, { method: 'POST', path, body: { metadata: { name }, spec } });
}

export interface Scale {
  readonly asked: number;
  /** Pods that there are. */
  readonly made: number;
}

export async function scaleOf(client: ApiClient, name: string): Promise<Scale> {
  const path = `${DEPLOYMENTS}/${name}/scale`;
  const { spec, status } = await must<{ spec: { replicas: number }; status: { replicas: number } }>(client, {
    method: 'GET',
    path,
  });
  return { asked: spec.replicas, made: status.replicas };
}
