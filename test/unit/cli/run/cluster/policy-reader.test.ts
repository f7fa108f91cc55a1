import { expect, test } from 'vitest';
import { createPolicyReader } from '../../../../../src/cli/run/cluster/policy-reader.ts';
import { anAutoscaler } from '../../../../builders/kubernetes-object.ts';

const paused = { annotations: { 'prescale.dev/paused': 'true' } };

test.each([
  ['the same object', anAutoscaler(), true],
  ['another status and version', { ...anAutoscaler({}, { resourceVersion: '13' }), status: {} }, true],
  ['another spec', anAutoscaler({ 'spec.maxReplicas': 61 }), false],
  ['another annotation', anAutoscaler({}, paused), false],
  ['another name', anAutoscaler({}, { name: 'cart' }), false],
])('%s: read once: %s', (_, object, isSame) => {
  const reader = createPolicyReader();
  const before = reader.read(anAutoscaler());
  const now = reader.read(object);
  expect(now === before).toBe(isSame);
  expect(now).toEqual(createPolicyReader().read(object));
});

test('what is gone is forgotten', () => {
  const reader = createPolicyReader();
  const before = reader.read(anAutoscaler());
  reader.keepOnly([]);
  expect(reader.read(anAutoscaler())).not.toBe(before);
});
