/**
 * Faults between two controllers and the API server, one after the other, each with the same questions: was each write
 * right, did each controller live on, and how long did it take until what somebody had disturbed was mended again? The
 * witness is the API server's audit log.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import type { RealPrometheus } from '../../integration/prometheus/real-prometheus.ts';
import { must, NEVER, until } from '../harness/client.ts';
import { metricOf, startController, type RunningController } from '../harness/controller.ts';
import { kubectl } from '../harness/installed.ts';
import { makeNarrowLevel, refusals, takeSeat } from '../harness/narrow-level.ts';
import { startMetricsRelay, type MetricsRelay } from '../harness/metrics-relay.ts';
import { startSteadyPrometheus } from '../harness/steady-shop.ts';
import { startTcpRelay, type TcpRelay } from '../harness/tcp-relay.ts';
import { recoveryTable, type RecoveryRow } from './recovery-table.ts';
import { FAULT_SECONDS, openShop, TICK_SECONDS, TIMEOUT_MS, type Shop } from './shop.ts';

vi.setConfig({ testTimeout: TIMEOUT_MS });

const USERS = ['prescale-a', 'prescale-b'] as const;
type Replica = (typeof USERS)[number];
/** A leader that cannot renew stops after 10 s, another starts 15 s after what it last saw, and two retries. */
const TAKE_OVER_SECONDS = 15 + 2 * 2 + TICK_SECONDS + 2;
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/prescale-system/leases/prescale';
const CLOCK_JUMP_SECONDS = 300;
const SWITCH = '/api/v1/namespaces/prescale-system/configmaps';

let shop: Shop;
let prometheus: RealPrometheus;
let metrics: MetricsRelay;
const relays = new Map<Replica, TcpRelay>();
const controllers = new Map<Replica, RunningController>();
const rows: RecoveryRow[] = [];
let beganMs: number;

beforeAll(async () => {
  [shop, prometheus] = await Promise.all([openShop(USERS), startSteadyPrometheus()]);
  // Five minutes ago there was a third of the load: a write for that would be a wrong one.
  metrics = await startMetricsRelay(() => prometheus.url, { pastDivisor: 3 });
  await shop.make('web');
  for (const user of USERS) {
    relays.set(user, await startTcpRelay(Number(new URL(shop.controlPlane.url).port)));
    controllers.set(
      user,
      await startController(shop.controlPlane, {
        user,
        prometheusUrl: metrics.url,
        tickSeconds: TICK_SECONDS,
        relayPort: relays.get(user)!.port,
        clockJumpSeconds: CLOCK_JUMP_SECONDS,
        flags: { 'stop-file': stopFileOf(user) },
      }),
    );
  }
  await shop.settles('web');
});
afterAll(async () => {
  console.log(recoveryTable(rows));
  for (const { process } of controllers.values()) await process.kill();
  for (const relay of relays.values()) await relay.stop();
  await metrics?.stop();
  await prometheus?.remove();
  await shop?.close();
});
beforeEach(() => {
  beganMs = Date.now();
});
afterEach(async () => {
  shop.expectRightWrites(beganMs, (user) => controllers.get(user as Replica)?.process.logTail());
  for (const { process } of controllers.values()) expect(process.hasEnded(), process.logTail()).toBe(false);
  await until('one leads', async () => (await leaders()).length === 1);
});

const stopFileOf = (user: Replica): string => join(shop.controlPlane.folder, `${user}.stop`);
const ticks = (count: number): Promise<void> => sleep(count * TICK_SECONDS * 1000);
const reasonOf = async (name: string): Promise<string | undefined> => (await shop.status(name))?.reason;

async function leaders(): Promise<readonly Replica[]> {
  const asked = [...controllers].map(async ([user, controller]) => {
    const leads = await metricOf(controller, 'prescale_leader').catch(() => 0);
    return leads === 1 ? [user] : [];
  });
  return (await Promise.all(asked)).flat();
}

async function leader(): Promise<Replica> {
  return until('one leads', async () => (await leaders())[0]);
}

