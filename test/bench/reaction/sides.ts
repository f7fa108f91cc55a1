/** Who scales the fleet: the controller, or Kubernetes' own HPA. */
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import { until } from '../../cluster/harness/client.ts';
import { startController } from '../../cluster/harness/controller.ts';
import { installFor } from '../../cluster/harness/installed.ts';
import { startMetricsApi } from '../../cluster/harness/metrics-api.ts';
import { REPLICAS, type FleetSite } from './fleet-site.ts';
import type { ShopLoad } from './shop-load.ts';

export const SIDES = ['prescale', 'hpa'] as const;
export type Side = (typeof SIDES)[number];

export interface RunningSide {
  /** As the audit log names it. */
  readonly user: RegExp;
  /** The process that scales, whatever else it does. */
  readonly pid: number;
  stop(): Promise<void>;
}

const TICK_SECONDS = 15;
const POD_RPS = 10;
const TARGET_RATIO = 0.7;
const MAX_REPLICAS = 20;
const WATCHED_WITHIN_SECONDS = 300;

export const START: Readonly<Record<Side, (site: FleetSite, load: ShopLoad) => Promise<RunningSide>>> = {
  prescale: startPrescale,
  hpa: startHpa,
};

async function startPrescale(site: FleetSite, load: ShopLoad): Promise<RunningSide> {
  const { controlPlane, client, members } = site;
  await installFor(controlPlane, client, ['prescale-a']);
  await site.makeForEach(({ namespace, name }) => ({
    method: 'POST',
    path: autoscalersPath(namespace),
    body: policyOf(namespace, name),
  }));
  const controller = await startController(controlPlane, {
    user: 'prescale-a',
    prometheusUrl: load.prometheus.url,
    tickSeconds: TICK_SECONDS,
  });
  await until(
    'all workloads are measured',
    async () => {
      const text = await (await fetch(`${controller.probesUrl}/metrics`)).text();
      return (text.match(/^prescale_arrival_rate_rps\{/gm) ?? []).length === members.length;
    },
    WATCHED_WITHIN_SECONDS,
  );
  const { process } = controller;
  return { user: /^prescale-a$/, pid: process.pid, stop: () => process.kill() };
}

function policyOf(namespace: string, name: string): object {
  return {
    apiVersion: 'prescale.dev/v1alpha1',
    kind: 'PredictiveAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      mode: 'Scale',
      minReplicas: REPLICAS,
      maxReplicas: MAX_REPLICAS,
      metrics: { delay: '5s', staleAfter: '2m', arrivalRate: { query: `rps{app="${name}"}` } },
      capacity: { serviceRateRps: POD_RPS, serversPerReplica: 1, startupTime: '30s' },
      slo: { responseTime: '500ms', objective: 0.99 },
    },
  };
}

/** Its metric is what Prometheus has at that moment: an adapter that costs nothing. */
async function startHpa(site: FleetSite, load: ShopLoad): Promise<RunningSide> {
  const { controlPlane, client } = site;
  const metrics = await startMetricsApi(client, controlPlane.folder, {
    cpu: () => Promise.resolve(undefined),
    // A connection that breaks is an adapter that fails, and is asked again at the next sync.
    external: (metric) =>
      load.scrapedRps(metric).then(
        (rateRps) => 1000 * rateRps,
        () => undefined,
      ),
  });
  await site.makeForEach(({ namespace, name }) => ({
    method: 'POST',
    path: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    body: { metadata: { name }, spec: hpaSpec(name) },
  }));
  return {
    user: /horizontal-pod-autoscaler/,
    pid: controlPlane.process('kube-controller-manager').pid,
    stop: () => metrics.stop(),
  };
}

function hpaSpec(name: string): object {
  const target = { type: 'AverageValue', averageValue: `${TARGET_RATIO * POD_RPS}` };
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: REPLICAS,
    maxReplicas: MAX_REPLICAS,
    metrics: [{ type: 'External', external: { metric: { name }, target } }],
  };
}
