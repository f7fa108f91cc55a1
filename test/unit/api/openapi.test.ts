import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type supertest from 'supertest';
import { beforeAll, describe, expect, test } from 'vitest';
import { decideWhatIf } from '../../../src/control/what-if.ts';
import { lastValueForecaster } from '../control/fleet-under-test.ts';
import { apiUnderTest } from './app-under-test.ts';

interface Operation {
  readonly operationId: string;
  readonly responses: Record<string, { content: Record<string, unknown> }>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
}

const forecaster = lastValueForecaster();
const { http } = apiUnderTest(3, { whatIf: (question) => decideWhatIf(forecaster, question) });

let document: Document;
const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
beforeAll(async () => {
  document = (await http.get('/openapi.json').expect(200)).body as Document;
  ajv.addSchema(document, 'api');
});

const pointer = (...parts: readonly string[]) =>
  `api#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** The schema that the document gives for this answer. */
function schemaFor(path: string, method: string, answer: supertest.Response): ValidateFunction {
  const type = answer.headers['content-type'].split(';')[0];
  const validate = ajv.getSchema(
    pointer('paths', path, method, 'responses', String(answer.status), 'content', type, 'schema'),
  );
  if (!validate) throw new Error(`${method} ${path}: nothing is documented for ${answer.status} ${type}`);
  return validate;
}

function expectDocumented(path: string, method: 'get' | 'post', answer: supertest.Response): void {
  const validate = schemaFor(path, method, answer);
  const got: unknown = answer.headers['content-type'].includes('json') ? answer.body : answer.text;
  validate(got);
  expect(validate.errors ?? []).toEqual([]);
}

const ONE = '/api/v1/autoscalers/{namespace}/{name}';
const CHECKOUT = '/api/v1/autoscalers/shop/checkout';
const SEARCH = '/api/v1/autoscalers/shop/search';
const NOW = '2025-07-22T08:00:00Z';
const ID = String(Date.parse(NOW));

test.each([
  ['/healthz', '/healthz'],
  ['/readyz', '/readyz'],
  ['/metrics', '/metrics'],
  ['/api/v1/autoscalers', '/api/v1/autoscalers'],
  [ONE, CHECKOUT],
  [ONE, SEARCH],
  [ONE, '/api/v1/autoscalers/shop/unknown'],
  [`${ONE}/decisions`, `${CHECKOUT}/decisions`],
  [`${ONE}/decisions`, `${CHECKOUT}/decisions?limit=1`],
  [`${ONE}/decisions`, `${CHECKOUT}/decisions?limit=0`],
  [`${ONE}/decisions`, `${SEARCH}/decisions`],
  [`${ONE}/decisions/{id}`, `${CHECKOUT}/decisions/${ID}`],
  [`${ONE}/decisions/{id}`, `${CHECKOUT}/decisions/1`],
  [`${ONE}/history`, `${CHECKOUT}/history`],
  [`${ONE}/history/trend`, `${CHECKOUT}/history/trend?stepSeconds=300`],
  [`${ONE}/history/trend`, `${CHECKOUT}/history/trend?stepSeconds=7`],
  [`${ONE}/history`, `${SEARCH}/history?limit=7`],
  [`${ONE}/history`, `${CHECKOUT}/history?limit=0`],
  [`${ONE}/ledger`, `${CHECKOUT}/ledger`],
  ['/api/v1/stream', '/api/v1/stream?colour=red'],
  [`${ONE}/forecast`, `${CHECKOUT}/forecast`],
  [`${ONE}/forecast`, `${SEARCH}/forecast`],
])('GET %s answers as documented (%s)', async (path, url) => {
  expectDocumented(path, 'get', await http.get(url));
});

test.each([
  ['text/csv', `${ONE}/decisions`, `${CHECKOUT}/decisions`],
  ['text/plain', `${ONE}/decisions/{id}`, `${CHECKOUT}/decisions/${ID}`],
  ['image/png', `${ONE}/decisions`, `${CHECKOUT}/decisions`],
])('with Accept: %s %s answers as documented', async (accept, path, url) => {
  expectDocumented(path, 'get', await http.get(url).set('Accept', accept));
});

const POLICY = {
  apiVersion: 'prescale.dev/v1alpha1',
  kind: 'PredictiveAutoscaler',
  metadata: { namespace: 'shop', name: 'checkout' },
  spec: {
    scaleTargetRef: { name: 'checkout' },
    minReplicas: 2,
    maxReplicas: 60,
    metrics: { arrivalRate: { query: 'up' } },
    capacity: { serviceRateRps: 25, serversPerReplica: 8, startupTime: '90s', dispatch: 'LeastRequests' },
    slo: { responseTime: '250ms', objective: 0.99 },
    cost: { replicaHour: 0.12, violation: 0.0004, currency: 'USD' },
    forecast: { models: ['moving-average'] },
    chaos: { scenarios: [{ name: 'zone', probability: 0.01, recovery: '1h', zones: 3, required: true }] },
  },
};
const samples = (rps: (number | null)[]) => ({
  policy: POLICY,
  observations: { samples: { startAt: NOW, stepSeconds: 60, rps }, currentReplicas: 4 },
});
const SIZE = { arrivalRateRps: 900, serviceRateRps: 25, sloSeconds: 0.25, serversPerReplica: 8 };

test.each<[string, string, object]>([
  ['a what-if', '/api/v1/decisions', samples(Array<number>(30).fill(1800))],
  ['a what-if that abstains', '/api/v1/decisions', samples([null, null])],
  ['a what-if of nothing', '/api/v1/decisions', {}],
  [
    'a what-if by name',
    '/api/v1/decisions',
    { workload: { namespace: 'shop', name: 'checkout' }, overrides: { trafficMultiplier: 2 } },
  ],
  ['a what-if by a name that nobody has', '/api/v1/decisions', { workload: { namespace: 'a', name: 'b' } }],
  ['a sizing', '/api/v1/size', { ...SIZE, replicaCostPerHour: 0.12, violationCost: 0.0004 }],
  ['a sizing in overload', '/api/v1/size', { ...SIZE, replicas: 1 }],
  ['a sizing of nothing', '/api/v1/size', {}],
])('POST: %s is answered as documented', async (_name, path, body) => {
  expectDocumented(path, 'post', await http.post(path).send(body));
});

test('POST of something that is not JSON is refused as documented', async () => {
  const answer = await http.post('/api/v1/size').set('Content-Type', 'text/plain').send('900');
  expect(answer.status).toBe(415);
  expectDocumented('/api/v1/size', 'post', answer);
});

describe('the document', () => {
  test('is OpenAPI 3.1, of this version, each operation with a name of its own', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info.version).toBe('1.2.3');
    const names = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('getAutoscalersNamespaceNameForecast');
  });

  test('says what a body may be: what it refuses, the server refuses', async () => {
    const validate = ajv.getSchema(
      pointer('paths', '/api/v1/size', 'post', 'requestBody', 'content', 'application/json', 'schema'),
    )!;
    expect(validate(SIZE)).toBe(true);
    for (const bad of [
      { ...SIZE, arrivalRateRps: -1 },
      { ...SIZE, dispach: 'Random' },
      { ...SIZE, replicas: 1.5 },
    ]) {
      expect(validate(bad)).toBe(false);
      await http.post('/api/v1/size').send(bad).expect(422);
    }
  });

  test('a wrong form is noticed', async () => {
    const answer = await http.get('/api/v1/autoscalers');
    const validate = schemaFor('/api/v1/autoscalers', 'get', answer);
    expect(validate({ items: [{ ...(answer.body as { items: object[] }).items[0], secret: 1 }] })).toBe(
      false,
    );
  });
});

describe('its viewer', () => {
  test('asks nobody else for anything', async () => {
    const { text, headers } = await http.get('/docs').expect(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).not.toMatch(/https?:\/\//);
    const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) await http.get(`/${file}`).expect(200);
  });
});
