/** The decision API for whom the cluster knows: real tokens of service accounts, real reviews, RBAC on. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { autoscalersPath } from '../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import type { RealPrometheus } from '../integration/prometheus/real-prometheus.ts';
import { requireProgram } from './binaries/build-programs.ts';
import { kubeconfigText } from './harness/credentials.ts';
import { clientOf, must, until } from './harness/client.ts';
import { startController, type RunningController } from './harness/controller.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installFor, kubectl } from './harness/installed.ts';
import { startSteadyPrometheus, steadyPolicy } from './harness/steady-shop.ts';
import { makeTenant, tokenOfAccount } from './harness/tenants.ts';
import { makeNamespace, podOwnerSpec } from './harness/workloads.ts';

let controlPlane: ControlPlane;
let client: ApiClient;
let prometheus: RealPrometheus;
let controller: RunningController;
const tokens = { shop: '', warehouse: '', newcomer: '' };

beforeAll(async () => {
  controlPlane = await startControlPlane({ components: ['kube-controller-manager'] });
  client = clientOf(controlPlane);
  await installFor(controlPlane, client, ['prescale-a']);
  for (const namespace of ['shop', 'warehouse']) {
    await makeNamespace(client, namespace);
    const body = { metadata: { name: 'web' }, spec: podOwnerSpec('web', 3) };
    await must(client, { method: 'POST', path: `/apis/apps/v1/namespaces/${namespace}/deployments`, body });
    const policy = { ...steadyPolicy('web', 'Scale'), metadata: { name: `web-${namespace}`, namespace } };
    await must(client, { method: 'POST', path: autoscalersPath(namespace), body: policy });
  }
  tokens.shop = await makeTenant(controlPlane, 'shop', 'ann');
  tokens.warehouse = await makeTenant(controlPlane, 'warehouse', 'ben');
  await kubectl(controlPlane, 'create', 'serviceaccount', 'newcomer', '-n', 'shop');
  tokens.newcomer = await tokenOfAccount(controlPlane, 'shop', 'newcomer');
  prometheus = await startSteadyPrometheus();
  controller = await startController(controlPlane, {
    user: 'prescale-a',
    prometheusUrl: prometheus.url,
    tickSeconds: 2,
    host: '0.0.0.0',
  });
});
afterAll(async () => {
  controlPlane?.process('kube-apiserver').resume();
  await controller?.process.kill();
  await client?.close();
  await prometheus?.remove();
  await controlPlane?.stop();
});

async function ask(token: string | undefined, path: string, init: RequestInit = {}) {
  const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...init.headers };
  const response = await fetch(`${controller.apiUrl}${path}`, { ...init, headers });
  const body = (await response.json()) as { items?: { name: string }[]; detail?: string };
  return { status: response.status, type: response.headers.get('content-type'), body };
}

const post = (token: string, path: string, body: object) =>
  ask(token, path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
const namesOf = ({ body }: Awaited<ReturnType<typeof ask>>) => body.items?.map(({ name }) => name);

test('each tenant sees its own, whoever has no token nothing', async () => {
  expect(namesOf(await ask(tokens.shop, '/api/v1/autoscalers'))).toEqual(['web-shop']);
  expect(namesOf(await ask(tokens.warehouse, '/api/v1/autoscalers'))).toEqual(['web-warehouse']);
  expect((await ask(undefined, '/api/v1/autoscalers')).status).toBe(401);
  expect((await ask('eyJhbGciOiJub25lIn0.e30.', '/api/v1/autoscalers')).status).toBe(401);
});

test.each(['', '/decisions', '/history', '/ledger', '/forecast'])(
  'what is of one tenant (%s) is not there for another',
  async (rest) => {
    expect((await ask(tokens.shop, `/api/v1/autoscalers/shop/web-shop${rest}`)).status).toBe(200);
    expect((await ask(tokens.warehouse, `/api/v1/autoscalers/shop/web-shop${rest}`)).status).toBe(404);
    const { status, body } = await ask(tokens.warehouse, `/api/v1/autoscalers/shop/web-none${rest}`);
    expect([status, body.detail]).toEqual([404, 'There is not an autoscaler shop/web-none.']);
  },
);

test('what-if by name, and the right to ask a path at all', async () => {
  const question = { workload: { namespace: 'shop', name: 'web-shop' } };
  expect((await post(tokens.shop, '/api/v1/decisions', question)).status).toBe(200);
  expect((await post(tokens.warehouse, '/api/v1/decisions', question)).status).toBe(404);
  // Kubernetes' own system:discovery lets everybody get what is below /api/; what is posted takes prescale-ask.
  expect((await post(tokens.newcomer, '/api/v1/decisions', question)).status).toBe(403);
  expect(namesOf(await ask(tokens.newcomer, '/api/v1/autoscalers'))).toEqual([]);
});

test('the stream brings a tenant its own decisions alone', async () => {
  const stop = new AbortController();
  const response = await fetch(`${controller.apiUrl}/api/v1/stream`, {
    headers: { authorization: `Bearer ${tokens.warehouse}` },
    signal: stop.signal,
  });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if ((text.match(/event: decision/g) ?? []).length >= 3) break;
  }
  stop.abort();
  expect(text).toContain('web-warehouse');
  expect(text).not.toContain('web-shop');
});

describe('kubectl psa', () => {
  /** kubectl as the tenant, with the plugin on the PATH as it is found there. */
  async function psa(token: string, ...args: string[]) {
    const folder = join(controlPlane.folder, 'psa');
    const file = join(folder, 'kubeconfig');
    mkdirSync(folder, { recursive: true });
    const { url, caFile } = controlPlane;
    writeFileSync(file, kubeconfigText({ url, caFile, token, namespace: 'shop' }), { mode: 0o600 });
    const source = join(import.meta.dirname, '..', '..', 'src', 'kubectl-psa.ts');
    const shim = `#!/bin/sh\nexec ${process.execPath} --import tsx ${source} "$@"\n`;
    writeFileSync(join(folder, 'kubectl-psa'), shim, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, KUBECONFIG: file };
    return promisify(execFile)(requireProgram('kubectl'), ['psa', ...args], { env }).then(
      ({ stdout }) => ({ exitCode: 0, stdout, stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => ({ exitCode: error.code, ...error }),
    );
  }

  /** A Service without a selector, and a pod that is this machine: the API server proxies to pods alone, none on loopback. */
  beforeAll(async () => {
    const services = '/api/v1/namespaces/prescale-system/services';
    const port = Number(new URL(controller.apiUrl).port);
    const spec = { clusterIP: 'None', ports: [{ name: 'api', port: 8080, targetPort: port }] };
    await must(client, { method: 'POST', path: services, body: { metadata: { name: 'prescale' }, spec } });
    await makePod();
    const targetRef = { kind: 'Pod', namespace: 'prescale-system', name: 'prescale-1' };
    const slice = {
      metadata: { name: 'prescale-1', labels: { 'kubernetes.io/service-name': 'prescale' } },
      addressType: 'IPv4',
      ports: [{ name: 'api', port }],
      endpoints: [{ addresses: [otherAddress()], conditions: { ready: true }, targetRef }],
    };
    const slices = '/apis/discovery.k8s.io/v1/namespaces/prescale-system/endpointslices';
    await must(client, { method: 'POST', path: slices, body: slice });
    const subsets = [{ addresses: [{ ip: otherAddress(), targetRef }], ports: [{ name: 'api', port }] }];
    const endpoints = '/api/v1/namespaces/prescale-system/endpoints';
    await must(client, {
      method: 'POST',
      path: endpoints,
      body: { metadata: { name: 'prescale' }, subsets },
    });
    await kubectl(
      ...([controlPlane, 'create', 'rolebinding', 'ann-reaches', '-n', 'prescale-system'] as const),
      ...['--role=prescale-reach', '--serviceaccount=shop:ann'],
    );
  });

  test('explains and lists through the proxy of the API server, with the rights of the token', async () => {
    const explained = await psa(tokens.shop, 'explain', 'web-shop');
    expect(explained).toMatchObject({ exitCode: 0, stderr: '' });
    expect(explained.stdout).toMatch(/^shop\/web-shop {2}/);
    expect(explained.stdout).toContain('outcome');
    const json = await psa(tokens.shop, 'explain', 'web-shop', '-n', 'shop', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ workload: { namespace: 'shop', name: 'web-shop' } });
    const listed = await psa(tokens.shop, 'get', '-A');
    expect(listed.stdout).toMatch(/^NAMESPACE +NAME +MODE/);
    expect(listed.stdout).toContain('web-shop');
    expect(listed.stdout).not.toContain('web-warehouse');
  });

  test('what is not one’s own is not there, and a right that is missing is named', async () => {
    const hidden = await psa(tokens.shop, 'explain', 'web-warehouse', '-n', 'warehouse');
    expect(hidden.exitCode).toBe(1);
    expect(hidden.stderr).toContain('does not look after warehouse/web-warehouse');
    const outside = await psa(tokens.warehouse, 'get');
    expect(outside.exitCode).toBe(1);
    expect(outside.stderr).toMatch(/403: services "prescale" is forbidden/);
    expect(outside.stderr).not.toContain(tokens.warehouse);
  });
});

