import { describe, expect, test } from 'vitest';
import type { ReplicaStatus } from '../../../../../src/actuate/scaler.ts';
import { createStartupLearner } from '../../../../../src/cli/run/cluster/learn-startups.ts';
import type { ApiAnswer } from '../../../../../src/cluster/api-answer.ts';
import type { ApiCall } from '../../../../../src/cluster/api-client.ts';
import type { StartupRecord } from '../../../../../src/domain/startup-time.ts';
import { aPolicy } from '../../../../builders/policy.ts';
import { createFakeClock } from '../../../../fakes/clock.ts';

const NEVER = new AbortController().signal;
const CREATED = '2026-11-26T08:00:00Z';
const iso = (second: number): string => new Date(Date.parse(CREATED) + second * 1000).toISOString();
const policy = aPolicy();

/** A pod that was created at a second and is ready so long after. */
const pod = (uid: string, createdAt: number, readyAfter: number) => ({
  metadata: { name: uid, uid, creationTimestamp: iso(createdAt) },
  status: {
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: iso(createdAt + readyAfter) }],
  },
});

function site() {
  const world = {
    status: { currentReplicas: 2, readyReplicas: 2, rollingOut: false, version: '1' } as ReplicaStatus,
    pods: [pod('a', 0, 20), pod('b', 0, 22)],
    stored: undefined as StartupRecord | undefined,
    refusal: undefined as ApiAnswer | undefined,
  };
  const calls: ApiCall[] = [];
  const faults: string[] = [];
  const clock = createFakeClock();
  const learner = createStartupLearner(
    {
      read: () =>
        Promise.resolve({ pods: { selector: 'app=checkout', countSetAtMs: null }, ...world.status }),
      write: () => Promise.reject(new Error('not asked')),
    },
    {
      client: {
        call(call) {
          calls.push(call);
          return Promise.resolve(world.refusal ?? { kind: 'ok', body: { metadata: {}, items: world.pods } });
        },
        stream: () => Promise.reject(new Error('not asked')),
        close: () => Promise.resolve(),
      },
      clock,
      stored: () => world.stored,
      onFault: (message) => void faults.push(message),
    },
  );
  const read = async (of = policy) => (await learner.scaler.read(of, 0, NEVER)).learnedStartup;
  const tick = async () => {
    await read();
    await learner.look(NEVER);
    clock.advance(15);
  };
  return { world, calls, faults, learner, read, tick };
}

describe('start-up times', () => {
  test('are learned from the pods that are there already, and told from the next reading on', async () => {
    const { tick, read } = site();
    await tick();
    expect(await read()).toEqual({ p50Seconds: 21, p95Seconds: 22, samples: 2 });
  });

  test('of a target at rest cost nothing after the first look', async () => {
    const { tick, calls } = site();
    for (let ticks = 0; ticks < 100; ticks += 1) await tick();
    expect(calls).toHaveLength(1);
  });

  test('begin when more replicas were asked for', async () => {
    const { tick, read, world } = site();
    await tick();
    const countSetAtMs = Date.parse(iso(100));
    world.status = {
      ...world.status,
      currentReplicas: 3,
      pods: { selector: 'app=checkout', countSetAtMs },
    };
    await tick();
    world.status = { ...world.status, readyReplicas: 3 };
    world.pods = [...world.pods, pod('c', 103, 30)];
    await tick();
    expect(await read()).toEqual({ p50Seconds: 22, p95Seconds: 33, samples: 3 });
  });

  test('go on from what the status has kept', async () => {
    const { tick, read, world, learner } = site();
    world.stored = { recentSeconds: [40, 41, 42], newestPodAtMs: Date.parse(CREATED) };
    expect(await read()).toEqual({ p50Seconds: 41, p95Seconds: 42, samples: 3 });
    await tick();
    expect(learner.recordOf(policy.workload)?.recentSeconds).toEqual([40, 41, 42]);
  });

  test('of another replica of the controller that leads are taken over', async () => {
    const { tick, read, world } = site();
    await tick();
    world.stored = { recentSeconds: [40, 41, 42], newestPodAtMs: Date.parse(iso(500)) };
    expect(await read()).toMatchObject({ p50Seconds: 41 });
  });

  test('of another target begin anew', async () => {
    const { tick, read } = site();
    await tick();
    expect(await read(aPolicy({ target: { name: 'other' } }))).toBeUndefined();
  });

  test('that may not be looked at are told of once, and nothing else suffers', async () => {
    const { tick, read, world, faults } = site();
    const message = 'pods is forbidden';
    world.refusal = { kind: 'refused', status: 403, reason: 'Forbidden', message, retryAfterSeconds: null };
    world.status = { ...world.status, currentReplicas: 4 };
    for (let ticks = 0; ticks < 20; ticks += 1) await tick();
    expect(faults).toEqual([expect.stringContaining(message)]);
    expect(await read()).toBeUndefined();
  });

  test('are forgotten with the workload', async () => {
    const { tick, learner } = site();
    await tick();
    learner.forget('shop/checkout');
    expect(learner.recordOf(policy.workload)).toBeUndefined();
  });

  test('of a fleet that was never looked at are gone through in portions', async () => {
    const { learner, calls } = site();
    for (let index = 0; index < 120; index += 1)
      await learner.scaler.read(aPolicy({ workload: { namespace: 'shop', name: `w${index}` } }), 0, NEVER);
    await learner.look(NEVER);
    expect(calls).toHaveLength(50);
    await learner.look(NEVER);
    await learner.look(NEVER);
    await learner.look(NEVER);
    expect(calls).toHaveLength(120);
  });
});
