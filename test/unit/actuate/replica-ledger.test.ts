import { describe, expect, test } from 'vitest';
import { createReplicaLedger } from '../../../src/actuate/replica-ledger.ts';

const seen = (replicas: number, ...otherOwners: string[]) => ({ replicas, otherOwners });
const CHANGED = { fromReplicas: 8, toReplicas: 4, managers: ['kubectl-scale'] };

describe('a change of the count by somebody else', () => {
  test('is told for as many looks as asked for, and no longer', () => {
    const ledger = createReplicaLedger(2);
    expect(ledger.seen('a', seen(8))).toBeUndefined();
    expect(ledger.seen('a', seen(4, 'kubectl-scale'))).toEqual(CHANGED);
    expect(ledger.seen('a', seen(4, 'kubectl-scale'))).toEqual(CHANGED);
    expect(ledger.seen('a', seen(4, 'kubectl-scale'))).toBeUndefined();
  });

  test('ends being told with our next write', () => {
    const ledger = createReplicaLedger();
    ledger.wrote('a', 8);
    ledger.seen('a', seen(4, 'kubectl-scale'));
    ledger.wrote('a', 8);
    expect(ledger.seen('a', seen(8))).toBeUndefined();
  });

  test('gives way to a newer one', () => {
    const ledger = createReplicaLedger();
    ledger.seen('a', seen(8));
    ledger.seen('a', seen(4, 'kubectl-scale'));
    expect(ledger.seen('a', seen(9, 'argocd'))).toEqual({
      fromReplicas: 4,
      toReplicas: 9,
      managers: ['argocd'],
    });
  });

  test.each([
    ['the first look', [], seen(4, 'kubectl-scale')],
    ['the count that we asked for', [8], seen(8)],
    ['the count that we asked for, by whomever', [8], seen(8, 'argocd')],
    ['a count that is ours, from before a take-over', [8], seen(6)],
  ] as const)('%s is none', (_what, wrote, look) => {
    const ledger = createReplicaLedger();
    for (const replicas of wrote) ledger.wrote('a', replicas);
    expect(ledger.seen('a', look)).toBeUndefined();
  });

  test('is that of one target; a forgotten one starts anew', () => {
    const ledger = createReplicaLedger();
    ledger.seen('a', seen(8));
    ledger.seen('b', seen(4));
    ledger.forget('a');
    expect(ledger.seen('a', seen(4, 'kubectl-scale'))).toBeUndefined();
    expect(ledger.seen('b', seen(5, 'kubectl-scale'))).toMatchObject({ fromReplicas: 4 });
  });
});
