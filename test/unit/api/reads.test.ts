import { expect, test } from 'vitest';
import { NOW_MS } from '../../builders/observation.ts';
import { apiUnderTest } from './app-under-test.ts';

const CHECKOUT = '/api/v1/autoscalers/shop/checkout';
const field = (items: unknown, name: string) => (items as Record<string, string>[]).map((item) => item[name]);
const SEARCH = '/api/v1/autoscalers/shop/search';

test('lists every workload, those without a decision too, and says what is not known as null', async () => {
  const { body } = await apiUnderTest(1).http.get('/api/v1/autoscalers').expect(200);
  expect(body.items).toHaveLength(2);
  expect(body.items[0]).toMatchObject({
    namespace: 'shop',
    name: 'checkout',
    mode: 'Recommend',
    currentReplicas: 10,
    arrivalRate: { kind: 'value', rps: 1000, endsAt: '2025-07-22T08:00:00Z' },
    forecast: { model: 'arima', peakRps: 1400, peakAt: '2025-07-22T08:01:00Z' },
    lastDecision: { id: String(NOW_MS), decidedAt: '2025-07-22T08:00:00Z' },
  });
  expect(body.items[1]).toMatchObject({
    name: 'search',
    currentReplicas: null,
    arrivalRate: null,
    forecast: null,
    lastDecision: null,
  });
});

test('one workload: its policy with units, and its newest decision in full', async () => {
  const { body } = await apiUnderTest(3).http.get(CHECKOUT).expect(200);
  expect(body.policy.capacity.startupSeconds).toBe(90);
  expect(body.decision.id).toBe(String(NOW_MS + 30_000));
  expect(field(body.decision.guards, 'guard')).toContain('stabilization');
  expect(body.decision.actuation).toEqual({ result: 'dryRun', toReplicas: 12, message: 'x' });
});

test('no instant leaves in milliseconds, and no number that JSON cannot hold', async () => {
  const { text } = await apiUnderTest(3).http.get(CHECKOUT).expect(200);
  expect(text).not.toMatch(/"\w+Ms"/);
  expect(text).not.toMatch(/NaN|Infinity/);
});

test('decisions come newest first and page by page, without a hole or a repetition', async () => {
  const { http } = apiUnderTest(7);
  const seen: string[] = [];
  let query = '?limit=3';
  for (let page = 0; page < 4; page += 1) {
    const { body } = await http.get(`${CHECKOUT}/decisions${query}`).expect(200);
    seen.push(...field(body.items, 'id'));
    if (body.nextBefore === null) break;
    query = `?limit=3&before=${body.nextBefore}`;
  }
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => String(NOW_MS + i * 15_000)));
});

test('the cursor may be a time as well', async () => {
  const { body } = await apiUnderTest(7)
    .http.get(`${CHECKOUT}/decisions`)
    .query({ before: '2025-07-22T08:00:30Z' })
    .expect(200);
  expect(field(body.items, 'decidedAt')).toEqual(['2025-07-22T08:00:15Z', '2025-07-22T08:00:00Z']);
});

test('a decision can be asked for by its id', async () => {
  const { http } = apiUnderTest(3);
  const { body } = await http.get(`${CHECKOUT}/decisions/${NOW_MS + 15_000}`).expect(200);
  expect(body.decidedAt).toBe('2025-07-22T08:00:15Z');
});

test('a forecast has the shape of `prescale forecast --json`', async () => {
  const { body } = await apiUnderTest(1).http.get(`${CHECKOUT}/forecast`).expect(200);
  expect(body).toMatchObject({
    model: 'arima',
    originAt: '2025-07-22T08:00:00Z',
    stepSeconds: 60,
    confidenceRatio: 0.93,
  });
  expect(body.points[1].at).toBe('2025-07-22T08:01:00Z');
  expect(body.points[1].meanRps).toBe(1400);
  expect(Object.keys(body.points[1].quantilesRps)).toEqual(['0.05', '0.5', '0.8', '0.9', '0.95', '0.99']);
});

test('where no model could forecast, it says which were asked and why not', async () => {
  const { body } = await apiUnderTest(2).http.get(`${CHECKOUT}/forecast`).expect(200);
  expect(body).toMatchObject({ model: null, points: [], skipped: [{ model: 'lstm' }, { model: 'arima' }] });
});

test.each([
  ['an unknown workload', '/api/v1/autoscalers/shop/none'],
  ['decisions of an unknown workload', '/api/v1/autoscalers/none/checkout/decisions'],
  ['an unknown decision', `${CHECKOUT}/decisions/17`],
  ['a decision id that is none', `${CHECKOUT}/decisions/%00`],
  ['a forecast before the first decision', `${SEARCH}/forecast`],
  ['a path that is not there', '/api/v2/anything'],
  ['what this version does not serve', '/api/v2/autoscalers'],
])('404 as a problem: %s', async (_name, path) => {
  const response = await apiUnderTest(1).http.get(path).expect(404);
  expect(response.type).toBe('application/problem+json');
  expect(response.body).toMatchObject({ type: 'about:blank', title: 'Not Found', status: 404 });
  expect(response.body.detail.length).toBeGreaterThan(10);
});

test.each([
  ['limit=0', 'limit', '"0"'],
  ['limit=501', 'limit', '"501"'],
  ['limit=ten', 'limit', '"ten"'],
  ['before=yesterday', 'before', '"yesterday"'],
  ['limt=5', 'limt', 'an unknown field'],
])('422 names the query parameter: %s', async (query, path, got) => {
  const { body } = await apiUnderTest(1).http.get(`${CHECKOUT}/decisions?${query}`).expect(422);
  expect(body.problems).toHaveLength(1);
  expect(body.problems[0].path).toBe(path);
  expect(body.problems[0].got).toBe(got);
  expect(body.problems[0].allowed.length).toBeGreaterThan(5);
});

test.each(['/api/v1/autoscalers', CHECKOUT, `${CHECKOUT}/forecast`, `${CHECKOUT}/ledger`])(
  '422 where a query is not taken: %s',
  async (path) => {
    const { http } = apiUnderTest(1);
    await http.get(path).expect(200);
    const { body } = await http.get(`${path}?limit=5`).expect(422);
    expect(body.problems).toEqual([{ path: 'limit', got: 'an unknown field', allowed: expect.any(String) }]);
  },
);

test('health and readiness: ready only when the loop says so', async () => {
  await apiUnderTest(0).http.get('/healthz').expect(200, { status: 'ok' });
  await apiUnderTest(0).http.get('/readyz').expect(200, { status: 'ready' });
  const waiting = apiUnderTest(0, { notReadyBecause: () => 'the first tick has not ended yet' });
  const { body } = await waiting.http.get('/readyz').expect(503);
  expect(body.detail).toBe('the first tick has not ended yet');
});

test('metrics are in the text format of Prometheus', async () => {
  const response = await apiUnderTest(0).http.get('/metrics').expect(200);
  expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(response.text).toContain('# TYPE prescale_decisions_total counter');
});
