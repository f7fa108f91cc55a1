import { describe, expect, test } from 'vitest';
import type { Written } from '../../../src/actuate/scaler.ts';
import type { StoredDecision } from '../../../src/control/decision-store.ts';
import { cycleProblems } from '../../../src/control/callers-of.ts';
import { redecide } from '../../../src/decide.ts';
import { sentence } from '../../../src/explain/sentence.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { playChain } from '../../simulator/call-chain.ts';
import { aPolicy } from '../../builders/policy.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';
import { fleetUnderTest } from './fleet-under-test.ts';

const CALLERS: Readonly<Record<string, Policy['callers']>> = {
  back: [{ name: 'middle', ratio: 0.5 }],
  middle: [{ name: 'front', ratio: 2 }],
};

function policyOf(name: string): Policy {
  const callers = CALLERS[name];
  return aPolicy({
    workload: { namespace: 'shop', name },
    mode: 'Scale',
    maxReplicas: 200,
    forecast: { lookbackSeconds: 3600 },
    ...(callers && { callers }),
  });
}

/** The front is asked for 3,000 rps; what comes through to the others is a tenth of what it causes. */
function chain(failing: readonly string[] = [], startReplicas = 5) {
  const order: string[] = [];
  const scaler = createFakeScaler({ startReplicas });
  const write = async (...[request, signal]: Parameters<typeof scaler.write>): Promise<Written> => {
    const { name } = request.policy.workload;
    order.push(name);
    if (failing.includes(name)) return { result: 'failed', message: 'forbidden' };
    return scaler.write(request, signal);
  };
  const source = createFakeMetricsSource({
    value: (_atMs, { workload: { name } }) => ({ front: 3000, middle: 600, back: 300 })[name],
  });
  const names = ['back', 'middle', 'front'];
  const fleet = fleetUnderTest({ names, policy: policyOf, source, deps: { scaler: { ...scaler, write } } });
  return { order, ...fleet };
}

function of(stored: readonly StoredDecision[], name: string): StoredDecision {
  return stored.find(({ decision }) => decision.workload.name === name)!;
}

describe('what callers are asked for', () => {
  test('is load of those that they call, and of those that those call, at the same tick', async () => {
    const stored = await chain().tickAt(0);
    expect(of(stored, 'middle').decision.observed.callers).toEqual([
      { name: 'front', ratio: 2, arrivalRateRps: 3000 },
    ]);
    expect(of(stored, 'back').decision.observed.callers).toEqual([
      { name: 'middle', ratio: 0.5, arrivalRateRps: 6000 },
    ]);
    for (const [name, rps] of [
      ['middle', 6000],
      ['back', 3000],
    ] as const)
      expect(of(stored, name).decision.sizing!.sizedForRps).toBeGreaterThanOrEqual(rps);
  });

  test('is told, and decided again the same', async () => {
    const { decision } = of(await chain().tickAt(0), 'middle');
    expect(sentence(decision)).toContain('what front will ask, with what will wait by then, is ');
    expect(redecide(decision, policyOf('middle'))).toEqual(decision);
  });
});

describe('the order of writes', () => {
  test('more replicas: from the back to the front', async () => {
    const played = chain();
    await played.tickAt(0);
    expect(played.order).toEqual(['back', 'middle', 'front']);
  });

  test('a callee that could not be given its replicas holds its callers, and the next tick tries again', async () => {
    const played = chain(['back']);
    const stored = await played.tickAt(0);
    expect(played.order).toEqual(['back']);
    for (const name of ['middle', 'front'])
      expect(of(stored, name).actuation).toMatchObject({
        result: 'unchanged',
        toReplicas: 5,
        hold: { reason: 'CalleeNotScaled', message: expect.stringMatching(/^shop\/(back|middle) could not/) },
      });
    await played.tickAt(15);
    expect(played.order).toEqual(['back', 'back']);
  });
});

test('policies that call each other are told so', () => {
  const policies = ['front', 'middle', 'back'].map(policyOf);
  expect(cycleProblems(policies).size).toBe(0);
  const front = aPolicy({
    workload: { namespace: 'shop', name: 'front' },
    callers: [{ name: 'back', ratio: 1 }],
  });
  const problems = cycleProblems([front, ...policies.slice(1)]);
  expect([...problems.keys()]).toEqual(['shop/front', 'shop/middle', 'shop/back']);
  expect(problems.get('shop/front')).toEqual({
    path: 'spec.dependsOn',
    got: 'a cycle: shop/front is called by shop/back is called by shop/middle is called by shop/front',
    allowed: 'callers that it does not call itself, nor by others',
  });
});

test('a chain of three: growth that the front announces finds all behind it ready, and only where they name their callers', async () => {
  const growth = true;
  expect(await playChain(1, { growth, callers: true })).toEqual({ shortRatio: 0, refusedRatio: 0 });
  expect((await playChain(1, { growth, callers: false })).refusedRatio).toBeGreaterThan(0.01);
});
