import { expect, test } from 'vitest';
import type { Scaler } from '../../src/actuate/scaler.ts';
import { aPolicy } from '../builders/policy.ts';

const NEVER = new AbortController().signal;
const policy = aPolicy({ capacity: { startupSeconds: 90 } });
const SECOND = 1000;

/** What every scaler keeps to, fake and real. `create` gives one whose target runs three ready replicas. */
export function scalerContract(create: () => Scaler): void {
  const write = async (scaler: Scaler, toReplicas: number, nowMs: number) => {
    const { version } = await scaler.read(policy, nowMs, NEVER);
    return scaler.write({ policy, toReplicas, version, nowMs }, NEVER);
  };

  test('tells what runs', async () => {
    expect(await create().read(policy, 0, NEVER)).toMatchObject({
      currentReplicas: 3,
      readyReplicas: 3,
      rollingOut: false,
    });
  });

  test('a count that was written is what is asked for from then on, ready after the start-up time', async () => {
    const scaler = create();
    expect(['applied', 'dryRun']).toContain((await write(scaler, 7, 0)).result);
    expect(await scaler.read(policy, 15 * SECOND, NEVER)).toMatchObject({
      currentReplicas: 7,
      readyReplicas: 3,
    });
    expect(await scaler.read(policy, 90 * SECOND, NEVER)).toMatchObject({
      currentReplicas: 7,
      readyReplicas: 7,
    });
  });

  test('fewer replicas are fewer at once, and those that were not ready yet go first', async () => {
    const scaler = create();
    await write(scaler, 7, 0);
    await write(scaler, 5, 30 * SECOND);
    expect(await scaler.read(policy, 31 * SECOND, NEVER)).toMatchObject({
      currentReplicas: 5,
      readyReplicas: 3,
    });
    await write(scaler, 2, 40 * SECOND);
    expect(await scaler.read(policy, 41 * SECOND, NEVER)).toMatchObject({
      currentReplicas: 2,
      readyReplicas: 2,
    });
  });

  test('reading changes nothing', async () => {
    const scaler = create();
    const first = await scaler.read(policy, 0, NEVER);
    expect(await scaler.read(policy, 0, NEVER)).toEqual(first);
  });

  test('workloads do not share replicas', async () => {
    const scaler = create();
    await write(scaler, 9, 0);
    const other = aPolicy({ workload: { namespace: 'shop', name: 'other' } });
    expect((await scaler.read(other, 0, NEVER)).currentReplicas).toBe(3);
  });
}
