import { describe, expect, test } from 'vitest';
import type { ReplicaStatus } from '../../../../../src/actuate/scaler.ts';
import { keepFindings } from '../../../../../src/cli/run/cluster/findings.ts';
import { NOW_MS } from '../../../../builders/observation.ts';
import { aPolicy } from '../../../../builders/policy.ts';

const NEVER = new AbortController().signal;
const changedElsewhere = { fromReplicas: 8, toReplicas: 4, managers: ['kubectl-scale', 'argocd'] };
const QUIET: ReplicaStatus = { currentReplicas: 4, readyReplicas: 4, rollingOut: false, version: '1' };

/** A scaler whose reads answer, or throw, what is next in the list. */
function findingsWith(reads: readonly (ReplicaStatus | Error)[], conflict?: string) {
  const left = [...reads];
  const read = () => {
    const next = left.shift()!;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  const write = () => Promise.resolve({ result: 'applied' as const, message: '' });
  return keepFindings({ read, write }, { conflictOf: () => conflict, lacksHolder: () => 'no HPA' });
}

describe('what looking at a target has found', () => {
  test('nothing, where all is well', async () => {
    const findings = findingsWith([QUIET]);
    await findings.scaler.read(aPolicy({ mode: 'Scale' }), NOW_MS, NEVER);
    expect(findings.of(aPolicy({ mode: 'Scale' }))).toBeUndefined();
  });

  test('a target that cannot be read, until it can', async () => {
    const policy = aPolicy({ mode: 'Scale' });
    const findings = findingsWith([new Error('Deployment shop/checkout does not exist'), QUIET]);
    await expect(findings.scaler.read(policy, NOW_MS, NEVER)).rejects.toThrow('does not exist');
    const message = 'Deployment shop/checkout does not exist';
    expect(findings.of(policy)).toEqual({ reason: 'FailedGetScale', message });
    await findings.scaler.read(policy, NOW_MS, NEVER);
    expect(findings.of(policy)).toBeUndefined();
  });

  test('a read that was given up tells nothing', async () => {
    const findings = findingsWith([new Error('aborted')]);
    await findings.scaler.read(aPolicy(), NOW_MS, AbortSignal.abort()).catch(() => undefined);
    expect(findings.of(aPolicy())).toBeUndefined();
  });

  test('who changed the count, in mode Scale', async () => {
    const findings = findingsWith([{ ...QUIET, changedElsewhere }]);
    await findings.scaler.read(aPolicy({ mode: 'Scale' }), NOW_MS, NEVER);
    expect(findings.of(aPolicy({ mode: 'Scale' }))).toEqual({
      reason: 'ReplicasChangedElsewhere',
      message: 'kubectl-scale, argocd changed the count from 8 to 4; it is decided on as it is',
    });
  });

  test('but not where we only recommend: somebody else is meant to change it', async () => {
    const findings = findingsWith([{ ...QUIET, changedElsewhere }]);
    await findings.scaler.read(aPolicy(), NOW_MS, NEVER);
    expect(findings.of(aPolicy())).toBeUndefined();
  });

  test('a conflict is stronger than anything met, and is none where nothing is written', async () => {
    const findings = findingsWith([new Error('no such target')], 'an HPA scales it too');
    await findings.scaler.read(aPolicy(), NOW_MS, NEVER).catch(() => undefined);
    expect(findings.of(aPolicy({ mode: 'Scale' }))?.reason).toBe('ConflictingAutoscaler');
    expect(findings.of(aPolicy())?.reason).toBe('FailedGetScale');
  });

  test('mode Floor without an autoscaler to raise says so; the other modes need none', () => {
    const findings = findingsWith([QUIET]);
    expect(findings.of(aPolicy({ mode: 'Floor' }))).toEqual({ reason: 'NoAutoscaler', message: 'no HPA' });
    expect(findings.of(aPolicy({ mode: 'Scale' }))).toBeUndefined();
  });

  test('what is forgotten is gone', async () => {
    const findings = findingsWith([new Error('no such target')]);
    await findings.scaler.read(aPolicy(), NOW_MS, NEVER).catch(() => undefined);
    findings.forget('shop/checkout');
    expect(findings.of(aPolicy())).toBeUndefined();
  });
});
