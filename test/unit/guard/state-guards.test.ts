import { describe, expect, test } from 'vitest';
import { bounds } from '../../../src/guard/bounds.ts';
import { dependency } from '../../../src/guard/dependency.ts';
import { pause } from '../../../src/guard/pause.ts';
import { rollingOut } from '../../../src/guard/rolling-out.ts';
import { warmingUp } from '../../../src/guard/warming-up.ts';
import { aGuardInput, WARM_MEMORY } from '../../builders/guard-input.ts';
import { anObservation, NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

describe('dependency', () => {
  const judge = (before: number, mostReplicas?: number) =>
    dependency.judge(
      aGuardInput({
        ...(mostReplicas !== undefined && { dependencyLimit: { name: 'orders-db', mostReplicas } }),
      }),
      before,
    );
  test('no more than it takes, whoever asked', () => {
    expect(judge(20, 14)).toEqual({
      afterReplicas: 14,
      reason: 'DependencyLimit',
      message: 'orders-db has room for 14; 14 instead of 20',
    });
  });
  test('what runs is left running', () => {
    expect(judge(20, 8).afterReplicas).toBe(10);
    expect(judge(4, 3).afterReplicas).toBe(4);
  });
  test('minReplicas stands', () => {
    const input = aGuardInput({
      policy: aPolicy({ minReplicas: 15 }),
      dependencyLimit: { name: 'orders-db', mostReplicas: 12 },
    });
    expect(dependency.judge(input, 20).afterReplicas).toBe(15);
  });
  test('without a limit, or with room, it passes', () => {
    expect(judge(20)).toMatchObject({ afterReplicas: 20, reason: 'DesiredWithinRange' });
    expect(judge(20, 20)).toMatchObject({ afterReplicas: 20, reason: 'DesiredWithinRange' });
  });
});

describe('warming-up: the longest window of the checkout policy is 300 s', () => {
  const judge = (watchedSeconds: number, before: number) =>
    warmingUp.judge(
      aGuardInput({ memory: { ...WARM_MEMORY, completeSinceMs: NOW_MS - watchedSeconds * 1000 } }),
      before,
    );
  test('299 s: nothing is removed', () => {
    expect(judge(299, 4)).toEqual({
      afterReplicas: 10,
      reason: 'WarmingUp',
      message: 'watched for 4m59s of 5m; keeps 10 instead of 4',
    });
  });
  test('299 s: replicas are added', () => {
    expect(judge(299, 12)).toMatchObject({ afterReplicas: 12, reason: 'WarmingUp' });
  });
  test('300 s: enough', () => {
    expect(judge(300, 4)).toMatchObject({ afterReplicas: 4, reason: 'ReadyForNewScale' });
  });
  test('a policy period counts as a window too', () => {
    const policies = [{ type: 'Pods', value: 1, periodSeconds: 600 }] as const;
    const input = aGuardInput({
      policy: aPolicy({ behavior: { scaleUp: { policies } } }),
      memory: { ...WARM_MEMORY, completeSinceMs: NOW_MS - 599_000 },
    });
    expect(warmingUp.judge(input, 4).afterReplicas).toBe(10);
  });
});

describe('rolling-out', () => {
  const input = aGuardInput({ observation: anObservation({ rollingOut: true }) });
  test.each([
    ['removes nothing', 4, 10],
    ['adds', 14, 14],
  ])('%s', (_name, before, after) => {
    expect(rollingOut.judge(input, before)).toMatchObject({ afterReplicas: after, reason: 'RollingOut' });
  });
  test('otherwise says nothing', () => {
    expect(rollingOut.judge(aGuardInput(), 4)).toMatchObject({
      afterReplicas: 4,
      reason: 'ReadyForNewScale',
    });
  });
});

describe('bounds: 2 to 60', () => {
  test.each([
    [1, 2, 'TooFewReplicas', '1 is below minReplicas 2'],
    [2, 2, 'DesiredWithinRange', 'within 2 to 60'],
    [60, 60, 'DesiredWithinRange', 'within 2 to 60'],
    [61, 60, 'TooManyReplicas', '61 is above maxReplicas 60'],
  ])('%i -> %i', (before, afterReplicas, reason, message) => {
    expect(bounds.judge(aGuardInput(), before)).toEqual({ afterReplicas, reason, message });
  });
});

describe('pause', () => {
  test.each([
    ['by annotation', aGuardInput({ observation: anObservation({ paused: true }) })],
    ['by policy', aGuardInput({ policy: aPolicy({ paused: true }) })],
  ])('%s keeps what runs', (_name, input) => {
    expect(pause.judge(input, 30)).toEqual({
      afterReplicas: 10,
      reason: 'Paused',
      message: 'paused; keeps 10 instead of 30',
    });
    expect(pause.judge(input, 10).message).toBe('paused; keeps 10');
  });
  test('also what a person has set outside of the bounds', () => {
    const observation = anObservation({ paused: true, currentReplicas: 75 });
    expect(pause.judge(aGuardInput({ observation }), 60).afterReplicas).toBe(75);
  });
});
