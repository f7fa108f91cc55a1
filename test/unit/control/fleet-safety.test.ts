import { describe, expect, test } from 'vitest';
import type { ActuationRecord } from '../../../src/domain/actuation.ts';
import { createFleetSafety } from '../../../src/control/fleet-safety.ts';
import { conditionsOf } from '../../../src/explain/condition.ts';
import { eventOf } from '../../../src/explain/event.ts';
import { sentence } from '../../../src/explain/sentence.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { DEFAULT_FLEET_LIMITS } from '../../../src/safety/fleet-limits.ts';
import { aPolicy } from '../../builders/policy.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';
import { fleetUnderTest, metricValue, START_MS } from './fleet-under-test.ts';

const TICK_SECONDS = 15;
const AT_ONCE = { stabilizationWindowSeconds: 0 };
const NAMES = ['a', 'b', 'c', 'd'];

/** Nothing but the fleet's own safety holds a removal back. */
function eager(name: string, mode: Policy['mode'] = 'Scale'): Policy {
  return aPolicy({
    workload: { namespace: 'shop', name },
    mode,
    minReplicas: 1,
    forecast: { lookbackSeconds: 3600 },
    cost: { perReplicaHour: null, perViolation: null, perReplicaStart: 0 },
    behavior: { scaleDown: AT_ONCE },
  });
}

/** Four workloads of 40 replicas whose load needs five or so. */
function oversized(
  more: {
    readonly mode?: Policy['mode'];
    readonly startReplicas?: number;
    readonly ownedRatio?: number;
  } = {},
) {
  const { mode = 'Scale', startReplicas = 40, ownedRatio = 1 } = more;
  const said = { stoppedBecause: undefined as string | undefined, liftedUntilMs: -Infinity };
  const writeSwitch = {
    stoppedBecause: () => said.stoppedBecause,
    limitsLiftedUntilMs: () => said.liftedUntilMs,
  };
  const scaler = createFakeScaler({ startReplicas });
  const safety = createFleetSafety(writeSwitch, DEFAULT_FLEET_LIMITS, TICK_SECONDS, () => ownedRatio);
  const source = createFakeMetricsSource({ value: () => 400 });
  const policy = (name: string): Policy => eager(name, mode);
  return { said, scaler, ...fleetUnderTest({ names: NAMES, policy, source, deps: { scaler, safety } }) };
}

type Played = ReturnType<typeof oversized>;

async function actuations({ tickAt }: Played, tick: number): Promise<readonly ActuationRecord[]> {
  return (await tickAt(tick * TICK_SECONDS)).map(({ actuation }) => actuation);
}

async function warm(played: Played): Promise<void> {
  for (let tick = 0; tick < 4; tick += 1) await played.tickAt(tick * TICK_SECONDS);
}

describe('start-up', () => {
  test('nothing is removed until a workload has been measured for four ticks, then it is', async () => {
    const played = oversized();
    // At the first tick the guards of the workload itself have something against it, too.
    await actuations(played, 0);
    for (let tick = 1; tick < 4; tick += 1)
      for (const { result, hold } of await actuations(played, tick))
        expect([result, hold?.reason]).toEqual(['unchanged', 'FleetWarmingUp']);
    expect(played.scaler.written).toEqual([]);
    await actuations(played, 4);
    expect(played.scaler.written.length).toBeGreaterThan(0);
  });

  test('what is needed is added at the first tick', async () => {
    const played = oversized({ startReplicas: 1 });
    for (const { result, hold } of await actuations(played, 0))
      expect([result, hold]).toEqual(['applied', undefined]);
  });
});

