import { expect, test } from 'vitest';
import { createDryRunScaler, type RecordedReplicas } from '../../../src/actuate/dry-run.ts';
import { aPolicy } from '../../builders/policy.ts';

const NEVER = new AbortController().signal;
const policy = aPolicy({ minReplicas: 2 });

test('recorded replicas are what runs, whatever is decided', async () => {
  const recorded = (): RecordedReplicas => ({ replicas: 8, readyReplicas: 6 });
  const scaler = createDryRunScaler({ recorded, startReplicas: () => 3 });
  const before = await scaler.read(policy, 0, NEVER);
  expect(before).toMatchObject({ currentReplicas: 8, readyReplicas: 6 });
  const { result } = await scaler.write({ policy, toReplicas: 20, version: before.version, nowMs: 0 }, NEVER);
  expect(result).toBe('dryRun');
  expect((await scaler.read(policy, 600_000, NEVER)).currentReplicas).toBe(8);
});

test.each([
  ['all that ran counts as ready where the recording does not say', { replicas: 8, readyReplicas: null }, 8],
  [
    'more ready than asked for (a scale-down in progress) are no more than asked for',
    { replicas: 4, readyReplicas: 6 },
    4,
  ],
])('%s', async (_name, recorded, ready) => {
  const scaler = createDryRunScaler({ recorded: () => recorded, startReplicas: () => 3 });
  expect((await scaler.read(policy, 0, NEVER)).readyReplicas).toBe(ready);
});

test('in a hole of the recording, what it said last stays', async () => {
  const rows: Record<number, RecordedReplicas> = { 0: { replicas: 8, readyReplicas: 8 } };
  const scaler = createDryRunScaler({ recorded: (_workload, nowMs) => rows[nowMs], startReplicas: () => 3 });
  await scaler.read(policy, 0, NEVER);
  expect((await scaler.read(policy, 60_000, NEVER)).currentReplicas).toBe(8);
});

test('while the start cannot be told it is minReplicas, and the question stays open', async () => {
  const needed: Record<number, number> = { 30_000: 12 };
  const scaler = createDryRunScaler({
    recorded: () => undefined,
    startReplicas: (_policy, nowMs) => needed[nowMs],
  });
  expect((await scaler.read(policy, 0, NEVER)).currentReplicas).toBe(2);
  expect((await scaler.read(policy, 30_000, NEVER)).currentReplicas).toBe(12);
  expect((await scaler.read(policy, 60_000, NEVER)).currentReplicas).toBe(12);
});
