import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLeaseStore } from '../../src/cluster/lease-store.ts';
import { createSystemClock } from '../../src/control/clocks/system-clock.ts';
import { createLeaderElector } from '../../src/control/leader/leader-elector.ts';
import { shareOwnership } from '../../src/control/shards/share-ownership.ts';
import { shardOf } from '../../src/control/shards/shard-of.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import { clientOf, must, NEVER, until } from './harness/client.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { startTcpRelay, type TcpRelay } from './harness/tcp-relay.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
/** client-go's proportions, five times as fast. */
const PARAMS = { leaseSeconds: 3, renewDeadlineSeconds: 2, retrySeconds: 0.4 };

let controlPlane: ControlPlane;
let client: ApiClient;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  controlPlane = await startControlPlane();
  client = clientOf(controlPlane);
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(async () => {
  await client?.close();
  await controlPlane?.stop();
});

async function candidate(identity: string, lease: string, wallClockOffMs = 0) {
  const line = await ownLine();
  const clock = createSystemClock();
  const elector = createLeaderElector({
    store: createLeaseStore(line.own, { namespace: 'default', name: lease }),
    clock: { ...clock, nowMs: () => clock.nowMs() + wallClockOffMs },
    random: Math.random,
    identity,
    params: PARAMS,
    onChange: () => undefined,
    onFault: () => undefined,
  });
  return started(line, { elector, run: (signal: AbortSignal) => elector.run(signal) });
}

interface Line {
  readonly own: ApiClient;
  readonly relay: TcpRelay;
  readonly stop: AbortController;
}

async function ownLine(): Promise<Line> {
  const relay = await startTcpRelay(Number(new URL(controlPlane.url).port));
  const own = clientOf(controlPlane, { port: relay.port, timeoutSeconds: 1 });
  return { relay, own, stop: new AbortController() };
}

/** Runs over a line of its own, which can be cut, until it is stopped, at the end of its test at the latest. */
function started<One extends { run(signal: AbortSignal): Promise<void> }>(line: Line, one: One) {
  const { own, relay, stop } = line;
  const ended = one.run(stop.signal);
  const all = {
    ...one,
    relay,
    async stop() {
      if (stop.signal.aborted) return;
      stop.abort();
      await ended;
      await own.close();
      await relay.stop();
    },
  };
  running.push(all);
  return all;
}

const leaseOf = (name: string) =>
  must<{ spec: Record<string, unknown> }>(client, { method: 'GET', path: `${LEASES}/${name}` });

