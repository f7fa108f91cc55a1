import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  loadPrometheusConfig,
  parsePrometheusConfig,
  prometheusConfigFromUrl,
} from '../../../../src/observe/prometheus/prometheus-config.ts';
import { createMetricsSources } from '../../../../src/observe/metrics-sources.ts';

const URL_TEXT = 'https://prometheus.example:9090/prefix';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'prescale-config-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function loaded(yaml: string) {
  const path = join(dir, 'sources.yaml');
  await writeFile(path, yaml);
  return loadPrometheusConfig(path);
}

test('a URL alone is the source named default', () => {
  expect(prometheusConfigFromUrl(URL_TEXT)).toEqual({
    name: 'default',
    replicas: [],
    url: new URL(URL_TEXT),
    timeoutSeconds: 5,
    concurrency: 8,
    maxAnswerBytes: 16_777_216,
    auth: { kind: 'none' },
    caFile: null,
    clientCertificate: null,
    headers: {},
  });
});

test('a file names sources; paths are relative to its folder', async () => {
  const configs = await loaded(`
default: { url: "${URL_TEXT}", timeout: 2s500ms, auth: { bearerTokenFile: token } }
mimir:
  url: https://mimir
  concurrency: 2
  auth: { username: prescale, passwordFile: /run/password }
  caFile: ca.pem
  certFile: client.pem
  keyFile: keys/client.pem
  headers: { X-Scope-OrgID: shop, X-Api-Key: { file: key } }
`);
  expect(configs).toMatchObject([
    { name: 'default', timeoutSeconds: 2.5, auth: { kind: 'bearer', tokenFile: join(dir, 'token') } },
    {
      name: 'mimir',
      concurrency: 2,
      auth: { kind: 'basic', username: 'prescale', passwordFile: '/run/password' },
      caFile: join(dir, 'ca.pem'),
      clientCertificate: { certFile: join(dir, 'client.pem'), keyFile: join(dir, 'keys/client.pem') },
      headers: { 'X-Scope-OrgID': { value: 'shop' }, 'X-Api-Key': { file: join(dir, 'key') } },
    },
  ]);
});

describe('what is refused says which field, what was got and what is allowed', () => {
  test.each([
    ['no source', '{}', /document: got no source, allowed: named sources, at least one/],
    ['not a map', '- a', /allowed: /],
    ['broken YAML', 'a: [1', /line 1: got .*, allowed: YAML/],
    ['no url', 'a: {}', /a\.url: got .*allowed: an http or https URL without credentials/],
    ['no URL at all', 'a: { url: prometheus }', /a\.url: got .*allowed: an http or https URL/],
    ['another scheme', 'a: { url: "file:///etc/passwd" }', /a\.url/],
    ['a query', 'a: { url: "http://p/?x=1" }', /a\.url/],
    [
      'an unknown field',
      'a: { url: "http://p", token: x }',
      /a\.token: got an unknown field, allowed: .*timeout/,
    ],
    [
      'a number for a duration',
      'a: { url: "http://p", timeout: 5 }',
      /a\.timeout: got 5, allowed: a duration such as/,
    ],
    ['no time', 'a: { url: "http://p", timeout: 0s }', /a\.timeout: got .*0s.*, allowed: .*above 0/],
    [
      'no concurrency',
      'a: { url: "http://p", concurrency: 0 }',
      /a\.concurrency: got 0, allowed: at least 1/,
    ],
    [
      'half a basic auth',
      'a: { url: "http://p", auth: { username: u } }',
      /a\.auth: got .*allowed: either bearerTokenFile, or/,
    ],
    [
      'two auths',
      'a: { url: "http://p", auth: { username: u, bearerTokenFile: t, passwordFile: p } }',
      /a\.auth/,
    ],
    [
      'half a certificate',
      'a: { url: "https://p", certFile: c }',
      /a\.certFile: .*certFile and keyFile together/,
    ],
    ['a CA without TLS', 'a: { url: "http://p", caFile: c }', /a\.url: .*an https URL where caFile/],
    [
      'a secret as a header',
      'a: { url: "http://p", headers: { Authorization: Bearer x } }',
      /a\.headers.*use auth/,
    ],
    ['a header of two lines', 'a: { url: "http://p", headers: { X-A: "a\\nb" } }', /a\.headers/],
    ['a bad name', '"a b": { url: "http://p" }', /a name of letters, digits/],
  ])('%s', async (_what, yaml, message) => {
    await expect(loaded(yaml)).rejects.toThrow(message);
    await expect(loaded(yaml)).rejects.toMatchObject({ code: 'invalidInput' });
  });

  test.each([
    ['headers: { Authorization: Bearer hunter2 }'],
    ['headers: { X-Key: "hunter2\\n" }'],
    ['auth: hunter2'],
    ['auth: { password: hunter2 }'],
  ])('what may be a secret is not repeated: %s', async (field) => {
    await expect(loaded(`a: { url: "http://p", ${field} }`)).rejects.not.toThrow(/hunter2/);
  });

  test('a password in a URL is refused and not repeated', async () => {
    const secret = 'http://user:hunter2@prometheus:9090';
    await expect(loaded(`a: { url: "${secret}" }`)).rejects.not.toThrow(/hunter2/);
    expect(() => prometheusConfigFromUrl(secret)).toThrow(
      /--prometheus: got another form, allowed: .*without credentials/,
    );
    expect(() => prometheusConfigFromUrl(secret)).not.toThrow(/hunter2/);
  });

  test('no file', async () => {
    await expect(loadPrometheusConfig(join(dir, 'none.yaml'))).rejects.toThrow(
      /file: got ENOENT, allowed: a readable/,
    );
  });
});

test('a policy that names no known source is told the known ones', async () => {
  const sources = createMetricsSources(
    parsePrometheusConfig({ default: { url: 'http://a' }, mimir: { url: 'http://b' } }, 'sources.yaml'),
  );
  expect(
    sources.named('mimir', 'spec.metrics.source').resolutionSeconds({ namespace: 'a', name: 'b' }),
  ).toBeNull();
  expect(() => sources.named('thanos', 'spec.metrics.source')).toThrow(
    'spec.metrics.source: got "thanos", allowed: default, mimir',
  );
  await sources.close();
});
