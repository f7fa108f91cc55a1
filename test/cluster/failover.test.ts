/**
 * kill -9 of the leader while somebody disturbs the target, so that whoever leads has to write in every tick. The witness
 * is the API server's audit log. Three kills here; `npm run soak:cluster` makes it fifty.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { autoscalersPath } from '../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import type { RealPrometheus } from '../integration/prometheus/real-prometheus.ts';
import { scaleWrites, type ScaleWritten } from './harness/audit-log.ts';
import { clientOf, must, until } from './harness/client.ts';
import { startController, type RunningController } from './harness/controller.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installFor } from './harness/installed.ts';
import { startSteadyPrometheus, steadyPolicy } from './harness/steady-shop.ts';
import { makeNamespace, podOwnerSpec } from './harness/workloads.ts';

const KILLS = Number(process.env['PRESCALE_KILLS'] ?? 3);
const TICK_SECONDS = 3;
/** A minute each, and two for what comes before: how long it may take is checked kill by kill. */
const TIMEOUT_MS = (KILLS + 2) * 60_000;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
/** Lease duration and two retry periods, a tick, and what a write takes. */
const TAKE_OVER_SECONDS = 15 + 2 * 2 + TICK_SECONDS + 2;

let controlPlane: ControlPlane;
let client: ApiClient;
let prometheus: RealPrometheus;
const controllers = new Set<RunningController>();

beforeAll(async () => {
  controlPlane = await startControlPlane({ components: ['kube-controller-manager'] });
  client = clientOf(controlPlane);
  await makeNamespace(client, 'shop');
  await installFor(controlPlane, client, ['prescale-a', 'prescale-b']);
  prometheus = await startSteadyPrometheus(2);
  const body = { metadata: { name: 'web' }, spec: podOwnerSpec('web', 3) };
  await must(client, { method: 'POST', path: DEPLOYMENTS, body });
  await must(client, { method: 'POST', path: autoscalersPath('shop'), body: steadyPolicy('web', 'Scale') });
});
afterAll(async () => {
  for (const { process } of controllers) await process.kill();
  await client?.close();
  await prometheus?.remove();
  await controlPlane?.stop();
});

const start = async (user: RunningController['user']): Promise<RunningController> => {
  const prometheusUrl = prometheus.url;
  const controller = await startController(controlPlane, { user, prometheusUrl, tickSeconds: TICK_SECONDS });
  controllers.add(controller);
  return controller;
};

async function disturb(signal: AbortSignal): Promise<void> {
  const call = {
    method: 'PATCH',
    path: `${DEPLOYMENTS}/web`,
    contentType: 'mergePatch',
    body: { spec: { replicas: 2 } },
    query: { fieldManager: 'somebody' },
  } as const;
  while (!signal.aborted) {
    await must(client, call).catch(() => undefined);
    await sleep(500);
  }
}

const lastWriter = (): string | undefined => scaleWrites(controlPlane).at(-1)?.user;

test(
  `kill -9 of the leader, ${KILLS} times: the other takes over in time, no former leader writes, none asks for less`,
  async () => {
    let leader = await start('prescale-a');
    await until('the first leads and writes', () => lastWriter() === leader.user);
    let follower = await start('prescale-b');
    const disturbing = new AbortController();
    const disturbance = disturb(disturbing.signal);
    const takeOverSeconds: number[] = [];
    const reigns = [leader.user];
    for (let kill = 0; kill < KILLS; kill += 1) {
      await leader.process.kill();
      controllers.delete(leader);
      const killedMs = Date.now();
      await until('the other writes', () => lastWriter() === follower.user);
      takeOverSeconds.push((Date.now() - killedMs) / 1000);
      const { user } = leader;
      leader = follower;
      reigns.push(leader.user);
      follower = await start(user);
    }
    disturbing.abort();
    await disturbance;
    const writes = scaleWrites(controlPlane);
    console.log(summaryOf(takeOverSeconds, writes));
    expect(Math.max(...takeOverSeconds)).toBeLessThan(TAKE_OVER_SECONDS);
    // One reign after the other: nobody writes again once the next has written.
    const writers = writes.map(({ user }) => user);
    expect(writers.filter((user, index) => user !== writers[index - 1])).toEqual(reigns);
    // The load is the same all the time: whoever takes over asks for no less.
    expect(Math.min(...writes.map(({ replicas }) => replicas))).toBeGreaterThanOrEqual(
      writes[0].replicas - 1,
    );
  },
  TIMEOUT_MS,
);

function summaryOf(takeOverSeconds: readonly number[], writes: readonly ScaleWritten[]): string {
  const sorted = takeOverSeconds.toSorted((a, b) => a - b);
  const [p50, most] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${sorted.length} kills: taken over within ${p50} s (p50), ${most} s (max); ${writes.length} writes`;
}