/** Writes since the test began, told apart by who wrote them, in their order: nobody writes again after the next. */
function reigns(): readonly string[] {
  const writers = shop.writesSince(beganMs).map(({ user }) => user);
  return writers.filter((user, index) => user !== writers[index - 1]);
}

/** Held for as long as `during` takes; from then on it is waited for what was disturbed to be mended. */
async function measured(fault: string, during: () => Promise<void>): Promise<number> {
  const faultMs = Date.now();
  await during();
  const endedMs = Date.now();
  await shop.disturb('web');
  await shop.mended('web');
  const recoveredSeconds = (Date.now() - endedMs) / 1000;
  const writes = shop.writesSince(faultMs).filter(({ atMs }) => atMs < endedMs).length;
  rows.push({ fault, heldSeconds: (endedMs - faultMs) / 1000, recoveredSeconds, writes });
  return recoveredSeconds;
}

const holder = async (): Promise<string | undefined> => {
  const answer = await shop.client.call({ method: 'GET', path: LEASE }, NEVER);
  return answer.kind === 'ok'
    ? (answer.body as { spec: { holderIdentity: string } }).spec.holderIdentity
    : undefined;
};

describe('a fault of the connection', () => {
  test('watches dropped: what is made meanwhile is seen, and scaled', async () => {
    const droppedMs = Date.now();
    for (const relay of relays.values()) relay.cut();
    await shop.make('late');
    await until('the new one is scaled', () => shop.writesSince(droppedMs, 'late').length > 0);
    const recoveredSeconds = (Date.now() - droppedMs) / 1000;
    rows.push({ fault: 'watches dropped', heldSeconds: 0, recoveredSeconds, writes: 0 });
    await shop.settles('late');
    expect(recoveredSeconds).toBeLessThan(15);
    await must(shop.client, { method: 'DELETE', path: `${autoscalersPath('shop')}/late` });
  });

  test('the leader is cut off without being told: the other takes over, and what was under way comes too late', async () => {
    const before = await leader();
    await shop.disturb('web');
    const stalledMs = Date.now();
    relays.get(before)!.stall();
    const after = USERS.find((user) => user !== before)!;
    await until('the other leads', async () => (await leaders()).includes(after));
    await shop.mended('web');
    const takenOverSeconds = (Date.now() - stalledMs) / 1000;
    const row = {
      fault: 'leader cut off',
      heldSeconds: takenOverSeconds,
      writes: shop.writesSince(stalledMs).length,
    };
    rows.push({ ...row, recoveredSeconds: takenOverSeconds });
    relays.get(before)!.resume();
    await sleep(2 * TICK_SECONDS * 1000);
    expect(await leaders()).toEqual([after]);
    expect(reigns().length).toBeLessThanOrEqual(2);
    expect(takenOverSeconds).toBeLessThan(TAKE_OVER_SECONDS);
  });
});

describe('a fault of the control plane', () => {
  test('API server restarted', async () => {
    const recovered = await measured('API server restarted', async () => {
      await shop.controlPlane.process('kube-apiserver').kill();
      await sleep(3000);
      await shop.controlPlane.restart('kube-apiserver');
    });
    expect(recovered).toBeLessThan(45);
  });

  test('etcd stopped for 20 s', async () => {
    const recovered = await measured('etcd stopped', async () => {
      await shop.disturb('web');
      const etcd = shop.controlPlane.process('etcd');
      etcd.suspend();
      await sleep(Math.max(20, FAULT_SECONDS) * 1000);
      etcd.resume();
    });
    expect(recovered).toBeLessThan(45);
  });

  test('429s from priority and fairness', async () => {
    const { controlPlane, client } = shop;
    await kubectl(
      controlPlane,
      'create',
      'clusterrolebinding',
      'staff',
      '--clusterrole=cluster-admin',
      '--user=staff',
    );
    const recovered = await measured('one seat for all, taken most of the time', async () => {
      const level = await makeNarrowLevel(client, [...USERS, 'staff'], ['*']);
      await shop.disturb('web');
      for (const endMs = Date.now() + FAULT_SECONDS * 1000; Date.now() < endMs;) {
        const seat = takeSeat(controlPlane);
        await sleep(1500);
        await seat.giveBack();
        await sleep(100);
      }
      await level.remove();
    });
    expect(await refusals(controlPlane)).toBeGreaterThan(10);
    expect(recovered).toBeLessThan(45);
  });
});

