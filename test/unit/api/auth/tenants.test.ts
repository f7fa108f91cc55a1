import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { kubernetesGate } from '../../../../src/api/auth/kubernetes-gate.ts';
import { createDecisionFeed } from '../../../../src/api/decision-feed.ts';
import { aPolicy } from '../../../builders/policy.ts';
import { NOW_MS } from '../../../builders/observation.ts';
import { fakeReviewer } from '../../../fakes/access-reviewer.ts';
import { apiUnderTest, decided } from '../app-under-test.ts';

const WAREHOUSE = { namespace: 'warehouse', name: 'stock' };
const FLEET = [aPolicy(), aPolicy({ workload: WAREHOUSE })];
const API = ['/api/v1/'];

/** Tenants of `shop` (which has checkout) and of `warehouse`; one who may ask and sees nothing; one who may not ask. */
const ACCOUNTS = {
  shop: { paths: API, namespaces: ['shop'] },
  warehouse: { paths: API, namespaces: ['warehouse'] },
  all: { paths: API, namespaces: ['*'] },
  nothing: { paths: API, namespaces: [] },
  outsider: { paths: [], namespaces: ['shop'] },
};

function guarded() {
  const clock = { nowMs: 0 };
  const faults: unknown[] = [];
  const authority = fakeReviewer(ACCOUNTS);
  const { reviewer } = authority;
  const gate = kubernetesGate({
    reviewer,
    nowMs: () => clock.nowMs,
    onFault: (error) => void faults.push(error),
  });
  const feed = createDecisionFeed({ startedAtMs: NOW_MS, keptEvents: 100 });
  const api = apiUnderTest(2, { gate, feed }, FLEET);
  const ask = (who: string, path: string) => api.http.get(path).set('Authorization', `Bearer ${who}`);
  return { ...api, ...authority, feed, faults, clock, ask };
}

const names = (body: { items: { name: string }[] }): string[] => body.items.map(({ name }) => name);

describe('a tenant sees its own', () => {
  test.each([
    ['shop', ['checkout']],
    ['warehouse', ['stock']],
    ['all', ['checkout', 'stock']],
    ['nothing', []],
  ])('the fleet of %s', async (who, expected) => {
    const { body, headers } = await guarded().ask(who, '/api/v1/autoscalers').expect(200);
    expect(names(body)).toEqual(expected);
    expect(headers['cache-control']).toBe('private, no-cache');
  });

  test.each(['', '/decisions', '/decisions/1753171200000', '/forecast', '/history', '/ledger'])(
    '…/checkout%s is for those of its namespace, and for others as if it were not there',
    async (rest) => {
      const { ask } = guarded();
      await ask('shop', `/api/v1/autoscalers/shop/checkout${rest}`).expect(200);
      const hidden = await ask('warehouse', `/api/v1/autoscalers/shop/checkout${rest}`).expect(404);
      const missing = await ask('warehouse', `/api/v1/autoscalers/shop/checkoux${rest}`).expect(404);
      const alike = (body: unknown): string => JSON.stringify(body).replaceAll('checkoux', 'checkout');
      expect(alike(hidden.body)).toBe(alike(missing.body));
      expect(hidden.headers['content-length']).toBe(missing.headers['content-length']);
    },
  );

  test('CSV too', async () => {
    const { ask } = guarded();
    const path = '/api/v1/autoscalers/shop/checkout/decisions';
    await ask('shop', path).set('Accept', 'text/csv').expect(200);
    await ask('warehouse', path).set('Accept', 'text/csv').expect(404);
  });

  test('what-if by name', async () => {
    const { http } = guarded();
    const question = {
      workload: { namespace: 'shop', name: 'checkout' },
      overrides: { trafficMultiplier: 2 },
    };
    const ask = (who: string) => http.post('/api/v1/decisions').set('Authorization', `Bearer ${who}`);
    await ask('shop').send(question).expect(200);
    await ask('warehouse').send(question).expect(404);
    await ask('shop').send({ workload: 'checkout' }).expect(422);
  });
});

