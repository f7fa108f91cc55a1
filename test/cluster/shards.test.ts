/**
 * kill -9 among three controllers that share six shards, while somebody disturbs every target, so that each owner has to
 * write in every tick. The witness is the API server's audit log. It takes half a minute for each kill: `npm run
 * soak:shards` makes fifty.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { autoscalersPath } from '../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import { shardOf } from '../../src/control/shards/shard-of.ts';
import type { RealPrometheus } from '../integration/prometheus/real-prometheus.ts';
import { fencedWrites, scaleWrites } from './harness/audit-log.ts';
import { clientOf, must, until } from './harness/client.ts';
import { metricOf, startController, type RunningController } from './harness/controller.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installFor } from './harness/installed.ts';
import { startSteadyPrometheus, steadyPolicy } from './harness/steady-shop.ts';
import { makeNamespace, podOwnerSpec } from './harness/workloads.ts';

const KILLS = Number(process.env['PRESCALE_SHARD_KILLS'] ?? 0);
const SHARDS = 6;
const TICK_SECONDS = 5;
const LEASE_SECONDS = 15;
const USERS = ['prescale-a', 'prescale-b', 'prescale-c'] as const;
/** A minute each, and three for what comes before. */
const TIMEOUT_MS = (KILLS + 3) * 60_000;
/** One of each shard. */
const NAMESPACES = Array.from({ length: SHARDS }, (_, shard) =>
  Array.from({ length: 1000 }, (__, index) => `team-${index}`).find((one) => shardOf(one, SHARDS) === shard)!,
);
const deployments = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;

let controlPlane: ControlPlane;
let client: ApiClient;
let prometheus: RealPrometheus;
const controllers = new Map<string, RunningController>();

// "Short" is what CI runs: shards on real Leases in leader.test.ts.
describe.skipIf(KILLS === 0)('shards of three controllers (PRESCALE_SHARD_KILLS says how many kills)', () => {
  beforeAll(async () => {
    controlPlane = await startControlPlane({ components: ['kube-controller-manager'] });
    client = clientOf(controlPlane);
    for (const namespace of NAMESPACES) await makeNamespace(client, namespace);
    await installFor(controlPlane, client, USERS);
    prometheus = await startSteadyPrometheus(2);
    for (const namespace of NAMESPACES) {
      const body = { metadata: { name: 'web' }, spec: podOwnerSpec('web', 3) };
      await must(client, { method: 'POST', path: deployments(namespace), body });
      const policy = steadyPolicy('web', 'Scale', { namespace });
      await must(client, { method: 'POST', path: autoscalersPath(namespace), body: policy });
    }
    await Promise.all(USERS.map(start));
  });
  afterAll(async () => {
    for (const { process } of controllers.values()) await process.kill();
    await client?.close();
    await prometheus?.remove();
    await controlPlane?.stop();
  });

  test(
    `kill -9, ${KILLS} times: the others take over in time, and each write is of who holds the Lease`,
    async () => {
      const disturbing = new AbortController();
      const disturbance = disturb(disturbing.signal);
      await settled();
      const unattendedSeconds: number[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const user = USERS[kill % USERS.length];
        unattendedSeconds.push(...(await killAndWait(user)));
        await start(user);
        await settled();
      }
      disturbing.abort();
      await disturbance;
      const writes = fencedWrites(controlPlane, (one) => `prescale-shard-${shardOf(one, SHARDS)}`);
      console.log(summaryOf(unattendedSeconds, writes.length));
      expect(writes.filter(({ user, holder }) => user !== holder)).toEqual([]);
      expect(unattendedSeconds).toHaveLength(2 * KILLS);
      expect(Math.max(...unattendedSeconds)).toBeLessThanOrEqual(LEASE_SECONDS + 2 * TICK_SECONDS);
      // The load is the same all the time: whoever takes over asks for no less.
      const replicas = writes.map((one) => one.replicas);
      expect(Math.min(...replicas)).toBeGreaterThanOrEqual(replicas[0] - 1);
    },
    TIMEOUT_MS,
  );
});

async function start(user: (typeof USERS)[number]): Promise<void> {
  const flags = { shards: String(SHARDS) };
  const how = { user, prometheusUrl: prometheus.url, tickSeconds: TICK_SECONDS, flags };
  controllers.set(user, await startController(controlPlane, how));
}

/** Until each holds two. */
async function settled(): Promise<void> {
  await until('each holds its share', async () => {
    const held = await Promise.all(
      [...controllers.values()].map((one) => metricOf(one, 'prescale_shards_held')),
    );
    return held.length === USERS.length && held.every((count) => count === SHARDS / USERS.length);
  });
  await until('each has written its targets', () =>
    USERS.every((user) => NAMESPACES.filter((one) => ownerOf(one) === user).length === SHARDS / USERS.length),
  );
}

function ownerOf(namespace: string): string | undefined {
  return scaleWrites(controlPlane).findLast((one) => one.namespace === namespace)?.user;
}

/** For each namespace that it owned, the seconds from its end to the next one's first write. */
async function killAndWait(user: string): Promise<readonly number[]> {
  const owned = NAMESPACES.filter((one) => ownerOf(one) === user);
  await controllers.get(user)!.process.kill();
  controllers.delete(user);
  const killedMs = Date.now();
  const nextOf = (namespace: string) =>
    scaleWrites(controlPlane).find(
      (one) => one.namespace === namespace && one.user !== user && one.atMs > killedMs,
    );
  return Promise.all(
    owned.map(async (namespace) => {
      const next = await until(`another writes in ${namespace}`, () => nextOf(namespace));
      return (next.atMs - killedMs) / 1000;
    }),
  );
}

async function disturb(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const calls = NAMESPACES.map((namespace) => ({
      method: 'PATCH' as const,
      path: `${deployments(namespace)}/web`,
      contentType: 'mergePatch' as const,
      body: { spec: { replicas: 2 } },
      query: { fieldManager: 'somebody' },
    }));
    await Promise.all(calls.map((call) => must(client, call).catch(() => undefined)));
    await sleep(1000);
  }
}

function summaryOf(seconds: readonly number[], writes: number): string {
  const sorted = seconds.toSorted((a, b) => a - b);
  const [p50, most] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${KILLS} kills, ${sorted.length} shards taken over within ${p50} s (p50), ${most} s (max); ${writes} writes`;
}
