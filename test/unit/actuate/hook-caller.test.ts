import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHookCaller, type HookCall, type PostHook } from '../../../src/actuate/hook-caller.ts';
import { createHookPoster, isAllowed } from '../../../src/actuate/post-hook.ts';
import { aPolicy } from '../../builders/policy.ts';

const URL_OF_HOOK = 'https://example.org/warm/secret-path';

function aCall(overrides: Partial<HookCall> = {}): HookCall {
  const hooks = { before: { url: URL_OF_HOOK, timeoutSeconds: 5 } };
  const policy = { ...aPolicy({ mode: 'Scale' }), hooks };
  const change = {
    fromReplicas: 3,
    toReplicas: 7,
    decidedAtMs: Date.UTC(2026, 10, 26),
    reason: 'ReadyForNewScale',
  };
  return { policy, phase: 'before', ...change, ...overrides };
}

function caller(post: PostHook, mayCall = true) {
  const faults: (string | undefined)[] = [];
  const onCalled = (_call: HookCall, fault: string | undefined): void => void faults.push(fault);
  return { faults, ...createHookCaller({ post, mayCall: () => mayCall, onCalled }) };
}

describe('a hook', () => {
  test('is told what is about to change', async () => {
    const posted: unknown[] = [];
    const { call } = caller((url, body, seconds) => {
      posted.push([url, JSON.parse(body), seconds]);
      return Promise.resolve(204);
    });
    expect(await call(aCall())).toBeUndefined();
    const told = {
      phase: 'before',
      namespace: 'shop',
      name: 'checkout',
      target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
      fromReplicas: 3,
      toReplicas: 7,
      reason: 'ReadyForNewScale',
      decidedAt: '2026-11-26T00:00:00.000Z',
    };
    expect(posted).toEqual([[URL_OF_HOOK, told, 5]]);
  });

  test.each<[string, PostHook, RegExp]>([
    ['answers 500', () => Promise.resolve(500), /answered 500/],
    ['answers with a redirect', () => Promise.resolve(302), /answered 302/],
    ['cannot be reached', () => Promise.reject(new Error('connection refused')), /connection refused/],
  ])('that %s has not agreed, and its path is told to nobody', async (_name, post, said) => {
    const { call, faults } = caller(post);
    const fault = await call(aCall());
    expect(fault).toMatch(said);
    expect(fault).toMatch(/^before-hook example\.org: /);
    expect(fault).not.toContain('secret-path');
    expect(faults).toEqual([fault]);
  });

  test.each<[string, HookCall, boolean]>([
    ['in mode Recommend', aCall({ policy: { ...aCall().policy, mode: 'Recommend' } }), true],
    ['by a replica that does not lead', aCall(), false],
    ['of a phase that the policy does not name', aCall({ phase: 'after' }), true],
  ])('is not called %s', async (_name, call, mayCall) => {
    const post = (): Promise<number> => Promise.reject(new Error('called'));
    expect(await caller(post, mayCall).call(call)).toBeUndefined();
  });

  test('16 at a time; of those that wait no more than 256, the rest fails at once', async () => {
    const answer: ((status: number) => void)[] = [];
    let [open, most] = [0, 0];
    const { call } = caller(async () => {
      open += 1;
      most = Math.max(most, open);
      const status = await new Promise<number>((resolve) => void answer.push(resolve));
      open -= 1;
      return status;
    });
    const calls = Array.from({ length: 300 }, () => call(aCall()));
    const tooMany = await Promise.all(calls.slice(16 + 256));
    expect(new Set(tooMany)).toEqual(
      new Set(['before-hook example.org: not called, 256 calls wait already']),
    );
    for (let done = 0; done < 16 + 256; done += 1) {
      answer[done](200);
      await new Promise((resolve) => void setImmediate(resolve));
    }
    expect(await Promise.all(calls.slice(0, 16 + 256))).toEqual(Array(272).fill(undefined));
    expect(most).toBe(16);
  });
});

describe('over the network', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function serve(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<string> {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(resolve));
    });
    return `http://localhost:${(server.address() as AddressInfo).port}/`;
  }
  function poster(mayConnect?: (address: string) => boolean) {
    const made = createHookPoster(mayConnect);
    closing.push(() => made.close());
    return made;
  }

  test('a redirect is not followed', async () => {
    let asked = 0;
    const url = await serve((request, response) => {
      asked += 1;
      response.writeHead(307, { location: `http://${request.headers.host}/elsewhere` }).end();
    });
    expect(await poster(() => true).post(url, '{}', 5)).toBe(307);
    expect(asked).toBe(1);
  });

  test('no answer in time is none', async () => {
    const url = await serve(() => undefined);
    await expect(poster(() => true).post(url, '{}', 0.05)).rejects.toThrow(/timeout/i);
  });

  test('a name that stands for this machine is not connected to', async () => {
    const url = await serve((_request, response) => void response.end());
    await expect(poster().post(url, '{}', 5)).rejects.toThrow(
      /localhost is (127\.0\.0\.1|::1), which no hook may be/,
    );
  });

  test.each([
    ['169.254.169.254', false],
    ['::ffff:169.254.169.254', false],
    ['127.9.9.9', false],
    ['0.0.0.0', false],
    ['::1', false],
    ['fe80::1', false],
    ['10.1.2.3', true],
    ['93.184.216.34', true],
    ['2606:2800:220:1::1', true],
  ])('%s: %s', (address, allowed) => expect(isAllowed(address)).toBe(allowed));
});
