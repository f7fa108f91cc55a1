import { expect, test } from 'vitest';
import { policyOfObject } from '../../../../../src/cli/run/cluster/policy-of-object.ts';
import { anAutoscaler } from '../../../../builders/kubernetes-object.ts';

const messageOf = (object: ReturnType<typeof anAutoscaler>): string => {
  const read = policyOfObject(object);
  if (read.kind === 'policy') throw new Error('it was taken for valid');
  return read.message;
};

test('what the server adds to an object is no part of the policy', () => {
  const seenAgain = anAutoscaler({}, { resourceVersion: '99', generation: 7, finalizers: ['a.b/c'] });
  expect(policyOfObject(seenAgain)).toEqual(policyOfObject(anAutoscaler()));
  expect(policyOfObject(anAutoscaler())).toMatchObject({
    kind: 'policy',
    policy: { workload: { namespace: 'shop', name: 'checkout' }, mode: 'Recommend', maxReplicas: 60 },
  });
});

test('annotations are', () => {
  const annotations = {
    'prescale.dev/paused': 'true',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
  };
  expect(policyOfObject(anAutoscaler({}, { annotations }))).toMatchObject({ policy: { paused: true } });
});

test.each([
  ['a field that nobody knows', { 'spec.maximumReplicas': 60 }, 'spec.maximumReplicas'],
  ['bounds the wrong way round', { 'spec.minReplicas': 61 }, 'spec.minReplicas'],
])('%s is told with its path', (_what, changes, path) => {
  expect(messageOf(anAutoscaler(changes))).toContain(path);
});

test('all that is wrong is told at once, on one line', () => {
  const message = messageOf(anAutoscaler({ 'spec.minReplicas': 0, 'spec.slo.objective': 2 }));
  expect(message).toContain('spec.minReplicas');
  expect(message).toContain('spec.slo.objective');
  expect(message).not.toContain('\n');
});
