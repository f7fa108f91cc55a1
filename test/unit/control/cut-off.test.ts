import { expect, test } from 'vitest';
import type { Scaler } from '../../../src/actuate/scaler.ts';
import { desiredReplicas } from '../../../src/domain/decision.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';
import { fleetUnderTest, swing } from './fleet-under-test.ts';

type Awaited = 'source.read' | 'scaler.read' | 'scaler.write';
const AWAITS: readonly Awaited[] = ['source.read', 'scaler.read', 'scaler.write'];

/** A fleet whose tick can be aborted while it waits for one of the three things that it ever waits for. */
function interruptible(before: boolean) {
  const source = createFakeMetricsSource({ value: swing });
  const world = createFakeScaler({ startReplicas: 3 });
  let armed: { readonly at: Awaited; readonly abort: () => void } | undefined;
  /** Aborts before or after the call has had its effect. */
  const interrupting =
    <Args extends unknown[], Result>(at: Awaited, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const fire = (): void => {
        if (armed?.at !== at) return;
        armed.abort();
        armed = undefined;
      };
      if (before) fire();
      const result = await call(...args);
      if (!before) fire();
      return result;
    };
  const scaler: Scaler = {
    read: interrupting('scaler.read', (...args: Parameters<Scaler['read']>) => world.read(...args)),
    write: interrupting('scaler.write', (...args: Parameters<Scaler['write']>) => world.write(...args)),
  };
  const read = interrupting('source.read', (...args: Parameters<typeof source.read>) => source.read(...args));
  const fleet = fleetUnderTest({ names: ['a', 'b'], source: { ...source, read }, deps: { scaler } });
  return {
    ...fleet,
    world,
    cutOffAt: (at: Awaited, seconds: number) => {
      const controller = new AbortController();
      armed = { at, abort: () => controller.abort(new Error('cut off')) };
      return fleet.tickAt(seconds, controller.signal);
    },
  };
}

test.each(AWAITS.flatMap((at) => [true, false].map((before) => [at, before] as const)))(
  'cut off at %s (before its effect: %s), the next tick makes it good',
  async (at, before) => {
    const { cutOffAt, tickAt, world, deps } = interruptible(before);
    await cutOffAt(at, 30);
    const after = await tickAt(45);
    expect(after).toHaveLength(2);
    for (const { decision } of after) {
      // The world is what the decision that is in force asks for, whether it was written then or now.
      const { currentReplicas } = await world.read(
        deps.fleet.members()[0].policy,
        46,
        new AbortController().signal,
      );
      expect(decision.outcome.kind).not.toBe('abstain');
      expect(currentReplicas).toBe(desiredReplicas(decision));
    }
    const untouched = interruptible(before);
    await untouched.tickAt(30);
    const expected = await untouched.tickAt(45);
    expect(after.map(({ decision }) => desiredReplicas(decision))).toEqual(
      expected.map(({ decision }) => desiredReplicas(decision)),
    );
  },
);

test('a tick that is aborted before its writes writes nothing, and says so in its records', async () => {
  const { cutOffAt, world } = interruptible(false);
  const stored = await cutOffAt('scaler.read', 30);
  expect(world.written).toEqual([]);
  for (const { actuation } of stored) expect(actuation).toMatchObject({ result: 'failed' });
});

test('a tick that was aborted before it began ends at once, without a decision', async () => {
  const { tickAt, world } = interruptible(false);
  expect(await tickAt(30, AbortSignal.abort(new Error('over')))).toEqual([]);
  expect(world.written).toEqual([]);
});
