import { expect, test } from 'vitest';
import { createHookCaller, type HookCall } from '../../../src/actuate/hook-caller.ts';
import type { ScaleApi, ScaleReading } from '../../../src/actuate/scale-api.ts';
import { createScaleSubresourceScaler } from '../../../src/actuate/scale-subresource.ts';
import { aPolicy } from '../../builders/policy.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { fleetUnderTest } from './fleet-under-test.ts';

const HOOK = { url: 'https://example.org/', timeoutSeconds: 5 };
const policyOf = (name: string) => ({
  ...aPolicy({ workload: { namespace: 'shop', name }, mode: 'Scale', forecast: { lookbackSeconds: 3600 } }),
  hooks: { after: HOOK },
});

/** Three replicas for the load of a few more. Writes are answered when the signal comes; `isMade`: and made all the same. */
function slowServer({
  isMade,
  owners = [],
}: {
  readonly isMade: boolean;
  readonly owners?: readonly string[];
}) {
  let replicas = 3;
  const asked: number[] = [];
  const hooked: HookCall[] = [];
  const reading = (): ScaleReading => ({
    ...{ specReplicas: replicas, statusReplicas: replicas, resourceVersion: `${replicas}` },
    ...{ otherOwners: owners, replicasSetAtMs: null, podSelector: null, object: {} },
  });
  const api: ScaleApi = {
    read: () => Promise.resolve(reading()),
    readNow: () => Promise.resolve(reading()),
    write(_target, change, signal) {
      asked.push(change.replicas);
      if (isMade) replicas = change.replicas;
      const gaveUp = { kind: 'failed', message: 'the call was given up', isUnanswered: true } as const;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(gaveUp)));
    },
  };
  const scaler = createScaleSubresourceScaler({
    api,
    leadership: { isLeader: () => true },
    refusal: () => undefined,
  });
  const hooks = createHookCaller({
    mayCall: () => true,
    onCalled: () => undefined,
    post(_url, body) {
      hooked.push(JSON.parse(body) as HookCall);
      return Promise.resolve(200);
    },
  });
  const source = createFakeMetricsSource({ value: () => 700 });
  const { tickAt } = fleetUnderTest({ names: ['web'], policy: policyOf, source, deps: { scaler, hooks } });
  return {
    asked,
    hooked,
    tickAt,
    /** A tick that ends while its write is under way. */
    cutOffTickAt: async (seconds: number) => {
      const ending = new AbortController();
      const before = asked.length;
      const ticking = tickAt(seconds, ending.signal);
      await expect.poll(() => asked.length).toBe(before + 1);
      ending.abort(new Error('the tick is over'));
      return (await ticking)[0].actuation;
    },
  };
}

test('a write that the tick’s end cut off and that was made counts when it is seen, once, and its hook is called', async () => {
  const { asked, hooked, tickAt, cutOffTickAt } = slowServer({ isMade: true });
  expect(await cutOffTickAt(120)).toMatchObject({ result: 'failed' });
  expect(hooked).toEqual([]);
  const [{ actuation }] = await tickAt(135);
  const [wanted] = asked;
  expect(actuation).toMatchObject({
    result: 'applied',
    toReplicas: wanted,
    message: `asked for ${wanted} before, which had not been answered; there were 3`,
  });
  expect(hooked).toMatchObject([{ phase: 'after', fromReplicas: 3, toReplicas: wanted }]);
  expect(await tickAt(150)).toMatchObject([{ actuation: { result: 'unchanged' } }]);
  expect(asked).toHaveLength(1);
  expect(hooked).toHaveLength(1);
});

test('one that was not made is tried again', async () => {
  const { asked, hooked, cutOffTickAt } = slowServer({ isMade: false });
  await cutOffTickAt(120);
  expect(await cutOffTickAt(135)).toMatchObject({ result: 'failed' });
  expect(asked).toHaveLength(2);
  expect(hooked).toEqual([]);
});

test('the same count by somebody else is not ours', async () => {
  const { hooked, tickAt, cutOffTickAt } = slowServer({ isMade: true, owners: ['kubectl-scale'] });
  await cutOffTickAt(120);
  expect(await tickAt(135)).toMatchObject([{ actuation: { result: 'unchanged' } }]);
  expect(hooked).toEqual([]);
});
