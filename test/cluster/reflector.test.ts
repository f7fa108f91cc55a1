import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../src/control/clocks/system-clock.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import { createReflector, type Reflector } from '../../src/cluster/reflector.ts';
import { clientOf, configMap, CONFIG_MAPS, must, until, type ClientOptions } from './harness/client.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { startTcpRelay } from './harness/tcp-relay.ts';
import { usedHeapBytes } from '../setup/used-heap.ts';

let controlPlane: ControlPlane;
let client: ApiClient;
const stopAfterTest: (() => Promise<void>)[] = [];

beforeAll(async () => {
  controlPlane = await startControlPlane();
  client = clientOf(controlPlane);
});
afterEach(async () => {
  for (const stop of stopAfterTest.splice(0).reverse()) await stop();
});
afterAll(async () => {
  await client?.close();
  await controlPlane?.stop();
});

/** `npm run soak:cluster` makes it 10,000. */
const RECONNECTS = Number(process.env['PRESCALE_RECONNECTS'] ?? 1000);
const SETTLED_AFTER = RECONNECTS / 5;
/** A socket kept of one reconnect in twenty, or 190 bytes of each of 10,000, would come to this. */
const ALLOWED_GROWTH_BYTES = 1_500_000;

interface Started {
  readonly reflector: Reflector;
  readonly faults: string[];
  /** Watches that the server has answered. */
  readonly opened: () => number;
}

interface StartOptions extends ClientOptions {
  readonly silenceSeconds?: number;
  readonly watchSeconds?: number;
  /** Goes on at once after a fault. */
  readonly isHasty?: boolean;
}

function start(options: StartOptions = {}): Started {
  const { silenceSeconds, watchSeconds, isHasty = false, ...forClient } = options;
  const own = clientOf(controlPlane, forClient);
  const faults: string[] = [];
  let opened = 0;
  const counting: ApiClient = {
    ...own,
    async stream(call, signal) {
      const answer = await own.stream(call, signal);
      if (answer.kind === 'open') opened += 1;
      return answer;
    },
  };
  const reflector = createReflector({
    client: counting,
    clock: { ...createSystemClock(), ...(isHasty && { sleep: () => Promise.resolve() }) },
    random: Math.random,
    path: CONFIG_MAPS,
    onFault: (message) => void faults.push(message),
    ...(silenceSeconds === undefined ? {} : { silenceSeconds }),
    ...(watchSeconds === undefined ? {} : { watchSeconds }),
  });
  const stop = new AbortController();
  const ended = reflector.run(stop.signal);
  stopAfterTest.push(async () => {
    stop.abort();
    await ended;
    await own.close();
  });
  return { reflector, faults, opened: () => opened };
}

let made = 0;
async function newConfigMap(): Promise<string> {
  made += 1;
  await must(client, { method: 'POST', path: CONFIG_MAPS, body: configMap(`object-${made}`) });
  return `default/object-${made}`;
}
const port = (): number => Number(new URL(controlPlane.url).port);

