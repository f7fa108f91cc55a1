import { expect, test } from 'vitest';
import { initialPolicy } from '../../../../src/cli/init/initial-policy.ts';
import { objectNameFlag } from '../../../../src/cli/init/object-name-flag.ts';
import { compilePolicy } from '../../../../src/policy/compile-policy.ts';
import { parsePolicy } from '../../../../src/policy/parse-policy.ts';
import { anotherAutoscaler } from '../../../builders/kubernetes-object.ts';

const ANSWERS = { serviceRateRps: 25, serversPerReplica: 8, responseTime: 0.25, startupTime: 90 };
const behavior = { scaleDown: { stabilizationWindowSeconds: 600 } };
const compiled = (...args: Parameters<typeof initialPolicy>) =>
  compilePolicy(parsePolicy(initialPolicy(...args)));

test('an HPA: the same target, bounds and behavior, and nothing is written', () => {
  const hpa = anotherAutoscaler('web', { minReplicas: 3, maxReplicas: 12, behavior });
  const policy = compiled('HorizontalPodAutoscaler', hpa, { ...ANSWERS, arrivalRate: 'rps' });
  expect(policy).toMatchObject({
    workload: { namespace: 'shop', name: 'checkout' },
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
    mode: 'Recommend',
    minReplicas: 3,
    maxReplicas: 12,
    metrics: { queries: { arrivalRate: 'rps' } },
    capacity: { serviceRateRps: 25, serversPerReplica: 8, startupSeconds: 90 },
    slo: { responseSeconds: 0.25 },
    behavior: { scaleDown: { stabilizationWindowSeconds: 600 } },
  });
});

test("a ScaledObject: KEDA's defaults, its own query, and never fewer than one", () => {
  const scaleTargetRef = { name: 'queue' };
  const triggers = [{ type: 'cron' }, { type: 'prometheus', metadata: { query: 'sum(rate(jobs[1m]))' } }];
  const advanced = { horizontalPodAutoscalerConfig: { behavior } };
  const scaledObject = anotherAutoscaler('queue', { scaleTargetRef, triggers, advanced });
  expect(compiled('ScaledObject', scaledObject, ANSWERS)).toMatchObject({
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' },
    minReplicas: 1,
    maxReplicas: 100,
    metrics: { queries: { arrivalRate: 'sum(rate(jobs[1m]))' } },
    behavior: { scaleDown: { stabilizationWindowSeconds: 600 } },
  });
});

test('how the load is measured must be said where the autoscaler does not know', () => {
  const hpa = anotherAutoscaler('web', { maxReplicas: 12 });
  expect(() => initialPolicy('HorizontalPodAutoscaler', hpa, ANSWERS)).toThrow('--arrival-rate: got nothing');
});

test('--from-hpa names a namespace and an object', () => {
  expect(objectNameFlag('shop/web')).toEqual({ namespace: 'shop', name: 'web' });
  expect(() => objectNameFlag('web')).toThrow('Got "web", allowed: NAMESPACE/NAME');
});
