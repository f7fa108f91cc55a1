import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import { autoscalersPath, writeStatus } from '../../src/cluster/autoscaler-status.ts';
import { createEventRecorder } from '../../src/cluster/event-recorder.ts';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import { createSystemClock } from '../../src/control/clocks/system-clock.ts';
import { eventOf } from '../../src/explain/event.ts';
import { statusOf } from '../../src/explain/status-of.ts';
import { aDecision } from '../builders/decision.ts';
import { changed, CHECKOUT_YAML } from '../builders/policy-document.ts';
import { requireProgram } from './binaries/build-programs.ts';
import { clientOf, must, NEVER, until } from './harness/client.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const EVENTS = '/api/v1/namespaces/shop/events';
const AUTOSCALERS = autoscalersPath('shop');

let controlPlane: ControlPlane;
let client: ApiClient;
let object: KubernetesObject;
const decision = aDecision();
const actuation = {
  workload: decision.workload,
  decidedAtMs: decision.decidedAtMs,
  result: 'applied',
  toReplicas: 12,
  message: 'asked for 12',
} as const;
const status = statusOf({ decision, actuation, generation: 1, previous: {} });

beforeAll(async () => {
  controlPlane = await startControlPlane();
  client = clientOf(controlPlane);
  await must(client, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'shop' } } });
  const crd: unknown = parse(readFileSync('deploy/crd/predictiveautoscalers.yaml', 'utf8'));
  await must(client, { method: 'POST', path: CRDS, body: crd });
  await until('the kind is served', async () => {
    const answer = await client.call({ method: 'GET', path: AUTOSCALERS }, NEVER);
    return answer.kind === 'ok';
  });
});
beforeEach(async () => {
  await client.call({ method: 'DELETE', path: `${AUTOSCALERS}/checkout` }, NEVER);
  object = await must(client, { method: 'POST', path: AUTOSCALERS, body: parse(CHECKOUT_YAML) as object });
});
afterAll(async () => {
  await client?.close();
  await controlPlane?.stop();
});

const kubectl = async (...args: string[]): Promise<string> => {
  const all = ['--kubeconfig', controlPlane.kubeconfigFile(), '--cache-dir', controlPlane.folder, ...args];
  const { stdout } = await promisify(execFile)(requireProgram('kubectl'), all);
  return stdout;
};
const current = () => must(client, { method: 'GET', path: `${AUTOSCALERS}/checkout` });

describe('the status of a PredictiveAutoscaler', () => {
  test('is written where it is new, and not again', async () => {
    expect(await writeStatus(client, object, status, NEVER)).toEqual({ kind: 'written' });
    const after = await current();
    expect(after.status).toEqual(JSON.parse(JSON.stringify(status)));
    expect(await writeStatus(client, after, status, NEVER)).toEqual({ kind: 'unchanged' });
  });

  test('loses the fields that it does not have any more', async () => {
    await writeStatus(client, object, status, NEVER);
    const { forecast: _forecast, ...without } = status;
    await writeStatus(client, await current(), without, NEVER);
    expect((await current()).status).not.toHaveProperty('forecast');
  });

  test('never speaks for a spec that it was not decided on', async () => {
    const body = changed(object, { 'spec.maxReplicas': 61 });
    await must(client, { method: 'PUT', path: `${AUTOSCALERS}/checkout`, body });
    expect(await writeStatus(client, object, status, NEVER)).toEqual({ kind: 'gone' });
    expect((await current()).status).toBeUndefined();
  });

  test('of an object that was deleted is not written', async () => {
    await must(client, { method: 'DELETE', path: `${AUTOSCALERS}/checkout` });
    expect(await writeStatus(client, object, status, NEVER)).toEqual({ kind: 'gone' });
  });

  test('shows in kubectl get psa', async () => {
    await writeStatus(client, object, status, NEVER);
    const [heading, row] = (await kubectl('get', 'psa', '-n', 'shop')).trim().split('\n');
    expect(heading).toMatch(
      /^NAME +TARGET +MODE +CURRENT +RECOMMENDED +DESIRED +FORECAST PEAK +MODEL +REASON +AGE$/,
    );
    expect(row.split(/ {2,}/).slice(0, 3)).toEqual(['checkout', 'checkout', 'Recommend']);
    expect(row).toContain(decision.outcome.reason);
  });

  test('every field is explained', async () => {
    for (const field of ['spec.slo.objective', 'spec.capacity.serviceRateRps', 'status.forecast.peakRps'])
      expect(await kubectl('explain', `psa.${field}`)).toMatch(/DESCRIPTION:\n +\S+/);
  });
});

describe('events', () => {
  const eventsOf = async (): Promise<readonly { reason: string; count: number; message: string }[]> => {
    const query = { fieldSelector: `involvedObject.uid=${object.metadata.uid}` };
    const list = await must<{ items: { reason: string; count: number; message: string }[] }>(client, {
      method: 'GET',
      path: EVENTS,
      query,
    });
    return list.items;
  };
  const recorder = (instance: string) =>
    createEventRecorder({
      client,
      clock: { ...createSystemClock(), nowMs: () => Date.UTC(2026, 10, 25, 12) },
      instance,
      onFault: (message) => {
        throw new Error(message);
      },
    });

  test('the same words are one event that is counted, whoever says them', async () => {
    const event = eventOf(decision, actuation);
    for (const instance of ['a', 'a', 'b']) await recorder(instance).record(object, event, NEVER);
    expect(await eventsOf()).toEqual([expect.objectContaining({ ...event, count: 3 })]);
    await recorder('a').record(object, { ...event, message: 'other words' }, NEVER);
    expect((await eventsOf()).map(({ count }) => count).sort()).toEqual([1, 3]);
  });

  test('show in kubectl describe', async () => {
    const event = eventOf(decision, actuation);
    await recorder('a').record(object, event, NEVER);
    expect(await kubectl('describe', 'psa', 'checkout', '-n', 'shop')).toContain(event.reason);
  });
});
