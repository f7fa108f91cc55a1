import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createDecisionFeed } from '../../../../src/api/decision-feed.ts';
import { answerTogether } from '../../../../src/api/forward/answer-together.ts';
import { createPeerAgent } from '../../../../src/api/forward/peer-agent.ts';
import { NOW_MS } from '../../../builders/observation.ts';
import { apiUnderTest, decided } from '../app-under-test.ts';

const CHECKOUT = '/api/v1/autoscalers/shop/checkout';
const GONE = 'http://127.0.0.1:9';

/** A replica with the workload shop/checkout and `decisions` of it, which owns what `owns` says. */
async function replica(
  decisions: number,
  {
    owns = false,
    url,
    others,
  }: { owns?: boolean; url?: () => string | undefined; others?: () => string[] | undefined },
) {
  const faults: unknown[] = [];
  const peers = createPeerAgent(undefined);
  const forward = answerTogether({
    shared: { owns: () => owns, url: () => url?.(), others: () => others?.() },
    peers,
    identity: `replica-${decisions}`,
    onFault: (error) => void faults.push(error),
  });
  const feed = createDecisionFeed({ startedAtMs: NOW_MS, keptEvents: 100 });
  const { app } = apiUnderTest(decisions, { forward, feed });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await peers.close();
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { base, feed, faults, ask: (path: string, init: RequestInit = {}) => fetch(`${base}${path}`, init) };
}

const countOf = async (answer: Response): Promise<number> =>
  ((await answer.json()) as { items: unknown[] }).items.length;

describe('a question about a namespace', () => {
  test('is answered by its owner, whoever is asked', async () => {
    const owner = await replica(3, { owns: true });
    const other = await replica(1, { url: () => owner.base });
    expect(await countOf(await owner.ask(`${CHECKOUT}/decisions`))).toBe(3);
    expect(await countOf(await other.ask(`${CHECKOUT}/decisions`))).toBe(3);
  });

  test.each<[string, () => string | undefined]>([
    ['nobody is known to own it', () => undefined],
    ['its owner is gone', () => GONE],
  ])('%s: come again, and nothing from here', async (_what, url) => {
    const { ask } = await replica(1, { url });
    const answer = await ask(CHECKOUT);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.text()).toContain('shared out among several replicas');
  });

  test('two that take each other for the owner: come again', async () => {
    const bases: string[] = [];
    const first = await replica(1, { url: () => bases[1] });
    const second = await replica(2, { url: () => bases[0] });
    bases.push(first.base, second.base);
    expect((await first.ask(CHECKOUT)).status).toBe(503);
  });
});

describe('what is about all workloads', () => {
  test('the list is put together, each workload once', async () => {
    const listing = createServer((_request, response) => {
      const items = ['checkout', 'web'].map((name) => ({ namespace: 'shop', name, from: 'the other' }));
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ items }));
    }).listen(0, '127.0.0.1');
    await once(listing, 'listening');
    onTestFinished(() => void listing.close());
    const url = `http://127.0.0.1:${(listing.address() as AddressInfo).port}`;
    const { ask } = await replica(1, { owns: true, others: () => [url] });
    const { items } = (await (await ask('/api/v1/autoscalers')).json()) as {
      items: { name: string; from?: string }[];
    };
    expect(items.map(({ name, from }) => [name, from])).toEqual([
      ['checkout', undefined],
      ['search', undefined],
      ['web', 'the other'],
    ]);
  });

  test.each<[string, () => string[] | undefined]>([
    ['not all owners are known', () => undefined],
    ['one of them is gone', () => [GONE]],
  ])('%s: no list, and no stream', async (_what, others) => {
    const { ask } = await replica(1, { owns: true, others });
    expect((await ask('/api/v1/autoscalers')).status).toBe(503);
    expect((await ask('/api/v1/stream')).status).toBe(503);
  });

  test('the stream has the events of all; who comes back reads the state again', async () => {
    const other = await replica(2, { owns: true });
    const { ask, feed } = await replica(1, { owns: true, others: () => [other.base] });
    const leave = new AbortController();
    const answer = await ask('/api/v1/stream', {
      signal: leave.signal,
      headers: { 'last-event-id': `${NOW_MS}-1` },
    });
    await vi.waitFor(() => expect([feed.listeners(), other.feed.listeners()]).toEqual([1, 1]));
    feed.publish([decided(4)]);
    other.feed.publish([decided(5)]);
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.split('event: decision').length > 2) break;
    }
    expect(text).toContain('event: reset');
    leave.abort();
    await vi.waitFor(() => expect([feed.listeners(), other.feed.listeners()]).toEqual([0, 0]));
  });
});
