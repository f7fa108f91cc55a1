import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { appUnderTest } from '../../api/app-under-test.ts';

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