describe('somebody takes away what the controller lives on', () => {
  test('the Lease deleted', async () => {
    const before = await holder();
    const recovered = await measured('Lease deleted', async () => {
      await must(shop.client, { method: 'DELETE', path: LEASE });
    });
    expect(before).not.toBe('');
    expect(await holder()).not.toBe('');
    expect(recovered).toBeLessThan(TAKE_OVER_SECONDS);
  });

  test('the custom resource deleted and made again, with the policy', async () => {
    const recovered = await measured('CRD deleted and made again', async () => {
      await kubectl(shop.controlPlane, 'delete', 'crd', 'predictiveautoscalers.prescale.dev');
      await shop.disturb('web');
      const goneMs = Date.now();
      await sleep(FAULT_SECONDS * 1000);
      // Nobody's policy: nobody's replicas.
      expect(shop.writesSince(goneMs)).toEqual([]);
      await kubectl(shop.controlPlane, 'apply', '-f', 'deploy/crd/predictiveautoscalers.yaml');
      await until('the kind is served', () =>
        shop.makePolicy('web').then(
          () => true,
          () => false,
        ),
      );
    });
    expect(recovered).toBeLessThan(30);
  });
});

test('a person stops all writes, also while etcd does not answer: none is sent from the next tick on, none comes late', async () => {
  const body = { metadata: { name: 'prescale-switch' }, data: { stop: 'true' } };
  await must(shop.client, { method: 'POST', path: SWITCH, body });
  await ticks(1);
  const stoppedMs = Date.now();
  await shop.disturb('web');
  await until('the policy says so', async () => (await reasonOf('web')) === 'Stopped');
  // From here on by a file alone.
  const etcd = shop.controlPlane.process('etcd');
  etcd.suspend();
  for (const user of USERS) await writeFile(stopFileOf(user), 'etcd is down');
  await ticks(2);
  etcd.resume();
  const gone = { method: 'DELETE', path: `${SWITCH}/prescale-switch` } as const;
  await until(
    'the ConfigMap is gone',
    async () => (await shop.client.call(gone, NEVER)).kind !== 'unreachable',
  );
  await ticks(3);
  expect(shop.writesSince(stoppedMs)).toEqual([]);
  for (const user of USERS) await rm(stopFileOf(user));
  await shop.mended('web');
});

test.each<[string, NodeJS.Signals]>([
  ['behind', 'SIGUSR2'],
  ['ahead of', 'SIGWINCH'],
])(
  'the leader’s clock is suddenly five minutes %s the server’s: it writes nothing, the other takes over',
  async (way, jump) => {
    const before = await leader();
    const { process, probesUrl } = controllers.get(before)!;
    const jumpedMs = Date.now();
    process.signal(jump);
    await shop.disturb('web');
    await shop.mended('web');
    const recoveredSeconds = (Date.now() - jumpedMs) / 1000;
    rows.push({
      fault: `clock of the leader 5 minutes ${way} the server’s`,
      heldSeconds: recoveredSeconds,
      recoveredSeconds,
      writes: shop.writesSince(jumpedMs).length,
    });
    expect(shop.writesSince(jumpedMs).map(({ user }) => user)).not.toContain(before);
    expect(await (await fetch(`${probesUrl}/readyz`)).text()).toMatch(
      new RegExp(`clock is \\d+ s ${way} the API server's`),
    );
    expect(recoveredSeconds).toBeLessThan(TAKE_OVER_SECONDS);
    process.signal(jump);
    await until('its clock is right again', async () => (await fetch(`${probesUrl}/readyz`)).ok);
  },
);
