/** The decision API for whom the cluster knows: real tokens of service accounts, real reviews, RBAC on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { autoscalersPath } from '../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import type { RealPrometheus } from '../integration/prometheus/real-prometheus.ts';
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
