/** Two controllers as processes of their own: whichever is asked, the leader answers; and when it is gone, the other. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { autoscalersPath } from '../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import type { RealPrometheus } from '../integration/prometheus/real-prometheus.ts';
import { clientOf, must, until } from './harness/client.ts';
import { startController, type RunningController } from './harness/controller.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installFor } from './harness/installed.ts';
import { startSteadyPrometheus, steadyPolicy } from './harness/steady-shop.ts';
import { makeTenant } from './harness/tenants.ts';
import { makeNamespace, podOwnerSpec } from './harness/workloads.ts';

const WEB = '/api/v1/autoscalers/shop/web';

let controlPlane: ControlPlane;
let client: ApiClient;
let prometheus: RealPrometheus;
let token: string;
let leader: RunningController;
let standby: RunningController;
const controllers: RunningController[] = [];

beforeAll(async () => {
  controlPlane = await startControlPlane({ components: ['kube-controller-manager'] });
  client = clientOf(controlPlane);
  await makeNamespace(client, 'shop');
  await installFor(controlPlane, client, ['prescale-a', 'prescale-b']);
  token = await makeTenant(controlPlane, 'shop', 'ann');
  prometheus = await startSteadyPrometheus();
  const body = { metadata: { name: 'web' }, spec: podOwnerSpec('web', 3) };
  await must(client, { method: 'POST', path: '/apis/apps/v1/namespaces/shop/deployments', body });
  await must(client, { method: 'POST', path: autoscalersPath('shop'), body: steadyPolicy('web', 'Scale') });
  leader = await start('prescale-a');
  await until('it leads', async () => (await ask(leader)).answeredBy === 'owner');
  await until('it has decided for a while', async () => (await ask(leader)).decisions >= 5);
  standby = await start('prescale-b');
});
afterAll(async () => {
  for (const { process } of controllers) await process.kill();
  await client?.close();
  await prometheus?.remove();
  await controlPlane?.stop();
});

async function start(user: RunningController['user']): Promise<RunningController> {
  const controller = await startController(controlPlane, {
    user,
    prometheusUrl: prometheus.url,
    tickSeconds: 2,
    host: '0.0.0.0',
    flags: { advertise: '127.0.0.1' },
  });
  controllers.push(controller);
  return controller;
}

async function ask({ apiUrl }: RunningController, bearer = token) {
  const response = await fetch(`${apiUrl}${WEB}/decisions?limit=500`, {
    headers: { authorization: `Bearer ${bearer}` },
  });
  const { items = [] } = (await response.json()) as { items?: { actuation: { result: string } }[] };
  return {
    status: response.status,
    answeredBy: response.headers.get('x-prescale-answered-by'),
    since: response.headers.get('x-prescale-deciding-since'),
    decisions: items.length,
    results: new Set(items.map(({ actuation }) => actuation.result)),
  };
}

test('the standby passes on what it is asked: the answer is the leader’s, with its history', async () => {
  const answer = await ask(standby);
  expect(answer).toMatchObject({ status: 200, answeredBy: 'owner', since: null });
  // Decisions of the time before the standby was there, none of them made by one that does not lead.
  expect(answer.decisions).toBeGreaterThanOrEqual(5);
  expect(answer.results.has('notLeader')).toBe(false);
  expect(await ask(standby, 'a-token-of-nobody')).toMatchObject({ status: 401 });
});

test('the stream of the leader comes through the standby', async () => {
  const stop = new AbortController();
  const response = await fetch(`${standby.apiUrl}/api/v1/stream`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  expect(response.headers.get('x-prescale-answered-by')).toBe('owner');
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('event: decision')) break;
  }
  stop.abort();
  expect(text).toContain('"name":"web"');
});

test('a leader that is gone: the standby answers itself at once and says since when; then it leads', async () => {
  await leader.process.kill();
  const began = performance.now();
  const answer = await ask(standby);
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(answer).toMatchObject({
    status: 200,
    answeredBy: expect.stringMatching(/^standby /),
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  expect(answer.decisions).toBeGreaterThan(0);
  await until('the other leads', async () => (await ask(standby)).answeredBy === 'owner', 40);
  expect((await ask(standby)).since).toBeNull();
});
