import { describe, expect, test } from 'vitest';
import type { ScaleApi, ScaleWrite } from '../../../src/actuate/scale-api.ts';
import { createScaleSubresourceScaler } from '../../../src/actuate/scale-subresource.ts';
import { aPolicy } from '../../builders/policy.ts';

const NEVER = new AbortController().signal;

function apiThatAnswers(outcome: ScaleWrite): ScaleApi & { readonly writes: unknown[] } {
  const writes: unknown[] = [];
  return {
    writes,
    read: () => Promise.reject(new Error('not asked')),
    write(target, change) {
      writes.push({ target, change });
      return Promise.resolve(outcome);
    },
  };
}

const write = async (outcome: ScaleWrite, mode: 'Scale' | 'Recommend' | 'Floor', isLeader: boolean) => {
  const api = apiThatAnswers(outcome);
  const scaler = createScaleSubresourceScaler({
    api,
    leadership: { isLeader: () => isLeader },
    refusal: () => undefined,
  });
  const request = { policy: aPolicy({ mode }), toReplicas: 7, version: '41', nowMs: 0 };
  return { answer: await scaler.write(request, NEVER), writes: api.writes };
};

describe('a write to the scale subresource', () => {
  test('carries the version that was judged', async () => {
    const { answer, writes } = await write({ kind: 'applied' }, 'Scale', true);
    expect(answer.result).toBe('applied');
    const target = { namespace: 'shop', apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' };
    expect(writes).toEqual([{ target, change: { replicas: 7, resourceVersion: '41' } }]);
  });

  test.each(['Recommend', 'Floor'] as const)('mode %s: the target is not written', async (mode) => {
    expect(await write({ kind: 'applied' }, mode, true)).toMatchObject({
      answer: { result: 'dryRun' },
      writes: [],
    });
  });

  test('without leadership nothing is written', async () => {
    expect(await write({ kind: 'applied' }, 'Scale', false)).toMatchObject({
      answer: { result: 'notLeader' },
      writes: [],
    });
  });

  test.each(['conflict', 'failed'] as const)('%s is told as it was', async (kind) => {
    const { answer } = await write({ kind, message: 'the object has been modified' }, 'Scale', true);
    expect(answer).toEqual({ result: kind, message: 'the object has been modified' });
  });
});

test('a target that something else scales is not written, and told why', async () => {
  const api = apiThatAnswers({ kind: 'applied' });
  const scaler = createScaleSubresourceScaler({
    api,
    leadership: { isLeader: () => true },
    refusal: () => 'an HPA scales it too',
  });
  const request = { policy: aPolicy({ mode: 'Scale' }), toReplicas: 7, version: '41', nowMs: 0 };
  expect(await scaler.write(request, NEVER)).toEqual({ result: 'refused', message: 'an HPA scales it too' });
  expect(api.writes).toEqual([]);
});
