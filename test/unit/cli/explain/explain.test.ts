import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { readerOfMemory } from '../../../../src/cli/run/keep-history.ts';
import { createDecisionRing } from '../../../../src/control/decision-ring.ts';
import { decisionToJson } from '../../../../src/explain/to-json.ts';
import { apiUnderTest, appUnderTest, decided } from '../../api/app-under-test.ts';

const folder = await mkdtemp(join(tmpdir(), 'prescale-explain-'));
afterAll(() => rm(folder, { recursive: true }));

let output = { stdout: '', stderr: '' };
let spies: { mockRestore: () => void }[] = [];
beforeEach(() => {
  output = { stdout: '', stderr: '' };
  spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      output[stream] += String(text);
      return true;
    }),
  );
});
const servers: Server[] = [];
afterEach(() => {
  for (const spy of spies) spy.mockRestore();
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const controllerWith = (decisions: number) => listening(createServer(appUnderTest(decisions)));
const explain = (...args: readonly string[]) => main(['explain', ...args]);

describe('prescale explain', () => {
  test('prints the newest decision stage by stage, with its forecast as a plot', async () => {
    expect(await explain('shop/checkout', '--server', await controllerWith(3))).toBe(0);
    expect(output.stderr).toBe('');
    expect(output.stdout).toMatch(/^shop\/checkout {2}2025-07-22T08:00:30Z {2}/);
    for (const stage of ['observed', 'forecast', 'queueing', 'guards', 'outcome', 'actuation'])
      expect(output.stdout).toContain(`\n  ${stage}`);
    expect(output.stdout).toContain('forecast by arima: * median');
    expect(output.stdout).toContain('2025-07-22T08:03:00Z (+3m)');
  });

  test('without a forecast there is no plot, and the chain all the same', async () => {
    const api = await controllerWith(3);
    expect(await explain('shop/checkout', '--server', api, '--at', '2025-07-22T08:00:30Z')).toBe(0);
    expect(output.stdout).toMatch(/^shop\/checkout {2}2025-07-22T08:00:15Z {2}/);
    expect(output.stdout).not.toContain('* median');
  });

  test('--json prints what the API answers', async () => {
    const api = await controllerWith(1);
    expect(await explain('shop/checkout', '--server', `${api}/`, '--json')).toBe(0);
    const answered = await fetch(`${api}/api/v1/autoscalers/shop/checkout/decisions`);
    expect(JSON.parse(output.stdout)).toEqual(((await answered.json()) as { items: unknown[] }).items[0]);
  });

  test('sends the token of the file, and nothing of it on an error', async () => {
    const seen: (string | undefined)[] = [];
    const api = await listening(
      createServer((request, response) => {
        seen.push(request.headers.authorization);
        response.writeHead(403, { 'content-type': 'application/problem+json' });
        response.end(JSON.stringify({ detail: 'not yours' }));
      }),
    );
    const file = join(folder, 'token');
    await writeFile(file, 's3cret\n');
    expect(await explain('shop/checkout', '--server', api, '--token-file', file)).toBe(1);
    expect(seen).toEqual(['Bearer s3cret']);
    expect(output.stderr).toContain('answered 403: not yours');
    expect(output.stderr).not.toContain('s3cret');
  });
});

describe('prescale explain --watch', () => {
  /** An API with ticks of 20 ms that answers from a list, one after the other; its last answer is a signal to stop. */
  async function watched(answers: readonly (number | 'away' | 'forbidden')[], ...more: readonly string[]) {
    let asked = 0;
    const api = await listening(
      createServer((_request, response) => {
        const answer = answers[asked];
        asked += 1;
        if (asked === answers.length) setImmediate(() => process.emit('SIGTERM', 'SIGTERM'));
        if (answer === 'away') return void response.destroy();
        if (answer === 'forbidden')
          return void response.writeHead(403).end('{"detail":"not yours any more"}');
        const { decision, actuation } = decided(answer);
        const body = decisionToJson({ ...decision, tickSeconds: 0.02 }, actuation);
        response.end(JSON.stringify({ items: [body] }));
      }),
    );
    const code = await explain('shop/checkout', '--server', api, '--watch', ...more);
    return { code, asked };
  }
  const headings = () => output.stdout.match(/^shop\/checkout {2}\S+/gm) ?? [];

  test('prints each new decision once, until a signal, which is a good end', async () => {
    expect(await watched([0, 0, 1, 1, 2, 2])).toEqual({ code: 0, asked: 6 });
    expect(headings()).toEqual([
      'shop/checkout  2025-07-22T08:00:00Z',
      'shop/checkout  2025-07-22T08:00:15Z',
      'shop/checkout  2025-07-22T08:00:30Z',
    ]);
    expect(output.stderr).toBe('');
  });

  test('with --json a decision is a line', async () => {
    await watched([0, 1, 1], '--json');
    const lines = output.stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { decidedAt: string }).decidedAt)).toEqual([
      '2025-07-22T08:00:00Z',
      '2025-07-22T08:00:15Z',
    ]);
  });

  test('while the API is away it says so once, and goes on when it is back', async () => {
    expect(await watched([0, 'away', 'away', 1, 1])).toMatchObject({ code: 0 });
    expect(headings()).toHaveLength(2);
    expect(output.stderr).toMatch(/^prescale: no answer from .*; asking again\n$/);
  });

  test('without a first answer, and where it is refused, it ends with the reason', async () => {
    expect(await watched(['away', 0])).toEqual({ code: 1, asked: 1 });
    expect(output.stderr).toContain('is the controller running');
    expect(await watched([0, 'forbidden', 0])).toEqual({ code: 1, asked: 2 });
    expect(output.stderr).toContain('answered 403: not yours any more');
  });

  test('a reader that has gone ends it', async () => {
    for (const spy of spies.splice(0)) spy.mockRestore();
    const silenced = vi.spyOn(process.stdout, 'write').mockImplementation(() => {
      setImmediate(() => process.stdout.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' })));
      return false;
    });
    spies.push(silenced);
    expect(await explain('shop/checkout', '--server', await controllerWith(1), '--watch')).toBe(0);
    // What was still being written fails as well, and is nobody's business any more.
    expect(() => process.stdout.emit('error', new Error('gone'))).not.toThrow();
  });

  test('a live API, as a command: a decision that is made meanwhile is shown', async () => {
    const ring = createDecisionRing({ perWorkload: 10, total: 10 });
    const short = (index: number) => {
      const { decision, actuation } = decided(index);
      return { decision: { ...decision, tickSeconds: 0.02 }, actuation };
    };
    ring.append([short(0)]);
    const { app } = apiUnderTest(0, { history: readerOfMemory(ring) });
    const api = await listening(createServer(app));
    const ended = explain('shop/checkout', '--server', api, '--watch');
    await vi.waitFor(() => expect(headings()).toHaveLength(1));
    ring.append([short(1)]);
    await vi.waitFor(() => expect(headings()).toHaveLength(2));
    process.emit('SIGINT', 'SIGINT');
    expect(await ended).toBe(0);
  });
});

