import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { tokenGate } from '../../../../src/api/auth/token-gate.ts';
import { createDecisionFeed } from '../../../../src/api/decision-feed.ts';
import { forwardToOwner } from '../../../../src/api/forward/forward-to-owner.ts';
import { createPeerAgent } from '../../../../src/api/forward/peer-agent.ts';
import { startServer } from '../../../../src/api/server.ts';
import { openCertificateFiles } from '../../../../src/api/tls/certificate-files.ts';
import { keepCertificate } from '../../../../src/api/tls/keep-certificate.ts';
import { NOW_MS } from '../../../builders/observation.ts';
import { HAS_OPENSSL, makeCertificates } from '../../observe/prometheus/test-certificates.ts';
import { apiUnderTest, decided } from '../app-under-test.ts';

const TOKEN = 'the-token-of-the-caller';
const CHECKOUT = '/api/v1/autoscalers/shop/checkout';
const gate = () => tokenGate((token) => Promise.resolve(token === TOKEN));

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A standby with one decision, which passes on to `ownerUrl`. */
async function standby(ownerUrl: () => string | undefined, isOwner = false) {
  const faults: unknown[] = [];
  const peers = createPeerAgent(undefined);
  onTestFinished(() => peers.close());
  const forward = forwardToOwner({
    owner: { url: ownerUrl, isOwner: () => isOwner },
    peers,
    identity: 'standby-1',
    decidingSinceMs: NOW_MS,
    onFault: (error) => void faults.push(error),
  });
  const { app } = apiUnderTest(1, { gate: gate(), forward });
  const url = await listening(createServer(app));
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
  return { ask, faults, url };
}

/** The owner: three decisions, the same gate; what reaches it is kept. */
async function owner() {
  const seen: IncomingMessage[] = [];
  const feed = createDecisionFeed({ startedAtMs: NOW_MS, keptEvents: 100 });
  const { app } = apiUnderTest(3, { gate: gate(), feed });
  const server = createServer((request, response) => {
    seen.push(request);
    app(request, response);
  });
  const url = await listening(server);
  return { url, seen, feed, server };
}

const itemsOf = async (answer: Response): Promise<number> =>
  ((await answer.json()) as { items: unknown[] }).items.length;

describe('a question about a workload', () => {
  test('is answered by the owner, with the caller’s own token', async () => {
    const { url, seen } = await owner();
    const { ask } = await standby(() => url);
    const answer = await ask(`${CHECKOUT}/decisions?limit=10`);
    expect(answer.headers.get('x-prescale-answered-by')).toBe('owner');
    expect(await itemsOf(answer)).toBe(3);
    expect(seen[0].url).toBe(`${CHECKOUT}/decisions?limit=10`);
    expect(seen[0].headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'x-prescale-forwarded-by': 'standby-1',
    });
  });

  test('as it is: CSV, conditional, refused', async () => {
    const { url } = await owner();
    const { ask } = await standby(() => url);
    const csv = await ask(`${CHECKOUT}/decisions`, { headers: { accept: 'text/csv' } });
    expect((await csv.text()).trim().split('\n')).toHaveLength(4);
    const etag = (await ask(CHECKOUT)).headers.get('etag')!;
    expect((await ask(CHECKOUT, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await ask(`${CHECKOUT}/decisions?limit=0`)).status).toBe(422);
    expect((await ask('/api/v1/autoscalers/shop/none')).status).toBe(404);
  });

  test('what-if by name too; one that brings its own policy, and sizing, are answered here', async () => {
    const { url, seen } = await owner();
    const { ask } = await standby(() => url);
    const post = (path: string, body: object) =>
      ask(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    const byName = { workload: { namespace: 'shop', name: 'checkout' }, overrides: { trafficMultiplier: 2 } };
    expect((await post('/api/v1/decisions', byName)).status).toBe(200);
    expect(seen).toHaveLength(1);
    expect((await post('/api/v1/decisions', { policy: {} })).status).toBe(422);
    expect((await post('/api/v1/size', {})).status).toBe(422);
    expect(seen).toHaveLength(1);
  });

  test('is not passed on before it is known who asks', async () => {
    const { url, seen } = await owner();
    const standing = await standby(() => url);
    expect((await fetch(`${standing.url}${CHECKOUT}`)).status).toBe(401);
    expect(seen).toHaveLength(0);
  });

  test('the stream goes on as the owner tells it, and ends there when the client leaves', async () => {
    const { url, feed } = await owner();
    const { ask } = await standby(() => url);
    const leave = new AbortController();
    const answer = await ask('/api/v1/stream', { signal: leave.signal });
    await vi.waitFor(() => expect(feed.listeners()).toBe(1));
    feed.publish([decided(4)]);
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('event: decision')) break;
    }
    leave.abort();
    await vi.waitFor(() => expect(feed.listeners()).toBe(0));
  });
});

