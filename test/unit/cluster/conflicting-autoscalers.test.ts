import { describe, expect, test } from 'vitest';
import { autoscalersByTarget } from '../../../src/cluster/autoscalers-by-target.ts';
import { conflictWith, type Autoscalers } from '../../../src/cluster/conflicting-autoscalers.ts';
import { anAutoscaler, anotherAutoscaler } from '../../builders/kubernetes-object.ts';
import { aPolicy } from '../../builders/policy.ts';

const NOBODY: Autoscalers = { horizontalPodAutoscalers: [], scaledObjects: [], predictiveAutoscalers: [] };
const POLICY = aPolicy({ mode: 'Scale' });
/** Of all that there are, and of those that are told by target: the same. */
function conflict(others: Partial<Autoscalers>): string | undefined {
  const all = { ...NOBODY, ...others };
  const found = conflictWith(POLICY, all);
  expect(conflictWith(POLICY, autoscalersByTarget(all)(POLICY))).toBe(found);
  return found;
}
const scaling = (changes = {}, metadata = {}) => anAutoscaler({ 'spec.mode': 'Scale', ...changes }, metadata);
const onTarget = (scaleTargetRef: object) => anotherAutoscaler('web', { scaleTargetRef });

describe('who else scales the target', () => {
  test.each<[string, Partial<Autoscalers>, string]>([
    ['an HPA', { horizontalPodAutoscalers: [anotherAutoscaler('web')] }, 'HorizontalPodAutoscaler shop/web'],
    ['a ScaledObject', { scaledObjects: [anotherAutoscaler('queue')] }, 'ScaledObject shop/queue'],
    [
      'a ScaledObject that leaves out what KEDA assumes',
      { scaledObjects: [onTarget({ name: 'checkout' })] },
      'ScaledObject shop/web',
    ],
    [
      'an HPA that names another version of the group',
      {
        horizontalPodAutoscalers: [
          onTarget({ apiVersion: 'apps/v1beta1', kind: 'Deployment', name: 'checkout' }),
        ],
      },
      'HorizontalPodAutoscaler shop/web',
    ],
    [
      'a second PredictiveAutoscaler',
      { predictiveAutoscalers: [scaling(), scaling({}, { name: 'other' })] },
      'PredictiveAutoscaler shop/other',
    ],
  ])('%s is named', (_who, others, named) => {
    expect(conflict(others)).toBe(
      `${named} scales Deployment checkout too: nothing is written until it is gone`,
    );
  });

  test('in mode Floor an HPA is what is worked through; a second PredictiveAutoscaler is a conflict', () => {
    const others = { ...NOBODY, horizontalPodAutoscalers: [anotherAutoscaler('web')] };
    const policy = aPolicy({ mode: 'Floor' });
    expect(conflictWith(policy, others)).toBeUndefined();
    const predictiveAutoscalers = [scaling({ 'spec.mode': 'Floor' }, { name: 'other' })];
    expect(conflictWith(policy, { ...others, predictiveAutoscalers })).toContain('shop/other');
  });

  test.each<[string, Partial<Autoscalers>]>([
    ['nobody', {}],
    ['we ourselves', { predictiveAutoscalers: [scaling()] }],
    ['one that only recommends', { predictiveAutoscalers: [anAutoscaler({}, { name: 'other' })] }],
    [
      'one on a target of another name',
      { horizontalPodAutoscalers: [onTarget({ kind: 'Deployment', name: 'cart' })] },
    ],
    [
      'one on another kind',
      { horizontalPodAutoscalers: [onTarget({ kind: 'StatefulSet', name: 'checkout' })] },
    ],
    [
      'one on another group',
      {
        horizontalPodAutoscalers: [onTarget({ apiVersion: 'x.io/v1', kind: 'Deployment', name: 'checkout' })],
      },
    ],
    [
      'one in another namespace',
      { predictiveAutoscalers: [scaling({}, { name: 'other', namespace: 'bank' })] },
    ],
  ])('%s is no conflict', (_who, others) => expect(conflict(others)).toBeUndefined());
});