describe('the stream', () => {
  async function listen({ app, feed }: ReturnType<typeof guarded>, who: string) {
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      feed.close();
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/stream`, {
      headers: { authorization: `Bearer ${who}` },
    });
    return response.text();
  }

  test.each([
    ['shop', 1],
    ['warehouse', 0],
  ])('%s is told of %d of its decisions', async (who, expected) => {
    const world = guarded();
    const text = listen(world, who);
    await vi.waitFor(() => expect(world.feed.listeners()).toBe(1));
    world.feed.publish([decided(3)]);
    world.feed.close();
    expect((await text).match(/event: decision/g) ?? []).toHaveLength(expected);
  });

  test('ends when the right is taken away', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const world = guarded();
    const text = listen(world, 'shop');
    await vi.waitFor(() => expect(world.feed.listeners()).toBe(1));
    world.state.silent = true;
    world.clock.nowMs += 31_000;
    await vi.advanceTimersByTimeAsync(15_000);
    await text;
    await vi.waitFor(() => expect(world.feed.listeners()).toBe(0));
  });
});

describe('who may come in', () => {
  test('nobody without a token, or with one that nobody has', async () => {
    const { http, ask } = guarded();
    await http.get('/api/v1/autoscalers').expect(401);
    await ask('stranger', '/api/v1/autoscalers').expect(401);
  });

  test('nobody who may not ask the path', async () => {
    const { body } = await guarded().ask('outsider', '/api/v1/autoscalers').expect(403);
    expect(body).toMatchObject({ status: 403, title: 'Forbidden' });
  });

  test('the path and the way of asking are what the authority is asked for', async () => {
    const { ask, asked, http } = guarded();
    await ask('shop', '/api/v1/autoscalers/shop/checkout?x=1');
    await http.head('/api/v1/autoscalers').set('Authorization', 'Bearer shop');
    await http.post('/api/v1/size').set('Authorization', 'Bearer shop').send({});
    expect(asked).toEqual(
      expect.arrayContaining([
        'shop get /api/v1/autoscalers/shop/checkout',
        'shop get /api/v1/autoscalers',
        'shop post /api/v1/size',
      ]),
    );
  });

  test('a token in the header that the proxy of the API server passes on counts as well', async () => {
    const { http } = guarded();
    await http.get('/api/v1/autoscalers').set('X-Prescale-Authorization', 'Bearer shop').expect(200);
    await http.get('/api/v1/autoscalers').set('X-Prescale-Authorization', 'Bearer stranger').expect(401);
  });

  test.each(['/healthz', '/readyz', '/metrics', '/', '/openapi.json'])('%s needs no token', async (path) => {
    await guarded().http.get(path).expect(200);
  });
});

describe('what is known', () => {
  test('is not asked again for half a minute; then it is', async () => {
    const { ask, asked, clock } = guarded();
    const path = '/api/v1/autoscalers/shop/checkout';
    for (const seconds of [0, 29]) {
      clock.nowMs += seconds * 1000;
      await ask('shop', path).expect(200);
      expect(asked).toEqual(['token shop', `shop get ${path}`, 'shop autoscalers shop']);
    }
    clock.nowMs += 2_000;
    await ask('shop', path).expect(200);
    expect(asked).toHaveLength(6);
  });

  test('a refusal is asked again after seconds', async () => {
    const { ask, asked, clock } = guarded();
    await ask('stranger', '/api/v1/autoscalers').expect(401);
    await ask('stranger', '/api/v1/autoscalers').expect(401);
    expect(asked).toHaveLength(1);
    clock.nowMs += 6_000;
    await ask('stranger', '/api/v1/autoscalers').expect(401);
    expect(asked).toHaveLength(2);
  });

  test('many who ask the same at once are one question', async () => {
    const { ask, asked } = guarded();
    await Promise.all(Array.from({ length: 20 }, () => ask('shop', '/api/v1/autoscalers').expect(200)));
    expect(asked.filter((one) => one === 'token shop')).toHaveLength(1);
  });
});

describe('an authority that does not answer', () => {
  test('lets nobody in: 503 and when to ask again', async () => {
    const { ask, state, faults, app: _app } = guarded();
    state.silent = true;
    const { body, headers, text } = await ask('shop', '/api/v1/autoscalers')
      .expect(503)
      .expect('content-type', /problem\+json/);
    expect(body).toMatchObject({
      status: 503,
      detail: expect.stringContaining('API server does not answer'),
    });
    expect(headers['retry-after']).toBe('1');
    expect(text).not.toContain('checkout');
    expect(faults).toHaveLength(1);
  });

  test('is not asked by each who comes, and asked again a second later', async () => {
    const { ask, state, asked, clock } = guarded();
    state.silent = true;
    await ask('shop', '/api/v1/autoscalers').expect(503);
    await ask('warehouse', '/api/v1/autoscalers').expect(503);
    expect(asked).toHaveLength(1);
    state.silent = false;
    clock.nowMs += 1_100;
    await ask('shop', '/api/v1/autoscalers').expect(200);
  });

  test('does not turn away who is known still, and does when that is over', async () => {
    const { ask, state, clock } = guarded();
    await ask('shop', '/api/v1/autoscalers/shop/checkout').expect(200);
    state.silent = true;
    await ask('shop', '/api/v1/autoscalers/shop/checkout').expect(200);
    clock.nowMs += 31_000;
    await ask('shop', '/api/v1/autoscalers/shop/checkout').expect(503);
  });
});
