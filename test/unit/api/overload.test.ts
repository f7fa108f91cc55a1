import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Gate } from '../../../src/api/auth/gate.ts';
import { SEES_ALL } from '../../../src/api/auth/gate.ts';
import { IDLE_THREAD } from '../../builders/thread.ts';
import { apiUnderTest, decided } from './app-under-test.ts';

const FLEET = '/api/v1/autoscalers';
const QUESTION = '{"workload":{"namespace":"shop","name":"checkout"}}';

/** The API, in which each question, or each look at the fleet, takes 20 s on a clock that nothing else moves. */
function apiUnderLoad(slow: 'questions' | 'reads', gate?: Gate) {
  let nowMs = 0;
  const take = (): void => void (nowMs += 20_000);
  const slowFleet = {
    policies: () => (take(), []),
    policy: () => undefined,
    list: () => [],
    get: () => undefined,
    ledger: () => undefined,
  };
  const { app, http } = apiUnderTest(1, {
    thread: { ...IDLE_THREAD, nowMs: () => nowMs, busyMs: () => nowMs },
    whatIf: () => (take(), decided(0).decision),
    ...(slow === 'reads' && { fleet: slowFleet }),
    ...(gate && { gate }),
  });
  const ask = (body: string) =>
    http.post('/api/v1/decisions').set('Content-Type', 'application/json').send(body);
  return { app, http, ask, pass: (ms: number) => void (nowMs += ms) };
}

test('beyond its share a question is refused with the time until there is room; then it is answered again', async () => {
  const { ask, pass } = apiUnderLoad('questions');
  await ask(QUESTION).expect(200);
  const refused = await ask(QUESTION)
    .expect(503)
    .expect('content-type', /^application\/problem\+json/);
  expect(refused.body).toMatchObject({ status: 503, title: 'Service Unavailable', type: 'about:blank' });
  const waitSeconds = Number(refused.headers['retry-after']);
  expect(waitSeconds).toBeGreaterThanOrEqual(38);
  expect(waitSeconds).toBeLessThanOrEqual(42);
  pass(waitSeconds * 1000);
  await ask(QUESTION).expect(200);
});

test('while questions are refused, reads and health are answered', async () => {
  const { http, ask } = apiUnderLoad('questions');
  await ask(QUESTION).expect(200);
  await ask(QUESTION).expect(503);
  const size = { arrivalRateRps: 9, serviceRateRps: 1, sloSeconds: 9 };
  await http.post('/api/v1/size').send(size).expect(503);
  await http.get('/healthz').expect(200);
  await http.get('/metrics').expect(200);
  await http.get(FLEET).expect(200);
});

test('while reads are refused, health, metrics and the page are answered', async () => {
  const { http } = apiUnderLoad('reads');
  await http.get(FLEET).expect(200);
  await http.get(FLEET).expect(503);
  await http.get('/healthz').expect(200);
  await http.get('/metrics').expect(200);
  await http.get('/').expect(200);
});

test('what is refused is not read, and nobody is asked whose token it has', async () => {
  let looked = 0;
  const gate: Gate = () => {
    looked += 1;
    return Promise.resolve({ kind: 'admitted', caller: SEES_ALL });
  };
  const { http } = apiUnderLoad('questions', gate);
  const ask = (body: string) =>
    http
      .post('/api/v1/decisions')
      .set('Authorization', 'Bearer x')
      .set('Content-Type', 'application/json')
      .send(body);
  await ask('not JSON').expect(400);
  await ask(QUESTION).expect(200);
  expect(looked).toBe(2);
  await ask('not JSON').expect(503);
  expect(looked).toBe(2);
});

test('the connection of who is refused is kept, save where a large body would have to be read first', async () => {
  const { app } = apiUnderLoad('questions');
  const url = `http://127.0.0.1:${await listening(app)}/api/v1/decisions`;
  const ask = async (body: string) => {
    const { status, headers } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return [status, headers.get('connection')];
  };
  expect(await ask(QUESTION)).toEqual([200, 'keep-alive']);
  expect(await ask(QUESTION)).toEqual([503, 'keep-alive']);
  expect(await ask(`${QUESTION}${' '.repeat(100_000)}`)).toEqual([503, 'close']);
});

test('every answer, refusals too, forbids what a browser could be made to do with it', async () => {
  const { http } = apiUnderLoad('reads');
  await http.get(FLEET).expect(200);
  for (const [path, status] of [
    [FLEET, 503],
    ['/no/such/path', 404],
    ['/healthz', 200],
  ] as const) {
    const { headers } = await http.get(path).expect(status);
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

async function listening(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function connected(listener: RequestListener): Promise<Socket> {
  const socket = connect(await listening(listener), '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

test('a client that sends a thousand requests without waiting for an answer is cut off', async () => {
  const socket = await connected(apiUnderTest(1).app);
  socket.resume();
  socket.write(HEALTH.repeat(1000));
  await once(socket, 'close');
});

test('one that sends a few at once is answered, in their order', async () => {
  const socket = await connected(apiUnderTest(1).app);
  let answered = '';
  socket.on('data', (bytes: Buffer) => (answered += bytes.toString()));
  socket.write(HEALTH.repeat(3) + HEALTH.replace('Host: x', 'Host: x\r\nConnection: close'));
  await once(socket, 'close');
  expect(answered.match(/HTTP\/1.1 200 OK/g)).toHaveLength(4);
});
