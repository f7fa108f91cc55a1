import { describe, expect, test } from 'vitest';
import { createPolicyReader } from '../../../../../src/cli/run/cluster/policy-reader.ts';
import { syncFleet } from '../../../../../src/cli/run/cluster/sync-fleet.ts';
import type { KubernetesObject } from '../../../../../src/cluster/kubernetes-object.ts';
import { createFleet } from '../../../../../src/control/fleet.ts';
import { invalidInput } from '../../../../../src/domain/errors.ts';
import { workloadKey } from '../../../../../src/domain/workload.ts';
import { anAutoscaler } from '../../../../builders/kubernetes-object.ts';
import { createFakeMetricsSource } from '../../../../fakes/metrics-source.ts';

const source = createFakeMetricsSource({ value: () => 1 });
const sources = {
  named(name: string, path: string) {
    if (name === 'default') return source;
    throw invalidInput('the metrics source', [{ path, got: name, allowed: 'default' }]);
  },
  close: () => Promise.resolve(),
};

function fleetUnderTest(recommendOnly = false) {
  const fleet = createFleet();
  const policies = createPolicyReader();
  const gone: string[] = [];
  const onGone = (workload: { namespace: string; name: string }) => void gone.push(workloadKey(workload));
  const sync = (...objects: KubernetesObject[]) =>
    syncFleet({ fleet, sources, policies, recommendOnly, onGone }, objects);
  const checkout = () => fleet.member({ namespace: 'shop', name: 'checkout' });
  return { fleet, gone, sync, checkout };
}

describe('the fleet becomes what the objects say', () => {
  test('who is new joins, who is gone leaves', () => {
    const { fleet, gone, sync } = fleetUnderTest();
    expect(sync(anAutoscaler(), anAutoscaler({}, { name: 'cart' }))).toEqual([]);
    expect(fleet.members().map(({ policy }) => policy.workload.name)).toEqual(['checkout', 'cart']);
    sync(anAutoscaler({}, { name: 'cart' }));
    expect(fleet.members().map(({ policy }) => policy.workload.name)).toEqual(['cart']);
    expect(gone).toEqual(['shop/checkout']);
  });

  test('who is on the way out has left', () => {
    const { fleet, gone, sync } = fleetUnderTest();
    sync(anAutoscaler());
    sync(anAutoscaler({}, { deletionTimestamp: '2025-07-22T08:00:00Z' }));
    expect([fleet.members(), gone]).toEqual([[], ['shop/checkout']]);
  });

  test('policies that call each other are looked after by nobody, and told so; the others do not notice', () => {
    const { fleet, sync } = fleetUnderTest();
    const calledBy = (name: string) => ({ 'spec.dependsOn': [{ name, ratio: 2 }] });
    const cart = anAutoscaler(calledBy('checkout'), { name: 'cart' });
    const invalid = sync(anAutoscaler(calledBy('cart')), cart, anAutoscaler({}, { name: 'web' }));
    expect(fleet.members().map(({ policy }) => policy.workload.name)).toEqual(['web']);
    expect(invalid.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        'spec.dependsOn: got a cycle: shop/checkout is called by shop/cart is called by',
      ),
      expect.stringContaining(
        'spec.dependsOn: got a cycle: shop/cart is called by shop/checkout is called by',
      ),
    ]);
    expect(sync(anAutoscaler(calledBy('cart')), anAutoscaler({}, { name: 'cart' }))).toEqual([]);
  });

  test('the same object again, with a new status, changes nothing', () => {
    const { sync, checkout } = fleetUnderTest();
    sync(anAutoscaler());
    const before = checkout();
    sync({ ...anAutoscaler({}, { resourceVersion: '13' }), status: { currentReplicas: 3 } });
    expect(checkout()).toBe(before);
  });

  test('a changed spec starts anew', () => {
    const { sync, checkout } = fleetUnderTest();
    sync(anAutoscaler());
    const before = checkout()!;
    sync(anAutoscaler({ 'spec.forecast.lookback': '7d' }));
    expect(checkout()!.policy.forecast.lookbackSeconds).toBe(7 * 86_400);
    expect(checkout()!.history).not.toBe(before.history);
  });

  test.each([
    ['a limit', anAutoscaler({ 'spec.maxReplicas': 70 })],
    ['a pause', anAutoscaler({}, { annotations: { 'prescale.dev/paused': 'true' } })],
  ])('%s that changes starts anew too, but for what was measured', (_what, changed) => {
    const { sync, checkout } = fleetUnderTest();
    sync(anAutoscaler());
    const before = checkout()!;
    before.memory = { recommendations: [] } as unknown as typeof before.memory;
    sync(changed);
    expect(checkout()!.policy.policyHash).not.toBe(before.policy.policyHash);
    expect(checkout()!.history).toBe(before.history);
    expect(checkout()!.memory).toBeUndefined();
  });

  test.each([
    ['another query', { 'spec.metrics.arrivalRate.query': 'sum(rate(other[1m]))' }],
    ['another delay', { 'spec.metrics.delay': '45s' }],
    ['another step', { 'spec.forecast.step': '2m' }],
  ])('%s is another history', (_what, changes) => {
    const { sync, checkout } = fleetUnderTest();
    sync(anAutoscaler());
    const before = checkout()!;
    sync(anAutoscaler(changes));
    expect(checkout()!.history).not.toBe(before.history);
  });

  test('another mode changes what is done with decisions, and keeps what is known', () => {
    const { sync, checkout } = fleetUnderTest();
    sync(anAutoscaler());
    const before = checkout()!;
    sync(anAutoscaler({ 'spec.mode': 'Scale' }));
    expect(checkout()!.policy.mode).toBe('Scale');
    expect(checkout()!.history).toBe(before.history);
  });

  test('another target starts anew', () => {
    const { sync, checkout } = fleetUnderTest();
    sync(anAutoscaler());
    const before = checkout()!;
    sync(anAutoscaler({ 'spec.scaleTargetRef.kind': 'StatefulSet' }));
    expect(checkout()!.policy.target.kind).toBe('StatefulSet');
    expect(checkout()!.history).not.toBe(before.history);
  });

  test.each([
    ['a policy that is not valid', { 'spec.minReplicas': 61 }, 'spec.minReplicas'],
    ['a metrics source that nobody configured', { 'spec.metrics.source': 'thanos' }, 'spec.metrics.source'],
  ])('%s is told, and the others do not notice', (_what, changes, path) => {
    const { fleet, sync } = fleetUnderTest();
    const wrong = anAutoscaler(changes, { name: 'cart' });
    const [invalid, ...more] = sync(wrong, anAutoscaler());
    expect([invalid.object, more]).toEqual([wrong, []]);
    expect(invalid.message).toContain(path);
    expect(fleet.members().map(({ policy }) => policy.workload.name)).toEqual(['checkout']);
  });

  test('an object that becomes wrong leaves: its old spec is not what anybody asks for', () => {
    const { fleet, gone, sync } = fleetUnderTest();
    sync(anAutoscaler());
    sync(anAutoscaler({ 'spec.minReplicas': 61 }));
    expect([fleet.members(), gone]).toEqual([[], ['shop/checkout']]);
  });

  test('with --dry-run everybody only gets a recommendation', () => {
    const { sync, checkout } = fleetUnderTest(true);
    sync(anAutoscaler({ 'spec.mode': 'Scale' }));
    expect(checkout()!.policy.mode).toBe('Recommend');
  });
});