describe('leader election on a real Lease', () => {
  test('the store: made once, renewed at its version, refused at another', async () => {
    const store = createLeaseStore(client, { namespace: 'default', name: 'store' });
    const record = {
      holderIdentity: 'a',
      durationSeconds: 15,
      acquiredAtMs: Date.UTC(2026, 10, 25, 12),
      renewedAtMs: Date.UTC(2026, 10, 25, 12, 0, 1, 7),
      transitions: 2,
    };
    expect(await store.read(NEVER)).toBeUndefined();
    const made = await store.write(record, undefined, NEVER);
    expect(await store.write(record, undefined, NEVER)).toEqual({ kind: 'lost' });
    expect(await store.read(NEVER)).toEqual({ record, version: (made as { version: string }).version });
    const renewed = await store.write(
      { ...record, transitions: 3 },
      (made as { version: string }).version,
      NEVER,
    );
    expect(renewed.kind).toBe('written');
    expect(await store.write(record, (made as { version: string }).version, NEVER)).toEqual({ kind: 'lost' });
    expect((await leaseOf('store')).spec['renewTime']).toBe('2026-11-25T12:00:01.007000Z');
    await must(client, { method: 'DELETE', path: `${LEASES}/store` });
    expect(await store.write(record, (renewed as { version: string }).version, NEVER)).toEqual({
      kind: 'lost',
    });
  });

  test('ten candidates at once: one leads', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, (_, index) => candidate(`c${index}`, 'crowd')));
    const leaders = () => all.filter(({ elector }) => elector.isLeader());
    await until('a leader', () => leaders().length > 0);
    expect(leaders()).toHaveLength(1);
    expect((await leaseOf('crowd')).spec['leaseTransitions']).toBe(0);
  });

  test('a graceful stop hands over at once', async () => {
    const a = await candidate('a', 'graceful');
    await until('a leads', () => a.elector.isLeader());
    const b = await candidate('b', 'graceful');
    await until('b has seen a', () => b.elector.leader() === 'a');
    await a.stop();
    expect(a.elector.isLeader()).toBe(false);
    await until('b leads', () => b.elector.isLeader(), 2);
    expect((await leaseOf('graceful')).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  test('a leader that is cut off stops before the other starts, though its wall clock is 5 minutes off', async () => {
    const a = await candidate('a', 'cut-off', -5 * 60_000);
    await until('a leads', () => a.elector.isLeader());
    const b = await candidate('b', 'cut-off');
    await until('b has seen a', () => b.elector.leader() === 'a');
    a.relay.stall();
    const stalledMs = performance.now();
    await until('a stops', () => !a.elector.isLeader(), 5);
    expect(b.elector.isLeader()).toBe(false);
    await until('b leads', () => b.elector.isLeader(), 10);
    const tookSeconds = (performance.now() - stalledMs) / 1000;
    expect(tookSeconds).toBeLessThan(PARAMS.leaseSeconds + 2 * 2.2 * PARAMS.retrySeconds + 1);
    a.relay.resume();
    await until('a sees b', () => a.elector.leader() === 'b', 10);
    expect(a.elector.isLeader()).toBe(false);
  });

  test('a lease that is deleted is made again, and one leads', async () => {
    const a = await candidate('a', 'deleted');
    await until('a leads', () => a.elector.isLeader());
    const b = await candidate('b', 'deleted');
    await until('b has seen a', () => b.elector.leader() === 'a');
    await must(client, { method: 'DELETE', path: `${LEASES}/deleted` });
    await until('the lease is back', async () => {
      const answer = await client.call({ method: 'GET', path: `${LEASES}/deleted` }, NEVER);
      return answer.kind === 'ok';
    });
    await until('both agree', () => a.elector.leader() === b.elector.leader());
    await until('one leads', () => [a, b].filter(({ elector }) => elector.isLeader()).length === 1, 5);
  });

  test('an API server that hangs: nobody leads; when it goes on, one does', async () => {
    const a = await candidate('a', 'hang');
    await until('a leads', () => a.elector.isLeader());
    controlPlane.process('kube-apiserver').suspend();
    await until('a stops', () => !a.elector.isLeader(), 5);
    controlPlane.process('kube-apiserver').resume();
    await until('a leads again', () => a.elector.isLeader(), 20);
    expect((await leaseOf('hang')).spec['leaseTransitions']).toBe(0);
  });
});

/** One namespace of each of six shards. */
const NAMESPACES = Array.from({ length: 6 }, (_, shard) =>
  Array.from({ length: 1000 }, (__, index) => `team-${index}`).find((one) => shardOf(one, 6) === shard)!,
);

async function sharer(identity: string, lease: string) {
  const line = await ownLine();
  const ownership = shareOwnership({
    storeOf: (suffix) => createLeaseStore(line.own, { namespace: 'default', name: `${lease}${suffix}` }),
    shards: NAMESPACES.length,
    clock: createSystemClock(),
    random: Math.random,
    identity,
    params: PARAMS,
    isQuiet: () => true,
    onChange: () => undefined,
    onFault: () => undefined,
  });
  return started(line, {
    run: (signal: AbortSignal) => ownership.run(signal),
    owns: (namespace: string) => ownership.isLeader({ namespace, name: 'web' }),
    held: () => ownership.shards().held,
  });
}

describe('shards on real Leases', () => {
  test('are shared evenly, taken over from one that is cut off, and never have two owners', async () => {
    const all = await Promise.all(['a', 'b', 'c'].map((one) => sharer(one, 'shards')));
    const [a, b, c] = all;
    let twice = 0;
    const watching = setInterval(() => {
      const owners = NAMESPACES.map((namespace) => all.filter((one) => one.owns(namespace)).length);
      if (Math.max(...owners) > 1) twice += 1;
    }, 20);
    try {
      await until('each has two', () => all.every((one) => one.held() === 2), 30);
      const kept = NAMESPACES.filter((namespace) => a.owns(namespace));
      c.relay.stall();
      await until('the others have three each', () => a.held() === 3 && b.held() === 3, 15);
      expect(c.held()).toBe(0);
      expect(kept.every((namespace) => a.owns(namespace))).toBe(true);
      expect(twice).toBe(0);
    } finally {
      clearInterval(watching);
      c.relay.resume();
    }
  });
});
