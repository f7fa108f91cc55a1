import { copyFileSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MetricsSource, SeriesRequest } from '../../../../src/observe/metrics-source.ts';
import { parsePrometheusConfig } from '../../../../src/observe/prometheus/prometheus-config.ts';
import { createPrometheusSource } from '../../../../src/observe/prometheus/prometheus-source.ts';
import { type FakePrometheus, startFakePrometheus } from '../../../fakes/prometheus.ts';
import { type CertificateFiles, HAS_OPENSSL, makeCertificates } from './test-certificates.ts';

const NEVER = new AbortController().signal;
const START_MS = Date.UTC(2025, 6, 22, 8);
const MINUTE_MS = 60_000;
const series = {
  startAtMs: START_MS,
  stepSeconds: 60,
  values: Float64Array.from({ length: 30 }, (_, slot) => slot),
};

function ask(fromSlot: number, toSlot: number, query = 'rate'): SeriesRequest {
  return {
    workload: { namespace: 'shop', name: 'checkout' },
    metric: 'arrivalRate',
    query,
    fromMs: START_MS + fromSlot * MINUTE_MS,
    toMs: START_MS + toSlot * MINUTE_MS,
    stepSeconds: 60,
  };
}

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'prescale-source-'));
});
afterAll(() => rm(dir, { recursive: true }));

function sourceFor(url: string, more: object = {}): MetricsSource {
  const configs = parsePrometheusConfig(
    { default: { url, timeout: '2s', ...more } },
    join(dir, 'sources.yaml'),
  );
  return createPrometheusSource(configs[0]);
}

