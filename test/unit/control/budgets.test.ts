import { describe, expect, test } from 'vitest';
import { budgetProblems } from '../../../src/control/budget-groups.ts';
import type { StoredDecision } from '../../../src/control/decision-store.ts';
import { redecide } from '../../../src/decide.ts';
import { desiredReplicas } from '../../../src/domain/decision.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { aPolicy, type DeepPartial } from '../../builders/policy.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';
import { fleetUnderTest } from './fleet-under-test.ts';

const BUDGET = { group: 'web', unit: 'replicas', most: 12 } as const;

function member(name: string, more: DeepPartial<Policy> = {}): Policy {
  return aPolicy({
    workload: { namespace: 'shop', name },
    mode: 'Scale',
    budget: BUDGET,
    forecast: { lookbackSeconds: 3600 },
    ...more,
  });
}

/** Rates that ask for about one replica per 170 requests per second. */
function shop(
  rps: Readonly<Record<string, number>>,
  more: Readonly<Record<string, DeepPartial<Policy>>> = {},
) {
  const source = createFakeMetricsSource({ value: (_atMs, { workload: { name } }) => rps[name] });
  const names = Object.keys(rps);
  const scaler = createFakeScaler({ startReplicas: 3 });
  return fleetUnderTest({ names, policy: (name) => member(name, more[name]), source, deps: { scaler } });
}

function of(stored: readonly StoredDecision[], name: string): StoredDecision {
  return stored.find(({ decision }) => decision.workload.name === name)!;
}

const total = (stored: readonly StoredDecision[]): number =>
  stored.reduce((sum, { decision }) => sum + desiredReplicas(decision), 0);

describe('a budget that suffices', () => {
  test('changes nothing and is not told of', async () => {
    const stored = await shop({ a: 400, b: 500 }).tickAt(0);
    for (const { decision } of stored) expect(decision.observed.budget).toBeUndefined();
  });
});

describe('a budget that is short', () => {
  test('is kept, and each decision tells its share', async () => {
    const stored = await shop({ a: 2000, b: 2000 }).tickAt(0);
    expect(total(stored)).toBe(12);
    for (const { decision } of stored)
      expect(decision.observed.budget).toMatchObject({ ...BUDGET, asked: expect.any(Number) });
    expect(stored.flatMap(({ decision }) => decision.guards)).toContainEqual(
      expect.objectContaining({
        guard: 'budget',
        reason: 'BudgetLimit',
        message: expect.stringMatching(
          /^web may have 12 replicas and asks for \d+; the share here is \d+; \d+ instead of \d+$/,
        ),
      }),
    );
  });

  test('goes to where a late request costs more, whoever comes first', async () => {
    for (const names of [
      ['cheap', 'dear'],
      ['dear', 'cheap'],
    ]) {
      const rps = Object.fromEntries(names.map((name) => [name, 1500]));
      const stored = await shop(rps, { dear: { cost: { perViolation: 0.04 } } }).tickAt(0);
      // All that it asks for at first: four more than run.
      expect(desiredReplicas(of(stored, 'dear').decision)).toBe(7);
      expect(desiredReplicas(of(stored, 'cheap').decision)).toBe(5);
    }
  });

  test('is decided again the same from what is stored', async () => {
    const stored = await shop({ a: 2000, b: 2000 }).tickAt(0);
    for (const { decision } of stored)
      expect(redecide(decision, member(decision.workload.name))).toEqual(decision);
  });

  test('leaves minReplicas, who is paused, and who is not of the group', async () => {
    const stored = await shop(
      { a: 2000, min: 100, paused: 2000, other: 2000 },
      {
        min: { minReplicas: 4 },
        paused: { paused: true },
        other: { budget: { ...BUDGET, group: 'else', most: 100 } },
      },
    ).tickAt(0);
    expect(desiredReplicas(of(stored, 'min').decision)).toBe(4);
    expect(desiredReplicas(of(stored, 'paused').decision)).toBe(3);
    expect(desiredReplicas(of(stored, 'a').decision)).toBe(12 - 4 - 3);
    expect(of(stored, 'other').decision.observed.budget).toBeUndefined();
  });

  test('what one gives back, another has at the next look', async () => {
    const rps = { a: 2000, b: 200 };
    const played = shop(rps, { b: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } });
    for (let tick = 0; tick < 6; tick += 1) await played.tickAt(15 * tick);
    [rps.a, rps.b] = [200, 2400];
    for (let tick = 10; tick < 40; tick += 1) {
      const stored = await played.tickAt(15 * tick);
      const running = stored.reduce((sum, { decision }) => sum + decision.observed.currentReplicas, 0);
      expect(running).toBeLessThanOrEqual(12);
    }
    expect(desiredReplicas(of(await played.tickAt(600), 'b').decision)).toBeGreaterThan(7);
  });

  test('in money: replicas at twice the price count twice', async () => {
    const budget = { group: 'web', unit: 'costPerHour', most: 1.5 } as const;
    const stored = await shop(
      { a: 2000, b: 2000 },
      { a: { budget, cost: { perReplicaHour: 0.1 } }, b: { budget, cost: { perReplicaHour: 0.2 } } },
    ).tickAt(0);
    const [a, b] = ['a', 'b'].map((name) => desiredReplicas(of(stored, name).decision));
    expect(0.1 * a + 0.2 * b).toBeLessThanOrEqual(1.5 + 1e-9);
    expect(0.1 * a + 0.2 * b).toBeGreaterThan(1.3);
  });
});

describe('policies that cannot share a budget', () => {
  test.each([
    [
      'that give it differently',
      [member('a'), member('b', { budget: { ...BUDGET, most: 13 } })],
      'spec.budget.maxReplicas',
      /maxReplicas 12 \(a\) and maxReplicas 13 \(b\) for the group web/,
    ],
    [
      'in two currencies',
      [member('a'), member('b', { cost: { currency: 'EUR' } })],
      'spec.cost',
      /prices in USD \(a\) and in EUR \(b\)/,
    ],
    [
      'of which one has no prices',
      [member('a'), member('b', { cost: { perReplicaHour: null, perViolation: null } })],
      'spec.cost',
      /prices in USD \(a\) and in none \(b\)/,
    ],
    [
      'whose minReplicas are more than it',
      [member('a', { minReplicas: 7 }), member('b', { minReplicas: 6 })],
      'spec.budget.maxReplicas',
      /^12$/,
    ],
  ])('%s: all of them are told', (_name, policies, path, got) => {
    const problems = budgetProblems([...policies, member('fine', { budget: { ...BUDGET, group: 'else' } })]);
    expect([...problems.keys()]).toEqual(['shop/a', 'shop/b']);
    expect(problems.get('shop/b')).toMatchObject({ path, got: expect.stringMatching(got) });
  });

  test('groups of one name in two namespaces have nothing to do with each other', () => {
    const elsewhere = member('b', {
      workload: { namespace: 'bank', name: 'b' },
      budget: { ...BUDGET, most: 99 },
    });
    expect(budgetProblems([member('a'), elsewhere]).size).toBe(0);
  });
});