describe('where the owner cannot answer, this replica does, and says so', () => {
  test.each<[string, () => Promise<string>]>([
    ['it is gone', () => Promise.resolve('http://127.0.0.1:9')],
    ['it hangs up', () => listening(createServer((request) => void request.socket.destroy()))],
  ])('%s', async (_what, ownerUrl) => {
    const url = await ownerUrl();
    const { ask, faults } = await standby(() => url);
    const answer = await ask(`${CHECKOUT}/decisions`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-prescale-answered-by')).toBe('standby standby-1');
    expect(answer.headers.get('x-prescale-deciding-since')).toBe('2025-07-22T08:00:00Z');
    expect(await itemsOf(answer)).toBe(1);
    expect(faults).toHaveLength(1);
    expect(String(faults[0])).not.toContain(TOKEN);
  });

  test('nobody is known to own them', async () => {
    const { ask, faults } = await standby(() => undefined);
    const answer = await ask(CHECKOUT);
    expect(answer.headers.get('x-prescale-answered-by')).toBe('standby standby-1');
    expect(faults).toEqual([]);
  });
});

test('who owns the workloads answers itself', async () => {
  const { ask } = await standby(() => undefined, true);
  const answer = await ask(CHECKOUT);
  expect(answer.headers.get('x-prescale-answered-by')).toBe('owner');
  expect(answer.headers.get('x-prescale-deciding-since')).toBeNull();
});

test('two that take each other for the owner: the second answers', async () => {
  const urls: string[] = [];
  const first = await standby(() => urls[1]);
  const second = await standby(() => urls[0]);
  urls.push(first.url, second.url);
  const answer = await first.ask(`${CHECKOUT}/decisions`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-prescale-answered-by')).toBe('standby standby-1');
});

describe.skipIf(!HAS_OPENSSL)('between replicas that serve TLS (needs openssl)', () => {
  async function met(name: string) {
    const dir = mkdtempSync(join(tmpdir(), 'peer-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const keep = async (who: string) => {
      const made = makeCertificates(dir, who);
      const files = { certFile: made.cert('server'), keyFile: made.key('server') };
      return keepCertificate({ certificate: await openCertificateFiles(files), onLook: () => undefined });
    };
    const ours = await keep('ours');
    const certificate = name === 'ours' ? ours : await keep(name);
    const seen: IncomingMessage[] = [];
    const server = await startServer(
      (request, response) => {
        seen.push(request);
        response.end('x');
      },
      { host: '127.0.0.1', port: 0 },
      { certificate },
    );
    const peers = createPeerAgent(ours);
    onTestFinished(async () => {
      await peers.close();
      await server.close(0);
    });
    const asked = peers.current().request({ origin: server.url, path: '/', method: 'GET' });
    return { asked, seen };
  }

  test('who shows the same certificate is trusted, whatever name is in it', async () => {
    const { asked } = await met('ours');
    expect((await asked).statusCode).toBe(200);
  });

  test('who shows another is told nothing', async () => {
    const { asked, seen } = await met('theirs');
    await expect(asked).rejects.toThrow();
    expect(seen).toEqual([]);
  });
});
