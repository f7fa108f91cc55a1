import { describe, expect, test } from 'vitest';
import { isRollingOut, newestRollout, readyReplicas } from '../../../src/actuate/rollout-state.ts';

const COMPLETE = { type: 'Progressing', reason: 'NewReplicaSetAvailable' };
const STEADY = { observedGeneration: 3, replicas: 5, updatedReplicas: 5, readyReplicas: 5 };
const deployment = (status: object, generation = 3) => ({
  kind: 'Deployment',
  metadata: { generation },
  status: { ...STEADY, conditions: [COMPLETE], ...status },
});
const statefulSet = (type: string, status: object, partition = 0) => ({
  kind: 'StatefulSet',
  metadata: { generation: 3 },
  spec: { updateStrategy: { type, ...(type === 'RollingUpdate' && { rollingUpdate: { partition } }) } },
  status: { ...STEADY, currentRevision: 'a', ...status },
});

describe('whether a rollout is on', () => {
  test.each<[string, unknown, boolean]>([
    ['a Deployment at rest', deployment({}), false],
    ['its controller has not seen the newest spec', deployment({}, 4), true],
    ['replicas of the old revision are left', deployment({ replicas: 6, updatedReplicas: 5 }), true],
    ['new replicas merely start', deployment({ replicas: 9, updatedReplicas: 9, readyReplicas: 5 }), false],
    [
      'all are updated, and the new ReplicaSet is not complete',
      deployment({ conditions: [{ type: 'Progressing', reason: 'ReplicaSetUpdated' }] }),
      true,
    ],
    [
      'a rollout that got stuck',
      deployment({ conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }] }),
      true,
    ],
    ['no progress condition (progressDeadlineSeconds unset)', deployment({ conditions: [] }), false],
    [
      'no progress condition, and some are not available',
      deployment({ conditions: [], unavailableReplicas: 2 }),
      true,
    ],
    [
      'new replicas start under a complete rollout',
      deployment({ replicas: 9, updatedReplicas: 9, unavailableReplicas: 4 }),
      false,
    ],
    ['a StatefulSet at rest', { kind: 'StatefulSet', metadata: { generation: 3 }, status: STEADY }, false],
    [
      'a StatefulSet half updated',
      { kind: 'StatefulSet', metadata: { generation: 3 }, status: { ...STEADY, updatedReplicas: 2 } },
      true,
    ],
    ['a StatefulSet whose last replica starts', statefulSet('RollingUpdate', { updateRevision: 'b' }), true],
    ['a StatefulSet of one revision', statefulSet('RollingUpdate', { updateRevision: 'a' }), false],
    ['a StatefulSet that is updated by hand', statefulSet('OnDelete', { updateRevision: 'b' }), false],
    [
      'a StatefulSet that is updated from its partition on',
      statefulSet('RollingUpdate', { updateRevision: 'b', updatedReplicas: 2 }, 3),
      false,
    ],
    [
      'a StatefulSet with one to go above its partition',
      statefulSet('RollingUpdate', { updateRevision: 'b', updatedReplicas: 1 }, 3),
      true,
    ],
    [
      'a StatefulSet none of which is updated yet, which its status leaves out',
      statefulSet('RollingUpdate', { updateRevision: 'b', updatedReplicas: undefined }, 3),
      true,
    ],
    [
      'a StatefulSet whose partition is above all its replicas',
      statefulSet('RollingUpdate', { updateRevision: 'b', updatedReplicas: undefined }, 9),
      false,
    ],
    ['a ReplicaSet, which never rolls out', { kind: 'ReplicaSet', status: { replicas: 5 } }, false],
    ['an object without any status', { kind: 'Widget' }, false],
  ])('%s', (_name, object, expected) => {
    expect(isRollingOut(object)).toBe(expected);
  });
});

describe('who is ready', () => {
  test.each<[string, unknown, number, number]>([
    ['a Deployment tells', { kind: 'Deployment', status: { readyReplicas: 3 } }, 5, 3],
    ['a Deployment with none ready says nothing', { kind: 'Deployment', status: {} }, 5, 0],
    ['a custom target that tells', { kind: 'Widget', status: { readyReplicas: 2 } }, 5, 2],
    ['a custom target that does not tell', { kind: 'Widget', status: {} }, 5, 5],
    ['never more than there are', { kind: 'Deployment', status: { readyReplicas: 9 } }, 5, 5],
  ])('%s', (_name, object, replicas, expected) => {
    expect(readyReplicas(object, replicas)).toBe(expected);
  });
});

describe('the newest rollout', () => {
  const DONE_AT = '2026-11-27T03:00:00Z';
  const done = { ...COMPLETE, lastUpdateTime: DONE_AT };
  const numbered = (revision: string, conditions: readonly object[]) => {
    const plain = deployment({ conditions });
    const annotations = { 'deployment.kubernetes.io/revision': revision };
    return { ...plain, metadata: { ...plain.metadata, annotations } };
  };

  test.each<[string, unknown, ReturnType<typeof newestRollout>]>([
    [
      'of a Deployment tells when it was done',
      numbered('7', [done]),
      { revision: '7', progressedAtMs: Date.parse(DONE_AT) },
    ],
    [
      'of a Deployment without progressDeadlineSeconds has no time',
      numbered('7', []),
      { revision: '7', progressedAtMs: null },
    ],
    ['of a Deployment that its controller has not seen', deployment({ conditions: [] }), undefined],
    [
      'of a StatefulSet has no time',
      statefulSet('RollingUpdate', { updateRevision: 'web-5f' }),
      { revision: 'web-5f', progressedAtMs: null },
    ],
    ['of a kind that does not tell', { kind: 'Rollout', status: {} }, undefined],
  ])('%s', (_, object, expected) => {
    expect(newestRollout(object)).toEqual(expected);
  });
});
