import { expect, test } from 'vitest';
import { isRollingOut, newestRollout, readyReplicas } from '../../../src/actuate/rollout-state.ts';
import { readingOf, scaledPart, type AppsObject } from '../../../src/cluster/apps-object.ts';

const replicasOf = (manager: string, time: string) => ({
  manager,
  time,
  operation: 'Update',
  fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:template': {} } },
});

const DEPLOYMENT = {
  metadata: {
    name: 'checkout',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '41',
    generation: 3,
    annotations: { note: 'x'.repeat(2000), 'deployment.kubernetes.io/revision': '7' },
    managedFields: [
      replicasOf('argocd', '2026-11-27T03:00:00Z'),
      { manager: 'kubelet', fieldsV1: { 'f:status': {} } },
    ],
  },
  spec: {
    replicas: 5,
    selector: { matchLabels: { app: 'checkout' } },
    template: { spec: { containers: [{ name: 'app', image: 'none', args: ['y'.repeat(2000)] }] } },
  },
  status: { observedGeneration: 3, replicas: 5, readyReplicas: 4, updatedReplicas: 3, conditions: [] },
};

const STATEFUL_SET = {
  ...DEPLOYMENT,
  metadata: { ...DEPLOYMENT.metadata, managedFields: [replicasOf('prescale', 'yesterday')] },
  spec: { ...DEPLOYMENT.spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
};

test.each([
  ['Deployment', 'a Deployment in a rollout, that argocd scales', DEPLOYMENT],
  ['StatefulSet', 'a StatefulSet with a partition, that we scale', STATEFUL_SET],
  ['ReplicaSet', 'an object that says nothing', { metadata: { name: 'bare', resourceVersion: '1' } }],
])('%s: what is kept tells the same as the whole: %s', (kind, _name, whole) => {
  const [told, kept] = [whole, scaledPart(whole)].map((object) => readingOf({ kind }, object as AppsObject));
  const { object: wholeObject, ...toldBeside } = told;
  const { object: keptObject, ...keptBeside } = kept;
  expect(keptBeside).toEqual(toldBeside);
  expect(isRollingOut(keptObject)).toBe(isRollingOut(wholeObject));
  expect(readyReplicas(keptObject, 5)).toBe(readyReplicas(wholeObject, 5));
  expect(newestRollout(keptObject)).toEqual(newestRollout(wholeObject));
});

test('what is kept of a Deployment tells which rollout it is at', () => {
  expect(newestRollout(scaledPart(DEPLOYMENT))).toEqual({ revision: '7', progressedAtMs: null });
});

test('what is kept of an object leaves out what is large in it', () => {
  const bytes = (object: object): number => JSON.stringify(object).length;
  expect(bytes(scaledPart(DEPLOYMENT))).toBeLessThan(bytes(DEPLOYMENT) / 8);
});
