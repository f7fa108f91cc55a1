import { describe, expect, test } from 'vitest';
import type { ScaleApi, ScaleReading, ScaleWrite } from '../../../src/actuate/scale-api.ts';
import { createScaleSubresourceScaler } from '../../../src/actuate/scale-subresource.ts';
import { aPolicy } from '../../builders/policy.ts';

const NEVER = new AbortController().signal;

function apiThatAnswers(outcome: ScaleWrite): ScaleApi & { readonly writes: unknown[] } {
  const writes: unknown[] = [];
  return {
    writes,
    read: () => Promise.reject(new Error('not asked')),
    readNow: () => Promise.reject(new Error('not asked')),
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

/** Read at version 41 with three replicas; what a read tells after that is the test's, and only its version is written at. */
function overtaken(now: Partial<ScaleReading>, isLeaderStill = true) {
  const before: ScaleReading = {
    specReplicas: 3,
    statusReplicas: 3,
    resourceVersion: '41',
    otherOwners: [],
    replicasSetAtMs: null,
    podSelector: 'app=checkout',
    object: {},
  };
  const writtenAt: string[] = [];
  let isLeader = true;
  const api: ScaleApi = {
    read: () => Promise.resolve(before),
    readNow() {
      isLeader = isLeaderStill;
      return Promise.resolve({ ...before, ...now });
    },
    write(_target, { resourceVersion }) {
      writtenAt.push(resourceVersion);
      const isNewest = resourceVersion === (now.resourceVersion ?? '41');
      return Promise.resolve(isNewest ? { kind: 'applied' } : { kind: 'conflict', message: 'modified' });
    },
  };
  const scaler = createScaleSubresourceScaler({
    api,
    leadership: { isLeader: () => isLeader },
    refusal: () => undefined,
  });
  const policy = aPolicy({ mode: 'Scale' });
  return async () => {
    const { version } = await scaler.read(policy, 0, NEVER);
    const { result } = await scaler.write({ policy, toReplicas: 7, version, nowMs: 0 }, NEVER);
    return { result, writtenAt };
  };
}

const ROLLOUT = { status: { replicas: 3, updatedReplicas: 1 } };

describe('a target that is not at the version that was judged any more', () => {
  test.each<[string, Partial<ScaleReading>, string, readonly string[]]>([
    ['that has become ready', { resourceVersion: '42', statusReplicas: 4 }, 'applied', ['41', '42']],
    ['that has another count', { resourceVersion: '42', specReplicas: 4 }, 'conflict', ['41']],
    ['that is being rolled out now', { resourceVersion: '42', object: ROLLOUT }, 'conflict', ['41']],
  ])('%s', async (_name, now, result, writtenAt) => {
    expect(await overtaken(now)()).toEqual({ result, writtenAt });
  });

  test('is not written by who has stopped leading meanwhile', async () => {
    expect(await overtaken({ resourceVersion: '42' }, false)()).toEqual({
      result: 'notLeader',
      writtenAt: ['41'],
    });
  });
});

describe('what is remembered of a target', () => {
  const policy = aPolicy({ mode: 'Scale' });
  function remembering() {
    let specReplicas = 3;
    let otherOwners: readonly string[] = [];
    const reading = (): ScaleReading => ({
      ...{ specReplicas, statusReplicas: 3, resourceVersion: '41', otherOwners },
      ...{ replicasSetAtMs: null, podSelector: null, object: {} },
    });
    const scaler = createScaleSubresourceScaler({
      api: {
        read: () => Promise.resolve(reading()),
        readNow: () => Promise.resolve(reading()),
        write(_target, { replicas }) {
          specReplicas = replicas;
          return Promise.resolve({ kind: 'failed', message: 'the call was given up', isUnanswered: true });
        },
      },
      leadership: { isLeader: () => true },
      refusal: () => undefined,
    });
    return {
      scaler,
      look: () => scaler.read(policy, 0, NEVER),
      write: () => scaler.write({ policy, toReplicas: 7, version: '41', nowMs: 0 }, NEVER),
      changeElsewhere: () => void ([specReplicas, otherOwners] = [5, ['kubectl-scale']]),
    };
  }

  test('a write that was not answered is told as failed, and as made by the read that sees it', async () => {
    const { look, write } = remembering();
    await look();
    expect(await write()).toEqual({ result: 'failed', message: 'the call was given up' });
    expect(await look()).toMatchObject({ currentReplicas: 7, writtenLateFrom: 3 });
    expect(await look()).not.toHaveProperty('writtenLateFrom');
  });

  test.each([
    ['looked after all along', false, { changedElsewhere: { fromReplicas: 3, toReplicas: 5 } }],
    ['that left and has come back', true, {}],
  ])('of a workload %s, a change by somebody else', async (_name, hasLeft, told) => {
    const { scaler, look, changeElsewhere } = remembering();
    await look();
    changeElsewhere();
    if (hasLeft) scaler.forget(policy.workload);
    const { changedElsewhere } = await look();
    expect({ ...(changedElsewhere && { changedElsewhere }) }).toMatchObject(told);
    expect(changedElsewhere === undefined).toBe(hasLeft);
  });
});
