import express from 'express';
import supertest from 'supertest';
import { expect, test } from 'vitest';
import { afterWaiting, workBudget } from '../../../src/api/work-budget.ts';
import { apiUnderTest, decided } from './app-under-test.ts';

/** A server whose questions take as long as they ask for, on a clock that only they and the test move. */
function serverUnderTest() {
  const clock = { nowMs: 0 };
  const app = express();
  app.get(
    '/take/:ms',
    workBudget({ shareRatio: 0.25, burstSeconds: 2, nowMs: () => clock.nowMs }).spend,
    (request, response) => {
      clock.nowMs += Number(request.params['ms']);
      response.send('done');
    },
  );
  return { clock, take: (ms: number) => supertest(app).get(`/take/${ms}`) };
}

test('a burst is answered; beyond it 503 with the time until there is room; then answered again', async () => {
  const { clock, take } = serverUnderTest();
  for (let i = 0; i < 4; i += 1) await take(800).expect(200);
  const refused = await take(800).expect(503);
  expect(refused.body).toMatchObject({ status: 503, title: 'Service Unavailable' });
  const waitSeconds = Number(refused.headers['retry-after']);
  expect(waitSeconds).toBeGreaterThanOrEqual(1);
  expect(waitSeconds).toBeLessThanOrEqual(2);
  clock.nowMs += waitSeconds * 1000;
  await take(800).expect(200);
});

test('what a handler does after it has waited is counted too', async () => {
  const clock = { nowMs: 0 };
  const app = express();
  const { spend } = workBudget({ shareRatio: 0.25, burstSeconds: 2, nowMs: () => clock.nowMs });
  app.get('/take/:ms', spend, async (request, response) => {
    await Promise.resolve();
    afterWaiting(response, () => {
      clock.nowMs += Number(request.params['ms']);
      response.send('done');
    });
  });
  const take = (ms: number) => supertest(app).get(`/take/${ms}`);
  await take(10_000).expect(200);
  await take(1).expect(503);
});

test('in the long run questions get their share of the time, and no more', async () => {
  const { clock, take } = serverUnderTest();
  let worked = 0;
  const endMs = 200_000;
  while (clock.nowMs < endMs) {
    const { status } = await take(500);
    if (status === 200) worked += 500;
    else clock.nowMs += 100;
  }
  expect(worked / endMs).toBeGreaterThan(0.23);
  expect(worked / endMs).toBeLessThan(0.28);
});

test('one question that takes longer than the whole burst is answered, and waited for', async () => {
  const { take } = serverUnderTest();
  // Of its 10 s, a quarter is drained while it works; what is left above 2 s drains in 22 s.
  await take(10_000).expect(200);
  const { headers } = await take(1).expect(503);
  expect(Number(headers['retry-after'])).toBe(22);
});

/** The API, whose what-if takes 20 s on a clock that nothing else moves. */
function apiWithSlowQuestions() {
  let nowMs = 0;
  const slow = () => ((nowMs += 20_000), decided(0).decision);
  const { http } = apiUnderTest(1, { monotonicMs: () => nowMs, whatIf: slow });
  const ask = (body: string) =>
    http.post('/api/v1/decisions').set('Content-Type', 'application/json').send(body);
  return { http, ask, question: '{"workload":{"namespace":"shop","name":"checkout"}}' };
}

test('while questions are refused, reads and health are answered', async () => {
  const { http, ask, question } = apiWithSlowQuestions();
  await ask(question).expect(200);
  await ask(question).expect(503);
  const size = { arrivalRateRps: 9, serviceRateRps: 1, sloSeconds: 9 };
  await http.post('/api/v1/size').send(size).expect(503);
  await http.get('/healthz').expect(200);
  await http.get('/metrics').expect(200);
  await http.get('/api/v1/autoscalers').expect(200);
});

test('a question that is refused is not even read', async () => {
  const { ask, question } = apiWithSlowQuestions();
  await ask('not JSON').expect(400);
  await ask(question).expect(200);
  await ask('not JSON').expect(503);
});

test('while reads are refused, health, metrics and the page are answered', async () => {
  let nowMs = 0;
  const slow = {
    policies: () => ((nowMs += 4000), []),
    policy: () => undefined,
    list: () => [],
    get: () => undefined,
    ledger: () => undefined,
  };
  const { http } = apiUnderTest(1, { monotonicMs: () => nowMs, fleet: slow });
  await http.get('/api/v1/autoscalers').expect(200);
  await http.get('/api/v1/autoscalers').expect(503);
  await http.get('/healthz').expect(200);
  await http.get('/metrics').expect(200);
  await http.get('/').expect(200);
});

test('every answer, refusals too, forbids what a browser could be made to do with it', async () => {
  const { http } = apiUnderTest(1);
  for (const path of ['/api/v1/autoscalers', '/no/such/path', '/healthz']) {
    const { headers } = await http.get(path);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  }
});
