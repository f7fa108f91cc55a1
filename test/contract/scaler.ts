import { expect, test } from 'vitest';
import type { Scaler } from '../../src/actuate/scaler.ts';
import { aPolicy } from '../builders/policy.ts';

const NEVER = new AbortController().signal;
const STARTUP_SECONDS = 90;
const policy = aPolicy({ mode: 'Scale', capacity: { startupSeconds: STARTUP_SECONDS } });
const other = aPolicy({
  mode: 'Scale',
  workload: { namespace: 'shop', name: 'other' },
  target: { name: 'other' },
});
const SECOND = 1000;

/** A scaler under test with the world that it scales. */
export interface ScalerRig {
  readonly scaler: Scaler;
  /** Lets the world get to an instant; replicas become ready 90 s after they were asked for. */
  readonly reach?: (nowMs: number) => Promise<void>;
}

/** What every scaler keeps to, fake and real. `create` gives one whose targets run three ready replicas each. */
export function scalerContract(create: () => ScalerRig | Promise<ScalerRig>): void {
  const read = async ({ scaler, reach }: ScalerRig, nowMs: number) => {
    await reach?.(nowMs);
    return scaler.read(policy, nowMs, NEVER);
  };
  const write = async (rig: ScalerRig, toReplicas: number, nowMs: number) => {
    const { version } = await read(rig, nowMs);
    return rig.scaler.write({ policy, toReplicas, version, nowMs }, NEVER);
  };

  test('tells what runs', async () => {
    expect(await read(await create(), 0)).toMatchObject({
      currentReplicas: 3,
      readyReplicas: 3,
      rollingOut: false,
    });
  });

  test('a count that was written is what is asked for from then on, ready after the start-up time', async () => {
    const rig = await create();
    expect(['applied', 'dryRun']).toContain((await write(rig, 7, 0)).result);
    expect(await read(rig, 15 * SECOND)).toMatchObject({ currentReplicas: 7, readyReplicas: 3 });
    expect(await read(rig, STARTUP_SECONDS * SECOND)).toMatchObject({ currentReplicas: 7, readyReplicas: 7 });
  });

  test('fewer replicas are fewer at once, and those that were not ready yet go first', async () => {
    const rig = await create();
    await write(rig, 7, 0);
    await write(rig, 5, 30 * SECOND);
    expect(await read(rig, 31 * SECOND)).toMatchObject({ currentReplicas: 5, readyReplicas: 3 });
    await write(rig, 2, 40 * SECOND);
    expect(await read(rig, 41 * SECOND)).toMatchObject({ currentReplicas: 2, readyReplicas: 2 });
  });

  test('reading changes nothing', async () => {
    const rig = await create();
    const first = await read(rig, 0);
    expect(await read(rig, 0)).toEqual(first);
  });

  test('workloads do not share replicas', async () => {
    const rig = await create();
    await write(rig, 9, 0);
    expect((await rig.scaler.read(other, 0, NEVER)).currentReplicas).toBe(3);
  });
}
