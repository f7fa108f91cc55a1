import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import { clientOf, configMap, CONFIG_MAPS, must, NEVER, until } from './harness/client.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { makeNarrowLevel, takeSeat } from './harness/narrow-level.ts';
import { startTcpRelay } from './harness/tcp-relay.ts';

let controlPlane: ControlPlane;
let client: ApiClient;
const port = (): number => Number(new URL(controlPlane.url).port);

beforeAll(async () => {
  controlPlane = await startControlPlane();
  client = clientOf(controlPlane);
});
afterAll(async () => {
  await client?.close();
  await controlPlane?.stop();
});

describe('a client of the API server', () => {
  test('200 calls one after another need one connection', async () => {
    const relay = await startTcpRelay(port());
    const relayed = clientOf(controlPlane, { port: relay.port });
    for (let count = 0; count < 200; count += 1) await must(relayed, { method: 'GET', path: '/version' });
    expect(relay.connections()).toBe(1);
    await relayed.close();
    await relay.stop();
  });

  test('many calls at once share a bounded number of connections', async () => {
    const relay = await startTcpRelay(port());
    const relayed = clientOf(controlPlane, { port: relay.port });
    const calls = Array.from({ length: 300 }, () => must(relayed, { method: 'GET', path: '/version' }));
    expect(await Promise.all(calls)).toHaveLength(300);
    expect(relay.connections()).toBeLessThanOrEqual(48);
    await relayed.close();
    await relay.stop();
  });

  test('each kind of patch says what it is', async () => {
    await must(client, { method: 'POST', path: CONFIG_MAPS, body: configMap('patched', { a: '1', b: '1' }) });
    const path = `${CONFIG_MAPS}/patched`;
    const merge = { data: { a: '2', b: null } };
    expect(
      await must(client, { method: 'PATCH', path, contentType: 'mergePatch', body: merge }),
    ).toMatchObject({
      data: { a: '2' },
    });
    const strategic = { data: { c: '3' } };
    await must(client, { method: 'PATCH', path, contentType: 'strategicMergePatch', body: strategic });
    const applied = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'patched' },
      data: { owned: 'yes' },
    };
    const query = { fieldManager: 'prescale-test' };
    const after = await must<{ metadata: { managedFields: { manager: string; operation: string }[] } }>(
      client,
      {
        method: 'PATCH',
        path,
        query,
        contentType: 'serverSideApply',
        body: applied,
      },
    );
    expect(after).toMatchObject({ data: { a: '2', c: '3', owned: 'yes' } });
    expect(after.metadata.managedFields).toContainEqual(
      expect.objectContaining({ manager: 'prescale-test', operation: 'Apply' }),
    );
  });

  test('what the server refuses is an outcome with its own words', async () => {
    const missing = await client.call({ method: 'GET', path: `${CONFIG_MAPS}/nobody` }, NEVER);
    expect(missing).toMatchObject({ kind: 'refused', status: 404, reason: 'NotFound' });
    const { metadata } = await must(client, {
      method: 'POST',
      path: CONFIG_MAPS,
      body: configMap('versioned'),
    });
    const path = `${CONFIG_MAPS}/versioned`;
    const stale = { ...(configMap('versioned', { a: '1' }) as object), metadata };
    await must(client, { method: 'PUT', path, body: stale });
    expect(await client.call({ method: 'PUT', path, body: stale }, NEVER)).toMatchObject({
      kind: 'refused',
      status: 409,
      reason: 'Conflict',
    });
  });

  test('a stranger is refused, not retried', async () => {
    const stranger = clientOf(controlPlane, { token: 'nobody' });
    const answer = await stranger.call({ method: 'GET', path: CONFIG_MAPS }, NEVER);
    expect(answer).toMatchObject({ kind: 'refused', status: 401 });
    await stranger.close();
  });

  test("the server's own 429 is waited for as long as it says, and the call then succeeds", async () => {
    await must(client, { method: 'POST', path: CLUSTER_ROLE_BINDINGS, body: STAFF_MAY_ALL });
    await makeNarrowLevel(client, ['staff'], ['configmaps']);
    const impatient = clientOf(controlPlane, { user: 'staff', timeoutSeconds: 1 });
    const patient = clientOf(controlPlane, { user: 'staff' });
    const call = { method: 'GET', path: CONFIG_MAPS } as const;
    let seat = takeSeat(controlPlane);
    const refused = await until('refused for being one too many', async () => {
      const answer = await impatient.call(call, NEVER);
      if (answer.kind === 'refused' && answer.status !== 403) return answer;
      // The new rules are taken up within a second or two: a seat that was taken before is none of theirs.
      await seat.giveBack();
      seat = takeSeat(controlPlane);
      return undefined;
    });
    expect(refused).toMatchObject({ kind: 'refused', status: 429, retryAfterSeconds: 1 });
    const beganMs = performance.now();
    const answer = patient.call(call, NEVER);
    setTimeout(() => void seat.giveBack(), 300);
    expect((await answer).kind).toBe('ok');
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(1000);
    await impatient.close();
    await patient.close();
  });
});

describe('a client of an API server in trouble', () => {
  test('a server that hangs costs the time limit, and not more', async () => {
    const hurried = clientOf(controlPlane, { timeoutSeconds: 1 });
    await must(hurried, { method: 'GET', path: '/version' });
    controlPlane.process('kube-apiserver').suspend();
    try {
      const beganMs = performance.now();
      const calls = [1, 2, 3].map(() => hurried.call({ method: 'GET', path: '/version' }, NEVER));
      for (const answer of await Promise.all(calls))
        expect(answer).toEqual({ kind: 'unreachable', message: 'no answer of the API server within 1 s' });
      expect(performance.now() - beganMs).toBeLessThan(3000);
    } finally {
      controlPlane.process('kube-apiserver').resume();
    }
    await must(client, { method: 'GET', path: '/version' });
    await hurried.close();
  });

  test('an aborted call ends at once, however long the server hangs', async () => {
    controlPlane.process('kube-apiserver').suspend();
    try {
      const stop = new AbortController();
      const call = client.call({ method: 'GET', path: '/version' }, stop.signal);
      const beganMs = performance.now();
      stop.abort();
      expect(await call).toEqual({ kind: 'unreachable', message: 'the call was given up' });
      expect(performance.now() - beganMs).toBeLessThan(1000);
    } finally {
      controlPlane.process('kube-apiserver').resume();
    }
  });

  test('a connection that broke while it was idle is not noticed by a read', async () => {
    const relay = await startTcpRelay(port());
    const relayed = clientOf(controlPlane, { port: relay.port });
    for (let count = 0; count < 5; count += 1) {
      await must(relayed, { method: 'GET', path: '/version' });
      relay.cut();
    }
    await must(relayed, { method: 'GET', path: '/version' });
    expect(relay.connections()).toBeGreaterThan(1);
    await relayed.close();
    await relay.stop();
  });

  test('a server that is killed: writes are told to have no known fate; all is well when it is back', async () => {
    await controlPlane.process('kube-apiserver').kill();
    const hurried = clientOf(controlPlane, { timeoutSeconds: 2 });
    const write = await hurried.call(
      { method: 'POST', path: CONFIG_MAPS, body: configMap('while-down') },
      NEVER,
    );
    expect(write).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
    await controlPlane.restart('kube-apiserver');
    await must(client, { method: 'POST', path: CONFIG_MAPS, body: configMap('after') });
    await hurried.close();
  });
});

const CLUSTER_ROLE_BINDINGS = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const STAFF_MAY_ALL = {
  metadata: { name: 'staff' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'User', name: 'staff' }],
};
