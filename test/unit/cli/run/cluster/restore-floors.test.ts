import { expect, test } from 'vitest';
import { restoreFloors } from '../../../../../src/cli/run/cluster/restore-floors.ts';
import type { ApiCall } from '../../../../../src/cluster/api-client.ts';
import { FLOOR_FINALIZER } from '../../../../../src/cluster/floor-api.ts';
import type { KubernetesObject } from '../../../../../src/cluster/kubernetes-object.ts';
import { aRaisedHolder, createFakeFloors } from '../../../../builders/floor.ts';
import { anAutoscaler } from '../../../../builders/kubernetes-object.ts';

const NEVER = new AbortController().signal;
const held = (changes = {}, metadata = {}): KubernetesObject =>
  anAutoscaler({ 'spec.mode': 'Floor', ...changes }, { finalizers: ['a.b/c', FLOOR_FINALIZER], ...metadata });
const GOING = { deletionTimestamp: '2025-07-22T08:00:00Z' };

async function restored(objects: readonly KubernetesObject[], { isLeader = true, fails = false } = {}) {
  const outcome = fails ? ({ kind: 'failed', message: 'refused' } as const) : ({ kind: 'applied' } as const);
  const floors = createFakeFloors([aRaisedHolder()], () => outcome);
  const finalizers: unknown[] = [];
  const faults: string[] = [];
  const client = {
    call({ body }: ApiCall) {
      finalizers.push((body as KubernetesObject).metadata.finalizers);
      return Promise.resolve({ kind: 'ok' as const, body: {} });
    },
    stream: () => Promise.reject(new Error('not asked')),
    close: () => Promise.resolve(),
  };
  const leadership = { isLeader: () => isLeader };
  const onFault = (message: string) => void faults.push(message);
  await restoreFloors({ client, floors, leadership, onFault }, objects, NEVER);
  return { calls: floors.calls, finalizers, faults };
}

const BACK = ['restore web to 2'];
test.each<[string, KubernetesObject[], string[], unknown[]]>([
  ['is in the mode: the floor stays', [held()], [], []],
  ['is going: the minimum comes back, then the object is let go', [held({}, GOING)], BACK, [['a.b/c']]],
  ['has left the mode', [held({ 'spec.mode': 'Scale' })], BACK, [['a.b/c']]],
  ['is gone', [], BACK, []],
  [
    'has another target: its finalizer stays with the mode',
    [held({ 'spec.scaleTargetRef.name': 'cart' })],
    BACK,
    [],
  ],
  ['is paused: hands off', [held({}, { annotations: { 'prescale.dev/paused': 'true' } })], [], []],
  ['is not valid any more: what is stays', [held({ 'spec.minReplicas': 61 })], [], []],
])('a policy that %s', async (_what, objects, calls, finalizers) => {
  expect(await restored(objects)).toEqual({ calls, finalizers, faults: [] });
});

test('an object whose minimum could not be put back is held until it is', async () => {
  const { finalizers, faults } = await restored([held({}, GOING)], { fails: true });
  expect([finalizers, faults]).toEqual([[], ['restore: refused']]);
});

test('without leadership nothing is written', async () => {
  expect(await restored([held({}, GOING)], { isLeader: false })).toEqual({
    calls: [],
    finalizers: [],
    faults: [],
  });
});
