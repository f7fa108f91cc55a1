import { expect, test } from 'vitest';
import type { DecisionStore, StoredDecision } from '../../src/control/decision-store.ts';
import { decisionId } from '../../src/domain/decision.ts';
import { aStoredDecision } from '../builders/stored-decision.ts';

const shop = { namespace: 'shop', name: 'checkout' };
const at = (decidedAtMs: number): StoredDecision => aStoredDecision({ decidedAtMs });

/** What every decision store keeps to. `create` gives an empty one with room for ten decisions at least. */
export function decisionStoreContract(create: () => DecisionStore): void {
  const times = (list: readonly StoredDecision[]) => list.map((stored) => stored.decision.decidedAtMs);

  test('an empty store has nothing to tell', () => {
    expect(create().list(shop, { limit: 5 })).toEqual([]);
    expect(create().get(shop, '1')).toBeUndefined();
  });

  test('lists the newest first, at most as many as asked for', () => {
    const store = create();
    store.append([at(1000), at(2000)]);
    store.append([at(3000)]);
    expect(times(store.list(shop, { limit: 2 }))).toEqual([3000, 2000]);
    expect(times(store.list(shop, { limit: 10 }))).toEqual([3000, 2000, 1000]);
  });

  test('pages backwards: `beforeMs` is not part of the answer', () => {
    const store = create();
    store.append([at(1000), at(2000), at(3000)]);
    expect(times(store.list(shop, { limit: 2, beforeMs: 3000 }))).toEqual([2000, 1000]);
    expect(store.list(shop, { limit: 2, beforeMs: 1000 })).toEqual([]);
  });

  test('finds a decision by its id', () => {
    const store = create();
    const stored = at(2000);
    store.append([at(1000), stored]);
    expect(store.get(shop, decisionId(stored.decision))).toEqual(stored);
    expect(store.get(shop, '1999')).toBeUndefined();
    expect(store.get(shop, 'nonsense')).toBeUndefined();
  });

  test('workloads do not see each other', () => {
    const store = create();
    const other = { namespace: 'shop', name: 'other' };
    store.append([at(1000), aStoredDecision({ workload: other, decidedAtMs: 1000 })]);
    expect(store.list(shop, { limit: 5 })).toHaveLength(1);
    expect(store.get(other, '1000')?.decision.workload).toEqual(other);
  });
}
