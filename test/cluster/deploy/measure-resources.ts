/**
 * What one replica of the controller takes, for `resources` in deploy/: `npm run build && npx tsx test/cluster/deploy/measure-resources.ts
 * [policies ...]` (1, 50 and 200 unless given). A real control plane, a real Prometheus with two weeks of one-minute
 * samples, policies with the schema's defaults, ticks of 15 s; memory is the peak of the process, start included, CPU its
 * own time over a minute after the first 90 s.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import {
  backfill,
  makePrometheusDir,
  startPrometheus,
} from '../../integration/prometheus/real-prometheus.ts';
import { clientOf, must, until } from '../harness/client.ts';
import { startControlPlane } from '../harness/control-plane.ts';
import { freePorts } from '../harness/free-port.ts';
import { kubectl } from '../harness/installed.ts';
import { cpuSeconds, residentBytes } from '../harness/process-usage.ts';
import { makeNamespace, podOwnerSpec } from '../harness/workloads.ts';
import { startPod } from './installation.ts';

const SETTLE_SECONDS = 90;
const OBSERVED_SECONDS = 60;
const STEP_SECONDS = 60;
const DAYS = 14;

async function measure(policies: number): Promise<string> {
  const components = ['kube-controller-manager', 'kwok'] as const;
  const controlPlane = await startControlPlane({ components });
  const client = clientOf(controlPlane);
  const dir = await makePrometheusDir();
  await backfill(dir, [{ metric: 'rps', labels: {}, series: twoWeeks() }]);
  const prometheus = await startPrometheus(dir);
  try {
    await kubectl(controlPlane, 'apply', '--server-side', '-k', 'deploy/overlays/scale');
    await makeNamespace(client, 'shop');
    for (let index = 0; index < policies; index += 1) {
      const name = `app-${index}`;
      const body = { metadata: { name }, spec: podOwnerSpec(name, 2) };
      await must(client, { method: 'POST', path: '/apis/apps/v1/namespaces/shop/deployments', body });
      await until('a policy is taken', () =>
        must(client, { method: 'POST', path: autoscalersPath('shop'), body: policy(name, index) }).catch(
          () => undefined,
        ),
      );
    }
    const [probesPort, apiPort] = await freePorts(2);
    const start = {
      namespace: 'prescale-system',
      prometheusUrl: prometheus.url,
      probesPort,
      apiPort,
      tickSeconds: 15,
    };
    const { process: running, probesUrl } = await startPod(controlPlane, start);
    await sleep(SETTLE_SECONDS * 1000);
    const before = await cpuSeconds(running.pid);
    await sleep(OBSERVED_SECONDS * 1000);
    const cores = ((await cpuSeconds(running.pid)) - before) / OBSERVED_SECONDS;
    const metrics = await (await fetch(`${probesUrl}/metrics`)).text();
    const decided = new Set(metrics.match(/^prescale_arrival_rate_rps\{.*\}/gm)).size;
    const peak = Math.round((await residentBytes(running.pid, 'VmHWM')) / 1e6);
    await running.kill();
    return `${policies} policies (${decided} with metrics): peak ${peak} MB, ${(cores * 1000).toFixed(0)} m CPU`;
  } finally {
    await client.close();
    await prometheus.remove();
    await controlPlane.stop();
  }
}

function twoWeeks() {
  const endAtMs = Math.floor(Date.now() / 60_000) * 60_000 + 20 * 60_000;
  const length = (DAYS * 24 * 3600) / STEP_SECONDS;
  const values = Float64Array.from(
    { length },
    (_, slot) => 500 + 300 * Math.sin((slot / 1440) * 2 * Math.PI) + 40 * Math.sin(slot * 2.4),
  );
  return { startAtMs: endAtMs - length * 60_000, stepSeconds: STEP_SECONDS, values };
}

const policy = (name: string, index: number) => ({
  apiVersion: 'prescale.dev/v1alpha1',
  kind: 'PredictiveAutoscaler',
  metadata: { name },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: 1,
    maxReplicas: 50,
    metrics: { delay: '1m', staleAfter: '5m', arrivalRate: { query: `rps * ${1 + index / 100}` } },
    capacity: { serviceRateRps: 25, serversPerReplica: 8, startupTime: '60s' },
    slo: { responseTime: '250ms', objective: 0.99 },
  },
});

const counts = process.argv.slice(2).map(Number);
for (const count of counts.length > 0 ? counts : [1, 50, 200]) console.log(await measure(count));
