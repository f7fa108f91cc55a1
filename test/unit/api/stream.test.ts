import { once } from 'node:events';
import { connect } from 'node:net';
import express from 'express';
import { afterEach, expect, test, vi } from 'vitest';
import { createDecisionFeed } from '../../../src/api/decision-feed.ts';
import type { DecisionFeed } from '../../../src/api/ports.ts';
import { streamRoutes, type StreamLimits } from '../../../src/api/routes/stream.ts';
import { startServer } from '../../../src/api/server.ts';
import { NOW_MS } from '../../builders/observation.ts';
import { apiUnderTest, decided, policies } from './app-under-test.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(closing.splice(0).map((close) => close()));
});

const aFeed = () => createDecisionFeed({ startedAtMs: 42, keptEvents: 100 });

/** The stream behind a real server. */
async function serve(feed: DecisionFeed, limits?: StreamLimits): Promise<string> {
  const app = express();
  const fleet = { policy: () => policies[0] } as never;
  for (const { path, handle } of streamRoutes({ fleet, feed }, limits)) app.get(path, handle);
  const server = await startServer(app, { host: '127.0.0.1', port: 0 });
  closing.push(() => {
    feed.close();
    return server.close(0);
  });
  return `${server.url}/api/v1/stream`;
}

/** Reads until the text holds `until`. */
async function open(url: string, lastEventId?: string) {
  const response = await fetch(url, {
    headers: lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId },
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    async readUntil(until: string): Promise<string> {
      while (!text.includes(until)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`ended without ${until}: ${text}`);
        text += value;
      }
      return text;
    },
    async readToEnd(): Promise<string> {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return text;
        text += value;
      }
    },
  };
}

test('one event per decision, with its line of the table and its point of the chart', async () => {
  const feed = aFeed();
  const client = await open(await serve(feed));
  expect(client.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  await client.readUntil('retry: 5000');
  feed.publish([decided(0), decided(1)]);
  const text = await client.readUntil('id: 42-2\n');
  const data: unknown = JSON.parse(/id: 42-1\nevent: decision\ndata: (.*)\n/.exec(text)![1]);
  expect(data).toMatchObject({
    autoscaler: { namespace: 'shop', name: 'checkout', currentReplicas: 10 },
    point: { id: String(NOW_MS), arrivalRate: { rps: 1000 }, forecast: { model: 'arima' } },
  });
});

test('a client that was away gets exactly what it missed', async () => {
  const feed = aFeed();
  const url = await serve(feed);
  feed.publish([decided(0), decided(1), decided(2)]);
  const client = await open(url, '42-1');
  feed.publish([decided(3)]);
  const text = await client.readUntil('id: 42-4\n');
  expect(text.match(/^id: .*$/gm)).toEqual(['id: 42-2', 'id: 42-3', 'id: 42-4']);
});

test('a client that was away for too long is told to read everything again', async () => {
  const feed = aFeed();
  const client = await open(await serve(feed), '1-17');
  expect(await client.readUntil('read the state again')).toContain('event: reset\n');
});

test('a workload can be listened to alone', async () => {
  const feed = aFeed();
  const url = await serve(feed);
  const client = await open(`${url}?namespace=shop&name=search`);
  await client.readUntil('retry');
  const other = { ...decided(0) };
  const search = { ...other, decision: { ...other.decision, workload: policies[1].workload } };
  feed.publish([other, search]);
  const text = await client.readUntil('id: 42-2\n');
  expect(text).not.toContain('42-1');
});

test('something is said even where nothing is decided', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const client = await open(await serve(aFeed()));
  await client.readUntil('retry');
  vi.advanceTimersByTime(15_000);
  await client.readUntil(': still here\n\n');
});

test('a client that does not read is dropped; the others and the loop are not held up', async () => {
  const feed = aFeed();
  const url = new URL(await serve(feed, { heartbeatSeconds: 15, mostBufferedBytes: 10_000, mostClients: 5 }));
  const slow = connect(Number(url.port), '127.0.0.1');
  slow.on('error', () => undefined);
  await once(slow, 'connect');
  slow.pause();
  slow.write('GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitFor(() => expect(feed.listeners()).toBe(1));
  // The kernel's own buffers take some megabytes before anything piles up here.
  let published = 0;
  while (feed.listeners() === 1 && published < 100_000) {
    feed.publish([decided(0)]);
    published += 1;
    if (published % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(feed.listeners()).toBe(0);
  slow.destroy();
  const quick = await open(url.href);
  feed.publish([decided(1)]);
  await quick.readUntil(`id: 42-${published + 1}\n`);
});

test('no more clients than are meant to be served', async () => {
  const feed = aFeed();
  const url = await serve(feed, { heartbeatSeconds: 15, mostBufferedBytes: 10_000, mostClients: 1 });
  const first = await open(url);
  await first.readUntil('retry');
  const second = await fetch(url);
  expect(second.status).toBe(503);
  expect(second.headers.get('retry-after')).toBe('5');
  expect(await second.json()).toMatchObject({ status: 503, detail: expect.stringContaining('1 clients') });
});

test('a client that leaves is forgotten', async () => {
  const feed = aFeed();
  const going = new AbortController();
  const response = await fetch(await serve(feed), { signal: going.signal });
  expect(response.status).toBe(200);
  expect(feed.listeners()).toBe(1);
  going.abort();
  await vi.waitFor(() => expect(feed.listeners()).toBe(0));
});

test('ends when the feed does, so that the server need not wait', async () => {
  const feed = aFeed();
  const client = await open(await serve(feed));
  await client.readUntil('retry');
  feed.close();
  await client.readToEnd();
});

test('half a name of a workload is refused, and HEAD does not stay', async () => {
  const { http } = apiUnderTest(0);
  await http.get('/api/v1/stream?namespace=shop').expect(422);
  await http.get('/api/v1/stream?colour=red').expect(422);
  await http
    .head('/api/v1/stream')
    .expect(200)
    .expect('Content-Type', /event-stream/);
});
