import { createServer, type IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { kubectlPsa } from '../../../../src/cli/psa/main.ts';
import { appUnderTest } from '../../api/app-under-test.ts';

const PROXY = /^\/api\/v1\/namespaces\/prescale-system\/services\/(?<scheme>https:)?prescale:api\/proxy/;

/** An API server that has the controller's Service, and proxies to it as the real one does: without Authorization. */
async function cluster({
  appProtocol,
  user = { token: 'hush' },
}: { appProtocol?: string; user?: object } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'psa-'));
  const app = appUnderTest(3);
  const proxied: IncomingMessage[] = [];
  const schemes: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const match = PROXY.exec(request.url!);
    if (match) {
      request.url = request.url!.slice(match[0].length);
      delete request.headers.authorization;
      proxied.push(request);
      schemes.push(match.groups?.['scheme']);
      app(request, response);
      return;
    }
    response.end(JSON.stringify({ spec: { ports: [{ name: 'api', ...(appProtocol && { appProtocol }) }] } }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
      'current-context': 'x',
    }),
  );
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const output = { stdout: '', stderr: '' };
  const psa = async (...args: string[]) => {
    const spies = (['stdout', 'stderr'] as const).map((stream) =>
      vi.spyOn(process[stream], 'write').mockImplementation((text) => {
        output[stream] += String(text);
        return true;
      }),
    );
    const exitCode = await kubectlPsa([...args, '--kubeconfig', kubeconfig]);
    for (const spy of spies) spy.mockRestore();
    return { exitCode, ...output };
  };
  return { psa, proxied, schemes };
}

test('explain: the namespace of the context, the token in a header of its own', async () => {
  const { psa, proxied, schemes } = await cluster();
  const { exitCode, stdout } = await psa('explain', 'checkout');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^shop\/checkout {2}2025-07-22T08:00:30Z/);
  expect(proxied[0].headers['x-prescale-authorization']).toBe('Bearer hush');
  expect(schemes).toEqual([undefined]);
});

test('a Service that speaks TLS is asked so', async () => {
  const { psa, schemes } = await cluster({ appProtocol: 'https' });
  expect((await psa('explain', 'checkout', '--json')).exitCode).toBe(0);
  expect(schemes).toEqual(['https:']);
});

test('get: a table, or JSON', async () => {
  const { psa } = await cluster();
  const { stdout } = await psa('get', '-n', 'shop');
  expect(stdout.split('\n')[0]).toMatch(/^NAMESPACE +NAME +MODE +CURRENT/);
  expect(stdout).toMatch(/^shop +search +Recommend +- +-/m);
  const { stdout: json } = await (await cluster()).psa('get', 'checkout', '--json');
  expect(JSON.parse(json)).toMatchObject({ items: [{ namespace: 'shop', name: 'checkout' }] });
});

test.each<[string, string[], number, RegExp]>([
  ['a name that is none', ['explain', 'shop/checkout'], 2, /allowed: a name such as checkout/],
  ['a workload that is not there', ['explain', 'none'], 1, /does not look after shop\/none/],
  ['a namespace without any', ['get', '-n', 'other'], 1, /no PredictiveAutoscaler in other/],
  ['both a namespace and all', ['get', '-A', '-n', 'shop'], 2, /--all-namespaces: got a namespace/],
  ['a context that is none', ['get', '--context', 'none'], 2, /--context: got "none"/],
])('%s', async (_what, args, code, message) => {
  const { psa } = await cluster();
  const { exitCode, stderr } = await psa(...args);
  expect(exitCode).toBe(code);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('hush');
});

test('a kubeconfig without a token says what is needed', async () => {
  const { psa } = await cluster({ user: { username: 'ann', password: 'hush' } });
  const { exitCode, stderr } = await psa('get');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/--token-file: got none, and kubeconfig has no token/);
});
