import { describe, expect, test } from 'vitest';
import { createHookCaller, type HookCall } from '../../../src/actuate/hook-caller.ts';
import type { Written } from '../../../src/actuate/scaler.ts';
import type { StoredDecision } from '../../../src/control/decision-store.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { aPolicy } from '../../builders/policy.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';
import { fleetUnderTest } from './fleet-under-test.ts';

const HOOK = { url: 'https://example.org/', timeoutSeconds: 5 };

function policyOf(name: string): Policy {
  const policy = aPolicy({
    workload: { namespace: 'shop', name },
    mode: 'Scale',
    forecast: { lookbackSeconds: 3600 },
    behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
    ...(name === 'back' && { callers: [{ name: 'front', ratio: 1 }] }),
  });
  return { ...policy, hooks: { before: HOOK, after: HOOK } };
}

type Post = (call: { phase: string; name: string }) => Promise<number>;

/** Ten replicas of each, for `rps`; what is written and called, in its order. */
function shop(post: Post, rps: number, names: readonly string[] = ['web']) {
  const events: string[] = [];
  const scaler = createFakeScaler({ startReplicas: 10 });
  const write = async (...[request, signal]: Parameters<typeof scaler.write>): Promise<Written> => {
    events.push(`write ${request.policy.workload.name}`);
    return scaler.write(request, signal);
  };
  const hooks = createHookCaller({
    mayCall: () => true,
    onCalled: () => undefined,
    post(_url, body) {
      const call = JSON.parse(body) as HookCall & { name: string };
      events.push(`${call.phase} ${call.name}`);
      return post(call);
    },
  });
  const source = createFakeMetricsSource({ value: () => rps });
  const deps = { scaler: { ...scaler, write }, hooks };
  return { events, ...fleetUnderTest({ names, policy: policyOf, source, deps }) };
}

const [MANY, FEW] = [4000, 400];
const resultsOf = (stored: readonly StoredDecision[]) =>
  stored.map(({ decision, actuation }) => [decision.workload.name, actuation.result, actuation.hold?.reason]);

describe('more replicas', () => {
  test.each<[string, Post]>([
    ['fails', () => Promise.reject(new Error('connection refused'))],
    ['answers 500', () => Promise.resolve(500)],
    ['never answers', () => new Promise<number>(() => undefined)],
  ])('a hook that %s delays them by no tick', async (_name, post) => {
    const { events, tickAt } = shop(post, MANY);
    expect(resultsOf(await tickAt(0))).toEqual([['web', 'applied', undefined]]);
    expect(events).toEqual(['before web', 'write web', 'after web']);
  });
});

describe('fewer replicas', () => {
  /** Until the memory is full nothing is removed. */
  async function warmed(post: Post, names?: readonly string[]) {
    const played = shop(post, FEW, names);
    let tick = 0;
    const nextTick = (signal?: AbortSignal) => played.tickAt(15 * tick++, signal);
    while (played.events.length === 0 && tick < 60) await nextTick();
    return { ...played, nextTick };
  }

  test('wait until the hook has agreed, and are written then', async () => {
    let status = 503;
    const played = await warmed(() => Promise.resolve(status));
    const held = await played.nextTick();
    expect(resultsOf(held)).toEqual([['web', 'unchanged', 'HookFailed']]);
    expect(held[0].actuation.message).toMatch(/before-hook example\.org: answered 503; 10 instead of \d/);
    expect(played.events).not.toContain('write web');
    status = 200;
    expect(resultsOf(await played.nextTick())).toEqual([['web', 'applied', undefined]]);
    expect(played.events.slice(-3)).toEqual(['before web', 'write web', 'after web']);
  });

  test('one that must wait holds those that come after it: who is called keeps what it has', async () => {
    const played = await warmed(
      ({ name }) => Promise.resolve(name === 'front' ? 503 : 200),
      ['front', 'back'],
    );
    expect(resultsOf(await played.nextTick())).toEqual([
      ['front', 'unchanged', 'HookFailed'],
      ['back', 'unchanged', 'CallerNotScaled'],
    ]);
    expect(played.events.filter((event) => event.startsWith('write'))).toEqual([]);
  });

  test('a hook that never answers holds its own workload until the tick must end, and no other', async () => {
    let answers = true;
    const ending = new AbortController();
    const played = await warmed(
      ({ name }) => {
        if (answers) return Promise.resolve(503);
        if (name === 'stuck') return new Promise<number>(() => undefined);
        setImmediate(() => ending.abort(new Error('the tick must end')));
        return Promise.resolve(200);
      },
      ['stuck', 'web'],
    );
    answers = false;
    const stored = await played.nextTick(ending.signal);
    expect(resultsOf(stored)).toEqual([
      ['stuck', 'unchanged', 'HookFailed'],
      ['web', 'applied', undefined],
    ]);
  });
});
