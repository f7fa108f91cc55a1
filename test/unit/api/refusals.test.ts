import { expect, test } from 'vitest';
import { apiUnderTest } from './app-under-test.ts';

const POSTS = ['/api/v1/decisions', '/api/v1/size'];

test.each([
  ['post', '/healthz', 'GET, HEAD'],
  ['delete', '/api/v1/autoscalers/shop/checkout', 'GET, HEAD'],
  ['put', '/api/v1/autoscalers', 'GET, HEAD'],
  ['get', '/api/v1/size', 'POST'],
  ['patch', '/api/v1/decisions', 'POST'],
] as const)('405: %s %s', async (method, path, allow) => {
  const response = await apiUnderTest(1).http[method](path).expect(405);
  expect(response.headers['allow']).toBe(allow);
  expect(response.type).toBe('application/problem+json');
});

test.each(POSTS)('415: a body that is not JSON, %s', async (path) => {
  const { http } = apiUnderTest(0);
  const response = await http.post(path).type('text/plain').send('{"a":1}').expect(415);
  expect(response.body.detail).toContain('text/plain');
  await http.post(path).expect(415);
});

test.each([
  ['cut off', '{"a":'],
  ['no JSON at all', 'hello'],
  ['not an object', '17'],
  ['empty', ''],
])('400 or 422, never a stack trace: %s', async (_name, body) => {
  for (const path of POSTS) {
    const response = await apiUnderTest(0).http.post(path).type('application/json').send(body);
    expect([400, 422]).toContain(response.status);
    expect(response.type).toBe('application/problem+json');
    expect(response.text).not.toMatch(/node_modules|\bat .+:\d+/);
  }
});

test('413: a body larger than a what-if can be', async () => {
  const body = JSON.stringify({ policy: 'x'.repeat(1_100_000) });
  const response = await apiUnderTest(0).http.post(POSTS[0]).type('application/json').send(body);
  expect(response.status).toBe(413);
  expect(response.type).toBe('application/problem+json');
});

test('what breaks inside is logged and not shown', async () => {
  const errors: unknown[] = [];
  const broken = apiUnderTest(1, {
    fleet: {
      policies: () => {
        throw new Error('secret detail in /home/me');
      },
      policy: () => undefined,
      list: () => [],
      get: () => undefined,
      ledger: () => undefined,
    },
    onInternalError: (error) => errors.push(error),
  });
  const response = await broken.http.get('/api/v1/autoscalers').expect(500);
  expect(response.type).toBe('application/problem+json');
  expect(response.text).not.toContain('secret');
  expect(errors).toEqual([new Error('secret detail in /home/me')]);
});

test('the server does not say what it is made of', async () => {
  const { headers } = await apiUnderTest(0).http.get('/healthz').expect(200);
  expect(headers).not.toHaveProperty('x-powered-by');
});

test('a path that cannot be decoded is a bad request, not a failure', async () => {
  const response = await apiUnderTest(1).http.get('/api/v1/autoscalers/%E0%A4%A/x').expect(400);
  expect(response.type).toBe('application/problem+json');
});

test('names of objects are not looked up in prototypes', async () => {
  for (const name of ['__proto__', 'constructor', 'toString'])
    await apiUnderTest(1).http.get(`/api/v1/autoscalers/${name}/${name}/decisions`).expect(404);
});
