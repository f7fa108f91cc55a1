/**
 * The replay's HPA against the real HorizontalPodAutoscaler controller, sync by sync: `npm run soak:hpa` for two hours of
 * virtual load (ramps, drops, missing metrics, unready pods), a little of all that here.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { clientOf } from '../harness/client.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { startMetricsApi, type MetricsApi } from '../harness/metrics-api.ts';
import { makeNamespace } from '../harness/workloads.ts';
import { MANAGER_FLAGS } from './scale-of-time.ts';
import { createSyncBySync, type ComparedSync, type SyncBySync } from './sync-by-sync.ts';
import { virtualLoad } from './virtual-load.ts';
import { autoscale, deploy, WORKLOADS } from './workload.ts';

const LENGTH = process.env['PRESCALE_HPA_LENGTH'] === 'long' ? 'long' : 'short';
const LEAST_EQUAL_RATIO = 0.99;
const FIRST_REPLICAS = 20;
const PATIENCE_MS = 20 * 60_000;

let controlPlane: ControlPlane;
let client: ApiClient;
let metrics: MetricsApi;
const runs = new Map<string, SyncBySync>();

beforeAll(async () => {
  controlPlane = await startControlPlane({
    components: ['kube-controller-manager'],
    managerFlags: MANAGER_FLAGS,
  });
  client = clientOf(controlPlane, { timeoutSeconds: 60 });
  await makeNamespace(client, 'shop');
  metrics = await startMetricsApi(client, controlPlane.folder, {
    cpu: async (app) => runs.get(app)!.cpu(),
    external: async (metric) => runs.get(metric)!.external(),
  });
  const load = virtualLoad(LENGTH, 7);
  for (const workload of WORKLOADS) await deploy(client, workload.name, FIRST_REPLICAS);
  for (const workload of WORKLOADS) {
    runs.set(workload.name, createSyncBySync(client, workload, load));
    await autoscale(client, workload);
  }
});
afterAll(async () => {
  await metrics?.stop();
  await client?.close();
  await controlPlane?.stop();
});

test(
  'asks for what the real HPA asks for',
  async () => {
    const all: ComparedSync[] = [];
    for (const [name, run] of runs) {
      const syncs = await run.compared();
      tell(name, syncs);
      all.push(...syncs);
    }
    tell('all', all);
    for (const [what, isSuch] of Object.entries(KINDS)) expect(all.some(isSuch), what).toBe(true);
    expect(all.filter((one) => !isEqual(one) && explanationOf(one) === undefined)).toEqual([]);
    expect(all.filter(isEqual).length / all.length).toBeGreaterThanOrEqual(LEAST_EQUAL_RATIO);
  },
  PATIENCE_MS,
);

const isEqual = (one: ComparedSync): boolean => one.hpaReplicas === one.baselineReplicas;

/** Three things are known in which they differ. */
function explanationOf(compared: ComparedSync): string | undefined {
  const { hpaReplicas, atWindowEdge, lateStarters, isScaleOld } = compared;
  if (lateStarters > 0) return 'pods that took longer to start than the CPU initialization period';
  if (atWindowEdge.includes(hpaReplicas)) return 'a recommendation at the very edge of the window';
  if (isScaleOld) return 'pods that were still being made when it looked';
  return undefined;
}

/** What must have happened for the comparison to tell anything. */
const KINDS: Readonly<Record<string, (one: ComparedSync) => boolean>> = {
  up: (one) => one.hpaReplicas > one.currentReplicas,
  down: (one) => one.hpaReplicas < one.currentReplicas,
  'with unready pods': (one) => one.unreadyReplicas > 0,
  'with pods of which nothing came': (one) => one.missingReplicas > 0,
  'without metrics': (one) => one.trouble === 'down',
};

function tell(name: string, syncs: readonly ComparedSync[]): void {
  const kinds = Object.entries(KINDS).map(([what, isSuch]) => `${syncs.filter(isSuch).length} ${what}`);
  const different = syncs.filter((one) => !isEqual(one));
  const percent = (100 * (1 - different.length / syncs.length)).toFixed(2);
  console.log(`${name}: ${syncs.length} syncs (${kinds.join(', ')}), ${percent} % equal`);
  if (name === 'all') return;
  for (const one of different) console.log(`  ${explanationOf(one)}: ${JSON.stringify(one)}`);
}
