/** A shop under a load that never changes, so that every right write is known: what the tests of faults judge by. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import type { AutoscalerStatus } from '../../../src/explain/status-of.ts';
import { scaleWrites, type ScaleWritten } from '../harness/audit-log.ts';
import { clientOf, must, NEVER, until } from '../harness/client.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { installFor } from '../harness/installed.ts';
import { steadyPolicy, type SteadyMore } from '../harness/steady-shop.ts';
import { makeNamespace, podOwnerSpec, replicasAskedFor } from '../harness/workloads.ts';

export const TICK_SECONDS = 2;
/** How long a fault lasts, where it may last as long as one likes. */
export const FAULT_SECONDS = Number(process.env['PRESCALE_FAULT_SECONDS'] ?? 10);

/** For a test with one fault: that, and as much as may pass before and after it. */
export const TIMEOUT_MS = (FAULT_SECONDS + 170) * 1000;

const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
/** Nothing but the load and the guards for missing data holds a scale-down back here: a wrong one would be carried out. */
const AT_ONCE = { scaleDown: { stabilizationWindowSeconds: 0 } };
/** The load wavers by 2 %. */
const WAVER_REPLICAS = 1;
const TAKEN_AWAY_REPLICAS = 3;

export interface Shop {
  readonly controlPlane: ControlPlane;
  readonly client: ApiClient;
  /** A Deployment and its policy. */
  make(name: string, more?: SteadyMore): Promise<void>;
  makePolicy(name: string, more?: SteadyMore): Promise<void>;
  /** What the load needs; resolves when the Deployment has that many, and nothing more is asked for. */
  settles(name: string): Promise<number>;
  /** Somebody takes three replicas away. */
  disturb(name: string): Promise<void>;
  /** Seconds from now until the Deployment has again what it needs. */
  mended(name: string, withinSeconds?: number): Promise<number>;
  status(name: string): Promise<AutoscalerStatus | undefined>;
  /** Successful writes of the controllers since then. */
  writesSince(atMs: number, name?: string): readonly ScaleWritten[];
  /**
   * Each write asked for what the load needs, or gave back a part of what was taken away: what is taken twice within the
   * 15 s of the usual scale-up policy is not given back at once. `logOf`: what whoever wrote has to say, where one did not.
   */
  expectRightWrites(sinceMs: number, logOf?: (user: string) => string | undefined): void;
  close(): Promise<void>;
}

export async function openShop(users: readonly string[]): Promise<Shop> {
  const components = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
  const controlPlane = await startControlPlane({ components });
  const client = clientOf(controlPlane);
  await must(client, { method: 'POST', path: '/api/v1/nodes', body: { metadata: { name: 'node-1' } } });
  await makeNamespace(client, 'shop');
  await installFor(controlPlane, client, users);
  const needs = new Map<string, number>();
  const isMet = async (name: string): Promise<boolean> =>
    Math.abs((await replicasAskedFor(client, name)) - needs.get(name)!) <= WAVER_REPLICAS;
  const writesSince = (atMs: number, name?: string): readonly ScaleWritten[] =>
    scaleWrites(controlPlane).filter(
      (write) => write.atMs >= atMs && (name === undefined || write.target === name),
    );
  const makePolicy = async (name: string, more: SteadyMore = {}): Promise<void> => {
    const body = steadyPolicy(name, 'Scale', { behavior: AT_ONCE, ...more });
    await must(client, { method: 'POST', path: autoscalersPath('shop'), body });
  };
  return {
    controlPlane,
    client,
    async make(name, more) {
      const body = { metadata: { name }, spec: podOwnerSpec(name, 6) };
      await must(client, { method: 'POST', path: DEPLOYMENTS, body });
      await makePolicy(name, more);
    },
    makePolicy,
    async settles(name) {
      let before = NaN;
      const needed = await until(`${name} rests`, async () => {
        const now = await replicasAskedFor(client, name);
        const rests = now === before && now > 6;
        before = now;
        await sleep(2 * TICK_SECONDS * 1000);
        return rests ? now : undefined;
      });
      needs.set(name, needed);
      return needed;
    },
    async disturb(name) {
      const replicas = needs.get(name)! - TAKEN_AWAY_REPLICAS;
      const taken = {
        method: 'PATCH',
        path: `${DEPLOYMENTS}/${name}`,
        contentType: 'mergePatch',
        body: { spec: { replicas } },
        query: { fieldManager: 'somebody' },
      } as const;
      await until('somebody may change it', async () => (await client.call(taken, NEVER)).kind === 'ok');
    },
    async mended(name, withinSeconds = 60) {
      const beganMs = performance.now();
      await until(`${name} is mended`, () => isMet(name).catch(() => false), withinSeconds);
      return (performance.now() - beganMs) / 1000;
    },
    status: async (name) =>
      (await must(client, { method: 'GET', path: `${autoscalersPath('shop')}/${name}` })).status as
        AutoscalerStatus | undefined,
    writesSince,
    expectRightWrites(sinceMs, logOf) {
      for (const { target, replicas, user } of writesSince(sinceMs))
        expect(
          replicas - needs.get(target)!,
          `${user}: ${target} -> ${replicas}\n${logOf?.(user) ?? ''}`,
        ).toSatisfy((more: number) => more > -TAKEN_AWAY_REPLICAS && more <= WAVER_REPLICAS);
    },
    async close() {
      await client.close();
      await controlPlane.stop();
    },
  };
}