async function makePod(): Promise<void> {
  const pods = '/api/v1/namespaces/prescale-system/pods';
  await makeNamespace(client, 'prescale-system');
  const spec = { containers: [{ name: 'prescale', image: 'none' }] };
  await must(client, { method: 'POST', path: pods, body: { metadata: { name: 'prescale-1' }, spec } });
  const ip = otherAddress();
  const body = { status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] } };
  const path = `${pods}/prescale-1/status`;
  await must(client, { method: 'PATCH', path, contentType: 'mergePatch', body });
}

/** Of this machine, as others see it. */
function otherAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)!.address;
}

test('a right that is given is there, and one that is taken away is gone, within its term', async () => {
  await kubectl(
    ...([controlPlane, 'create', 'rolebinding', 'newcomer', '-n', 'shop'] as const),
    ...['--role=ann-sees', '--serviceaccount=shop:newcomer'],
  );
  const sees = async () => namesOf(await ask(tokens.newcomer, '/api/v1/autoscalers'))?.includes('web-shop');
  await until('the right is there', sees, 10);
  await kubectl(controlPlane, 'delete', 'rolebinding', 'newcomer', '-n', 'shop');
  await until('the right is gone', async () => !(await sees()), 40);
});

test('while the API server is silent nobody new is let in, and health is told as ever', async () => {
  const unseen = await tokenOfAccount(controlPlane, 'shop', 'ann');
  controlPlane.process('kube-apiserver').suspend();
  try {
    const { status, type, body } = await ask(unseen, '/api/v1/autoscalers');
    expect([status, type]).toEqual([503, expect.stringContaining('application/problem+json')]);
    expect(JSON.stringify(body)).not.toContain('web-');
    expect((await fetch(`${controller.probesUrl}/healthz`)).status).toBe(200);
  } finally {
    controlPlane.process('kube-apiserver').resume();
  }
  await until('it is let in', async () => (await ask(unseen, '/api/v1/autoscalers')).status === 200, 30);
});

test('no token is in the log', () => {
  const log = readFileSync(join(controlPlane.folder, 'prescale-a.log'), 'utf8');
  expect(log.length).toBeGreaterThan(100);
  for (const token of Object.values(tokens)) expect(log).not.toContain(token);
});
