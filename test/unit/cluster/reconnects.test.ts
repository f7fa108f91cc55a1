import { createServer, type Server } from 'node:http';
import { getEventListeners, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { expect, test } from 'vitest';
import { createApiClient } from '../../../src/cluster/api-client.ts';
import { createReflector } from '../../../src/cluster/reflector.ts';
import { createSystemClock } from '../../../src/control/clocks/system-clock.ts';
import { usedHeapBytes } from '../../setup/used-heap.ts';

/** 10,000 on a real API server: `npm run soak:cluster`. */
const ROUNDS = 5000;
const SETTLED_ROUNDS = 1000;
/** Half of it is what the heap of a test runner goes up and down by; 250 bytes kept of each reconnect come to the whole. */
const ALLOWED_GROWTH_BYTES = 1_000_000;

/** Five objects; each watch tells how far the server is and ends. */
async function startServer(): Promise<Server> {
  const metadata = { resourceVersion: '1' };
  const items = Array.from({ length: 5 }, (_, index) => ({ metadata: { ...metadata, name: `o${index}` } }));
  const bookmark = JSON.stringify({ type: 'BOOKMARK', object: { metadata } });
  const list = JSON.stringify({ metadata, items });
  const server = createServer(({ url }, response) => {
    response.end(url?.includes('watch=true') ? `${bookmark}\n` : list);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

test(`${ROUNDS} watch reconnects: memory does not grow, and nothing is listed again`, async () => {
  const server = await startServer();
  const agent = new Agent({ connections: 2 });
  // The pauses between short rounds are not what is tested.
  const clock = { ...createSystemClock(), sleep: () => Promise.resolve() };
  const client = createApiClient({
    connection: {
      serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      namespace: 'default',
      prepare: () => Promise.resolve({ headers: {}, dispatcher: agent }),
      close: () => agent.destroy(),
    },
    clock,
    random: () => 0.5,
    userAgent: 'prescale-test',
  });
  const faults: string[] = [];
  const reflector = createReflector({
    client,
    clock,
    random: () => 0.5,
    path: '/api/v1/configmaps',
    onFault: (message) => void faults.push(message),
  });
  const stop = new AbortController();
  const ended = reflector.run(stop.signal);
  const reached = async (rounds: number): Promise<number> => {
    while (reflector.counts().watches < rounds) await new Promise((resolve) => setTimeout(resolve, 5));
    return usedHeapBytes();
  };
  const before = await reached(SETTLED_ROUNDS);
  const after = await reached(ROUNDS);
  expect(after - before).toBeLessThan(ALLOWED_GROWTH_BYTES);
  expect(getEventListeners(stop.signal, 'abort').length).toBeLessThanOrEqual(2);
  expect(reflector.counts().lists).toBe(1);
  expect(reflector.items()).toHaveLength(5);
  expect(faults).toEqual([]);
  stop.abort();
  await ended;
  await client.close();
  server.close();
});