describe('the share of the fleet that may go', () => {
  test('is not exceeded, is divided among all, and tells why', async () => {
    const played = oversized();
    await warm(played);
    const stored = await played.tickAt(4 * TICK_SECONDS);
    const removed = played.scaler.written.map(({ toReplicas }) => 40 - toReplicas);
    // 30 % of 160.
    expect(removed).toEqual([12, 12, 12, 12]);
    const [{ decision, actuation }] = stored;
    expect(actuation.hold).toEqual({
      reason: 'FleetRemovalLimit',
      message: expect.stringMatching(
        /^the fleet had 160 replicas within 30m, may lose 48 \(30 %, at least 40\) without a person, and has lost 0; 28 instead of \d+$/,
      ),
    });
    expect(sentence(decision, actuation)).toContain('FleetRemovalLimit: the fleet had 160 replicas');
    expect(eventOf(decision, actuation)).toMatchObject({ type: 'Warning', reason: 'FleetRemovalLimit' });
    expect(conditionsOf(decision, actuation)).toContainEqual({
      type: 'ScalingLimited',
      status: 'True',
      ...actuation.hold,
    });
    const held = await metricValue(played.deps, 'fleet_held_replicas', { reason: 'FleetRemovalLimit' });
    expect(held).toBeGreaterThan(40);
    await played.tickAt(5 * TICK_SECONDS);
    expect(played.scaler.written).toHaveLength(NAMES.length);
  });

  test('more goes once a person agrees, until the time that was said', async () => {
    const played = oversized();
    await warm(played);
    played.said.liftedUntilMs = START_MS + 4 * TICK_SECONDS * 1000 + 1;
    const toReplicas = (await actuations(played, 4)).map((one) => one.toReplicas);
    for (const count of toReplicas) expect(count).toBeLessThan(20);
    expect(await metricValue(played.deps, 'fleet_held_replicas', { reason: 'FleetRemovalLimit' })).toBe(0);
  });

  test('of a fleet that is shared out, each owner has its share of what is free, and together they have no more', async () => {
    // Four workloads of 20: 30 % are 24, fewer than the 40 that are free for the whole fleet.
    const removedBy = async (ownedRatio: number): Promise<number> => {
      const played = oversized({ startReplicas: 20, ownedRatio });
      await warm(played);
      await played.tickAt(4 * TICK_SECONDS);
      return played.scaler.written.reduce((sum, { toReplicas }) => sum + 20 - toReplicas, 0);
    };
    // One of 40 less: of four workloads three may be halved.
    expect(await removedBy(1)).toBe(39);
    expect(await removedBy(5 / 6)).toBe(33);
    expect(await removedBy(2 / 6)).toBe(24);
  });

  test('does not count what is only recommended', async () => {
    const played = oversized({ mode: 'Recommend' });
    await warm(played);
    for (const { hold } of await actuations(played, 4)) expect(hold).toBeUndefined();
  });
});

describe('the switch', () => {
  test('stops what would be written at the next tick, up as well as down, tells why, and lets it go on', async () => {
    const played = oversized({ startReplicas: 1 });
    played.said.stoppedBecause = 'ConfigMap says stop: true';
    const [{ decision, actuation }] = await played.tickAt(0);
    expect(played.scaler.written).toEqual([]);
    expect(actuation).toMatchObject({ result: 'stopped', hold: { reason: 'Stopped' } });
    expect(decision.outcome.kind).toBe('scale');
    expect(sentence(decision, actuation)).toMatch(/; Stopped: ConfigMap says stop: true; not written$/);
    expect(eventOf(decision, actuation)).toMatchObject({ type: 'Warning', reason: 'Stopped' });
    expect(conditionsOf(decision, actuation)[0]).toEqual({
      type: 'AbleToScale',
      status: 'False',
      reason: 'Stopped',
      message: 'ConfigMap says stop: true',
    });
    played.said.stoppedBecause = undefined;
    await played.tickAt(TICK_SECONDS);
    expect(played.scaler.written).toHaveLength(NAMES.length);
  });

  test('leaves what is only recommended as it is', async () => {
    const played = oversized({ mode: 'Recommend' });
    played.said.stoppedBecause = 'ConfigMap says stop: true';
    for (const { result } of await actuations(played, 0)) expect(result).not.toBe('stopped');
  });
});
