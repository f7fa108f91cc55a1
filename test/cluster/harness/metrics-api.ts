/**
 * An aggregated API server for metrics, as metrics-server and the adapters are: TLS, discovery, and whatever the test
 * wants HPA to be told. Each question is answered when the test has its answer.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { must, NEVER, until } from './client.ts';

export interface PodSample {
  readonly pod: string;
  readonly cpuMillicores: number;
}

export interface MetricsAnswers {
  /** Of the pods that this label value of `app` selects; undefined: the server fails. */
  readonly cpu: (app: string) => Promise<CpuAnswer | undefined>;
  /** In thousandths; undefined: the server fails. */
  readonly external: (metric: string) => Promise<number | undefined>;
}

export interface CpuAnswer {
  /** Whole seconds: the API knows no others. */
  readonly atMs: number;
  readonly windowSeconds: number;
  readonly samples: readonly PodSample[];
}

export interface MetricsApi {
  stop(): Promise<void>;
}

const SERVICE = 'test-metrics';
const NAMESPACE = 'kube-system';
const GROUPS = {
  'metrics.k8s.io': [{ name: 'pods', kind: 'PodMetrics', namespaced: true, verbs: ['get', 'list'] }],
  'external.metrics.k8s.io': [
    { name: 'any', kind: 'ExternalMetricValueList', namespaced: true, verbs: ['get'] },
  ],
} as const;
const VERSION = 'v1beta1';

/** Serves both groups, and has the API server take them on. */
export async function startMetricsApi(
  client: ApiClient,
  folder: string,
  answers: MetricsAnswers,
): Promise<MetricsApi> {
  const { key, certificate } = makeCertificate(folder);
  const server = createServer({ key, cert: certificate }, (request, response) => {
    void answerTo(new URL(request.url ?? '/', 'https://metrics'), answers).then((body) => {
      response.writeHead(body === undefined ? 503 : 200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(body ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 503 }),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await register(client, (server.address() as AddressInfo).port, certificate);
  return { stop: () => stopped(server) };
}

async function stopped(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

function makeCertificate(folder: string): { readonly key: Buffer; readonly certificate: Buffer } {
  const files = { key: join(folder, 'metrics.key'), certificate: join(folder, 'metrics.crt') };
  const name = `${SERVICE}.${NAMESPACE}.svc`;
  const ellipticKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const written = ['-keyout', files.key, '-out', files.certificate];
  const named = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...ellipticKey, ...written, ...named], {
    stdio: 'pipe',
  });
  return { key: readFileSync(files.key), certificate: readFileSync(files.certificate) };
}

/** A service that is only a name leads the API server to this process. */
async function register(client: ApiClient, port: number, certificate: Buffer): Promise<void> {
  const path = `/api/v1/namespaces/${NAMESPACE}/services`;
  const spec = { type: 'ExternalName', externalName: '127.0.0.1' };
  await must(client, { method: 'POST', path, body: { metadata: { name: SERVICE }, spec } });
  const service = { name: SERVICE, namespace: NAMESPACE, port };
  const shared = { service, caBundle: certificate.toString('base64'), version: VERSION };
  for (const group of Object.keys(GROUPS)) {
    const name = `${VERSION}.${group}`;
    const body = {
      metadata: { name },
      spec: { ...shared, group, groupPriorityMinimum: 100, versionPriority: 100 },
    };
    await must(client, { method: 'POST', path: '/apis/apiregistration.k8s.io/v1/apiservices', body });
  }
  for (const group of Object.keys(GROUPS))
    await until(`${group} is served`, async () => {
      const answer = await client.call({ method: 'GET', path: `/apis/${group}/${VERSION}` }, NEVER);
      return answer.kind === 'ok';
    });
}

async function answerTo({ pathname, searchParams }: URL, answers: MetricsAnswers): Promise<unknown> {
  const [, , group, version, , namespace, name] = pathname.split('/');
  if (version === undefined) return groupOf(group);
  const resources = (GROUPS as Readonly<Record<string, readonly object[]>>)[group];
  const groupVersion = `${group}/${version}`;
  if (name === undefined) return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
  if (group !== 'metrics.k8s.io') return externalList(name, await answers.external(name));
  const app = /^app=(.+)$/.exec(searchParams.get('labelSelector') ?? '')?.[1] ?? '';
  return podMetricsList(namespace, await answers.cpu(app));
}

function groupOf(group: string): unknown {
  const version = { groupVersion: `${group}/${VERSION}`, version: VERSION };
  return { kind: 'APIGroup', apiVersion: 'v1', name: group, versions: [version], preferredVersion: version };
}

function podMetricsList(namespace: string, answer: CpuAnswer | undefined): unknown {
  if (answer === undefined) return undefined;
  const { atMs, windowSeconds, samples } = answer;
  return {
    kind: 'PodMetricsList',
    apiVersion: `metrics.k8s.io/${VERSION}`,
    metadata: {},
    items: samples.map(({ pod, cpuMillicores }) => ({
      metadata: { name: pod, namespace },
      timestamp: new Date(atMs).toISOString(),
      window: `${windowSeconds}s`,
      containers: [{ name: 'app', usage: { cpu: `${cpuMillicores}m`, memory: '1Mi' } }],
    })),
  };
}

function externalList(metricName: string, thousandths: number | undefined): unknown {
  if (thousandths === undefined) return undefined;
  return {
    kind: 'ExternalMetricValueList',
    apiVersion: `external.metrics.k8s.io/${VERSION}`,
    metadata: {},
    items: [{ metricName, metricLabels: {}, timestamp: new Date().toISOString(), value: `${thousandths}m` }],
  };
}