describe('a copy of a collection', () => {
  test('has what was there before, what comes, what changes, and not what goes', async () => {
    const before = await newConfigMap();
    const { reflector } = start();
    await until('synced', () => reflector.hasSynced());
    expect(reflector.get(before)).toBeDefined();
    const key = await newConfigMap();
    await until('added', () => reflector.get(key));
    const path = `${CONFIG_MAPS}/${key.split('/')[1]}`;
    await must(client, { method: 'PATCH', path, contentType: 'mergePatch', body: { data: { a: '1' } } });
    await until(
      'changed',
      () => (reflector.get(key) as { data?: { a?: string } } | undefined)?.data?.a === '1',
    );
    await must(client, { method: 'DELETE', path });
    await until('removed', () => reflector.get(key) === undefined);
    expect(reflector.counts()).toEqual({ lists: 1, watches: 1 });
    for (const item of reflector.items()) expect(item.metadata).not.toHaveProperty('managedFields');
  });

  test('more objects than a page holds are all there', async () => {
    const names = Array.from({ length: 620 }, (_, index) => `many-${index}`);
    for (let at = 0; at < names.length; at += 62)
      await Promise.all(
        names
          .slice(at, at + 62)
          .map((name) => must(client, { method: 'POST', path: CONFIG_MAPS, body: configMap(name) })),
      );
    const { reflector } = start();
    await until('synced', () => reflector.hasSynced());
    expect(names.filter((name) => reflector.get(`default/${name}`) === undefined)).toEqual([]);
    await must(client, { method: 'DELETE', path: CONFIG_MAPS });
    await until('all gone', () => reflector.items().length === 0);
  });

  test('a watch that the server ends is taken up where it ended, without a new list', async () => {
    const { reflector, faults } = start({ watchSeconds: 1 });
    await until('several watches', () => reflector.counts().watches >= 3);
    const key = await newConfigMap();
    await until('added', () => reflector.get(key));
    expect(reflector.counts().lists).toBe(1);
    expect(faults).toEqual([]);
  });

  test('connections that are cut lose no event', async () => {
    const relay = await startTcpRelay(port());
    stopAfterTest.push(() => relay.stop());
    const { reflector, faults } = start({ port: relay.port });
    await until('synced', () => reflector.hasSynced());
    for (let round = 0; round < 5; round += 1) {
      relay.cut();
      const key = await newConfigMap();
      await until('added after the cut', () => reflector.get(key));
    }
    expect(reflector.counts().lists).toBe(1);
    expect(faults.length).toBeGreaterThan(0);
  });

  test('a connection that goes silent is found out, and nothing is lost', async () => {
    const relay = await startTcpRelay(port());
    stopAfterTest.push(() => relay.stop());
    const { reflector, faults } = start({ port: relay.port, silenceSeconds: 2, timeoutSeconds: 2 });
    await until('synced', () => reflector.hasSynced());
    relay.stall();
    const key = await newConfigMap();
    await until('the silence is told', () => faults.length > 0, 20);
    expect(reflector.get(key)).toBeUndefined();
    relay.resume();
    await until('added', () => reflector.get(key));
    expect(reflector.hasSynced()).toBe(true);
  });

  test('a server that hangs and goes on loses no event', async () => {
    const { reflector } = start({ silenceSeconds: 2, timeoutSeconds: 2 });
    await until('synced', () => reflector.hasSynced());
    controlPlane.process('kube-apiserver').suspend();
    await until('a new try', () => reflector.counts().watches > 1, 20);
    controlPlane.process('kube-apiserver').resume();
    const key = await newConfigMap();
    await until('added', () => reflector.get(key));
  });

  test('a server that is killed and comes back: the copy stays meanwhile and is right afterwards', async () => {
    const { reflector } = start();
    const before = await newConfigMap();
    await until('added', () => reflector.get(before));
    await controlPlane.process('kube-apiserver').kill();
    await until('a fault', () => reflector.counts().watches > 1);
    expect(reflector.get(before)).toBeDefined();
    await controlPlane.restart('kube-apiserver');
    const after = await newConfigMap();
    await until('added after the restart', () => reflector.get(after));
    expect(reflector.get(before)).toBeDefined();
  });

  test('a past that the server has forgotten (410) leads to a new list', async () => {
    const relay = await startTcpRelay(port());
    stopAfterTest.push(() => relay.stop());
    const { reflector } = start({ port: relay.port });
    const gone = await newConfigMap();
    await until('added', () => reflector.get(gone));
    relay.stall();
    await must(client, { method: 'DELETE', path: `${CONFIG_MAPS}/${gone.split('/')[1]}` });
    for (let count = 0; count < 5; count += 1) await newConfigMap();
    // A restarted server remembers nothing from before its start.
    await controlPlane.process('kube-apiserver').kill();
    await controlPlane.restart('kube-apiserver');
    relay.resume();
    relay.cut();
    await until('what was deleted unseen is gone', () => reflector.get(gone) === undefined);
    expect(reflector.counts().lists).toBe(2);
  });

  test(
    `${RECONNECTS} reconnects: memory does not grow, and the copy is right`,
    async () => {
      const relay = await startTcpRelay(port());
      stopAfterTest.push(() => relay.stop());
      const { reflector, faults, opened } = start({ port: relay.port, isHasty: true });
      await until('a watch', () => opened() > 0);
      const reconnected = async (count: number): Promise<number> => {
        for (let seen = opened(); seen < count; seen = opened()) {
          relay.cut();
          while (opened() === seen) await sleep(1);
        }
        faults.length = 0;
        return usedHeapBytes();
      };
      const before = await reconnected(SETTLED_AFTER);
      const after = await reconnected(RECONNECTS);
      console.log(`${RECONNECTS} reconnects: heap ${before} -> ${after} bytes`);
      expect(after - before).toBeLessThan(ALLOWED_GROWTH_BYTES);
      const key = await newConfigMap();
      await until('added', () => reflector.get(key));
    },
    RECONNECTS * 100,
  );
});