describe('over HTTP', () => {
  let fake: FakePrometheus;
  let source: MetricsSource | undefined;
  beforeEach(async () => {
    fake = await startFakePrometheus({ rate: [{ series }] });
  });
  afterEach(async () => {
    await source?.close();
    await fake.close();
  });
  const use = (more: object = {}, path = ''): MetricsSource => (source = sourceFor(fake.url + path, more));

  test('a range is a POST form to query_range, ends of slots as seconds, with a timeout of its own', async () => {
    await use({}, '/prefix/').read([ask(3, 6)], NEVER);
    expect(fake.received).toMatchObject([
      {
        path: '/prefix/api/v1/query_range',
        headers: { 'content-type': 'application/x-www-form-urlencoded', connection: 'keep-alive' },
        form: { query: 'rate', start: '1753171440', end: '1753171560', step: '60', timeout: '2s' },
      },
    ]);
  });

  test('a single slot is an instant query', async () => {
    const answers = await use().read([ask(3, 4)], NEVER);
    expect(fake.received).toMatchObject([
      { path: '/api/v1/query', form: { query: 'rate', time: '1753171440' } },
    ]);
    expect(answers).toMatchObject([{ samples: { startsAtMs: Float64Array.of(START_MS + 3 * MINUTE_MS) } }]);
  });

  test('equal questions are asked once, whichever workload and metric asks', async () => {
    const other = {
      ...ask(3, 6),
      workload: { namespace: 'shop', name: 'cart' },
      metric: 'throughput' as const,
    };
    const sameSlots = { ...ask(3, 6), toMs: ask(3, 6).toMs + 1 };
    const answers = await use().read([ask(3, 6), other, sameSlots, ask(3, 7)], NEVER);
    expect(fake.received).toHaveLength(2);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test('connections are kept, and there are no more than are allowed', async () => {
    const many = Array.from({ length: 20 }, (_, slot) => ask(0, slot + 2));
    const pool = use({ concurrency: 3 });
    for (let batch = 0; batch < 3; batch += 1) {
      const answers = await pool.read(many, NEVER);
      expect(answers.every(({ kind }) => kind === 'samples')).toBe(true);
    }
    expect(fake.received).toHaveLength(60);
    expect(fake.connections()).toBeLessThanOrEqual(3);
  });

  test('an idle connection that the server has closed does no harm', async () => {
    const pool = use();
    await pool.read([ask(3, 6)], NEVER);
    fake.dropConnections();
    expect(await pool.read([ask(3, 6)], NEVER)).toMatchObject([{ kind: 'samples' }]);
  });

  test('one bad query does not spoil the others', async () => {
    const answers = await use().read([ask(3, 6), ask(3, 6, 'rate(!'), ask(3, 6, 'none')], NEVER);
    expect(answers).toMatchObject([
      { kind: 'samples' },
      { kind: 'queryRejected', message: 'HTTP 400: invalid parameter "query": parse error' },
      { kind: 'empty' },
    ]);
  });

  test('a token is read anew for each request, so that a rotated one is used at once', async () => {
    const tokenFile = join(dir, 'token');
    await writeFile(tokenFile, 'first\n');
    const pool = use({ auth: { bearerTokenFile: tokenFile } });
    await pool.read([ask(3, 6)], NEVER);
    await writeFile(tokenFile, 'second');
    await pool.read([ask(3, 6)], NEVER);
    expect(fake.received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
  });

  test('basic authentication and other headers', async () => {
    await writeFile(join(dir, 'password'), 'pässword\n');
    await writeFile(join(dir, 'key'), 'k-1');
    const auth = { username: 'prescale', passwordFile: 'password' };
    await use({ auth, headers: { 'X-Scope-OrgID': 'shop', 'X-Api-Key': { file: 'key' } } }).read(
      [ask(3, 6)],
      NEVER,
    );
    expect(fake.received[0].headers).toMatchObject({
      authorization: `Basic ${Buffer.from('prescale:pässword').toString('base64')}`,
      'x-scope-orgid': 'shop',
      'x-api-key': 'k-1',
    });
  });

  test.each([
    ['no file', 'missing', undefined, /^cannot read .*missing \(ENOENT\) \(127/],
    ['an empty file', 'empty', '\n', /^.*empty does not hold one line/],
    ['a file of two lines', 'two', 'a\nsecret', /^.*two does not hold one line/],
  ])('a token from %s: the source is down, and says which file', async (...row) => {
    const [, name, content, message] = row;
    if (content !== undefined) await writeFile(join(dir, name), content);
    const answers = await use({ auth: { bearerTokenFile: name } }).read([ask(3, 6)], NEVER);
    expect(answers).toMatchObject([
      { kind: 'sourceDown', message: expect.stringMatching(message) as string },
    ]);
    expect(fake.received).toHaveLength(0);
  });
});

test.each([
  ['nobody listens', 'http://127.0.0.1:1', /^connection refused \(127\.0\.0\.1:1\)$/],
  [
    'the host does not exist',
    'http://prometheus.invalid:9090',
    /^(?:host name not found|no answer within 2s) \(prometheus\.invalid:9090\)$/,
  ],
])('%s: down, with the host and without the query', async (_what, url, message) => {
  const source = sourceFor(url);
  const [answer] = await source.read([ask(3, 6)], NEVER);
  expect(answer).toMatchObject({ kind: 'sourceDown', message: expect.stringMatching(message) as string });
  await source.close();
});

describe.skipIf(!HAS_OPENSSL)('over TLS (needs openssl to make certificates)', () => {
  let good: CertificateFiles;
  let other: CertificateFiles;
  let fake: FakePrometheus;
  beforeAll(async () => {
    good = makeCertificates(dir, 'good');
    other = makeCertificates(dir, 'other');
    const tls = {
      cert: readFileSync(good.cert('server')),
      key: readFileSync(good.key('server')),
      ca: readFileSync(good.ca),
      requestCert: true,
      rejectUnauthorized: true,
    };
    fake = await startFakePrometheus({ rate: [{ series }] }, (answer) => createHttpsServer(tls, answer));
  });
  afterAll(() => fake.close());
  const files = (certificates: CertificateFiles) => ({
    certFile: certificates.cert('client'),
    keyFile: certificates.key('client'),
  });
  const kindOf = async (more: object) => {
    const source = sourceFor(fake.url, more);
    const [answer] = await source.read([ask(3, 6)], NEVER);
    await source.close();
    return answer.kind === 'sourceDown' ? answer.message : answer.kind;
  };

  test('with its CA and a client certificate it answers', async () => {
    expect(await kindOf({ caFile: good.ca, ...files(good) })).toBe('samples');
  });

  test.each([
    ['no CA', () => files(good), /^TLS failed \(/],
    ['another CA', () => ({ caFile: other.ca, ...files(good) }), /^TLS failed \(/],
    ['no client certificate', () => ({ caFile: good.ca }), /^(TLS failed|connection closed)/],
    [
      "another CA's client certificate",
      () => ({ caFile: good.ca, ...files(other) }),
      /^(TLS failed|connection closed)/,
    ],
    [
      'a CA file that is missing',
      () => ({ caFile: join(dir, 'none.pem') }),
      /^cannot read .*none\.pem \(ENOENT\)/,
    ],
  ])('with %s it is down', async (_what, more, message) => {
    expect(await kindOf(more())).toMatch(message);
  });

  test('renewed files are used from the next connection on', async () => {
    const caFile = join(dir, 'ca-in-use.pem');
    copyFileSync(other.ca, caFile);
    const source = sourceFor(fake.url, { caFile, ...files(good) });
    expect(await source.read([ask(3, 6)], NEVER)).toMatchObject([{ kind: 'sourceDown' }]);
    copyFileSync(good.ca, caFile);
    expect(await source.read([ask(3, 6)], NEVER)).toMatchObject([{ kind: 'samples' }]);
    await source.close();
  });
});