describe('what cannot be explained', () => {
  test.each([
    ['a workload that is not looked after', ['shop/unknown'], 1, /does not look after shop\/unknown/],
    ['a workload without a decision', ['shop/search'], 1, /has no decision yet: wait for the next tick/],
    ['a name without a namespace', ['checkout'], 2, /allowed: namespace\/name such as shop\/checkout/],
    ['no name', [], 2, /missing required argument/],
    [
      'a watch of the past',
      ['shop/checkout', '--watch', '--at', '2025-07-22T08:00:00Z'],
      2,
      /--at: got a time with --watch/,
    ],
    [
      'a token that is not there',
      ['shop/checkout', '--token-file', '/no/such/file'],
      2,
      /--token-file: cannot read/,
    ],
    [
      'an address that is none',
      ['shop/checkout', '--server', 'controller'],
      2,
      /--server: got "controller", allowed/,
    ],
    ['nobody there', ['shop/checkout', '--server', 'http://127.0.0.1:9'], 1, /is the controller running/],
  ])('%s', async (_name, args, code, message) => {
    const given = args.includes('--server') ? args : [...args, '--server', await controllerWith(1)];
    expect(await explain(...given)).toBe(code);
    expect(output.stderr).toMatch(message);
    expect(output.stderr).not.toContain('    at ');
    expect(output.stdout).toBe('');
  });

  test('an answer that is no decision is said, not half printed', async () => {
    const api = await listening(
      createServer((_request, response) => response.end(JSON.stringify({ items: [{ id: '1' }] }))),
    );
    expect(await explain('shop/checkout', '--server', api)).toBe(2);
    expect(output.stderr).toContain('decision is not valid');
    expect(output.stdout).toBe('');
  });
});
