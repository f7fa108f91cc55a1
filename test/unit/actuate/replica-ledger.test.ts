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

describe('a write whose answer has not come', () => {
  const afterOne = (): ReturnType<typeof createReplicaLedger> => {
    const ledger = createReplicaLedger(3);
    ledger.seen('a', seen(4));
    ledger.mayHaveWritten('a', 8);
    return ledger;
  };
  const look = (ledger: ReturnType<typeof createReplicaLedger>, one: ReturnType<typeof seen>) => {
    const reachedFrom = ledger.reachedFrom('a', one);
    return { reachedFrom, change: ledger.seen('a', one) };
  };

  test('has been made where its count is there and ours, which is told once', () => {
    const ledger = afterOne();
    expect(look(ledger, seen(8))).toEqual({ reachedFrom: 4, change: undefined });
    expect(look(ledger, seen(8))).toEqual({ reachedFrom: undefined, change: undefined });
  });

  test('may be seen at a later look, of which there are so many', () => {
    for (const [late, reachedFrom] of [
      [2, 4],
      [3, undefined],
    ] as const) {
      const ledger = afterOne();
      for (let looks = 0; looks < late; looks += 1) look(ledger, seen(4));
      expect(look(ledger, seen(8)).reachedFrom, `after ${late} looks`).toBe(reachedFrom);
    }
  });

  test.each([
    ['the count is another one', seen(5)],
    ['somebody else has asked for that count', seen(8, 'kubectl-scale')],
  ])('has not where %s', (_why, one) => {
    expect(look(afterOne(), one).reachedFrom).toBeUndefined();
  });

  test('is of no interest after one that was answered, or when the workload has left', () => {
    const answered = afterOne();
    answered.wrote('a', 8);
    expect(look(answered, seen(8)).reachedFrom).toBeUndefined();
    const left = afterOne();
    left.forget('a');
    expect(look(left, seen(8)).reachedFrom).toBeUndefined();
  });
});
