import { describe, expect, test } from 'vitest';
import { rates } from '../../../src/guard/rates.ts';
import type { Policy, ScalingRules } from '../../../src/policy/policy.ts';
import { playBehavior } from '../../builders/behavior-play.ts';
import { aGuardInput, WARM_MEMORY } from '../../builders/guard-input.ts';
import { anObservation, NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

type Rules = readonly [ScalingRules['policies'][number]['type'], number, number];
const rules = (...given: readonly Rules[]) =>
  given.map(([type, value, periodSeconds]) => ({ type, value, periodSeconds }));

function behavior(
  up: readonly Rules[],
  down: readonly Rules[],
  select: ScalingRules['selectPolicy'] = 'Max',
) {
  return aPolicy({
    minReplicas: 1,
    maxReplicas: 5000,
    behavior: {
      scaleUp: { policies: rules(...up), selectPolicy: select },
      scaleDown: { policies: rules(...down), selectPolicy: select, stabilizationWindowSeconds: 0 },
    },
  });
}

const allOfThem = ['Percent', 100, 15] as const;

describe('the examples of KEP-853 and of the Kubernetes documentation', () => {
  test('story 1: 900 % a minute goes 1 -> 10 -> 100 -> 1000', () => {
    const policy = behavior([['Percent', 900, 60]], [allOfThem]);
    expect(playBehavior(policy, 1, 60, [1000, 1000, 1000])).toEqual([10, 100, 1000]);
  });
  test('story 2: one pod every ten minutes goes down', () => {
    const policy = behavior([allOfThem], [['Pods', 1, 600]]);
    // One decision a minute: 1000 -> 999 at once, the next one ten minutes later.
    const ran = playBehavior(policy, 1000, 60, Array<number>(12).fill(1));
    expect(ran).toEqual([...Array<number>(10).fill(999), 998, 998]);
  });
  test('story 3: one pod every five minutes goes up 1 -> 2 -> 3 -> 4', () => {
    const policy = behavior([['Pods', 1, 300]], [allOfThem]);
    expect(playBehavior(policy, 1, 300, [9, 9, 9])).toEqual([2, 3, 4]);
  });
  test('story 4: scaling down is disabled', () => {
    const policy = aPolicy({ behavior: { scaleDown: { selectPolicy: 'Disabled' } } });
    expect(rates.judge(aGuardInput({ policy }), 4)).toEqual({
      afterReplicas: 10,
      reason: 'ScaleDownDisabled',
      message: 'scaling down is disabled; keeps 10',
    });
    expect(rates.judge(aGuardInput({ policy }), 14).reason).toBe('DesiredWithinRange');
  });
  test('documentation: 4 pods or 10 % a minute from 80 down to 10', () => {
    // 80 * 0.9 = 72; 72 * 0.9 = 64.8 -> 64 (7.2 is rounded up to 8); 57.6 -> 57; 51.3 -> 51; 45.9 -> 45; 40.5 -> 40;
    // from 40 on the ten percent are 4 or fewer, and 4 pods a minute is the larger change.
    const policy = behavior(
      [allOfThem],
      [
        ['Pods', 4, 60],
        ['Percent', 10, 60],
      ],
    );
    const ran = playBehavior(policy, 80, 60, Array<number>(15).fill(10));
    expect(ran).toEqual([72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20, 16, 12, 10, 10]);
  });
  test('documentation: Min takes the policy that changes least', () => {
    // 5 pods or 10 % a minute with Min: 10 % of 30 is 3 pods, 30 -> 27.
    const down = [
      ['Pods', 5, 60],
      ['Percent', 10, 60],
    ] as const;
    expect(playBehavior(behavior([allOfThem], down, 'Min'), 30, 60, [1])).toEqual([27]);
    expect(playBehavior(behavior([allOfThem], down, 'Max'), 30, 60, [1])).toEqual([25]);
  });
  test('the defaults of autoscaling/v2: the higher of doubling and 4 pods, every 15 s', () => {
    const policy = aPolicy({ minReplicas: 1, maxReplicas: 100 });
    expect(playBehavior(policy, 1, 15, [100, 100, 100, 100, 100])).toEqual([5, 10, 20, 40, 80]);
  });
});

describe('a period shared by several decisions', () => {
  test('what was added within the period counts', () => {
    // 4 pods a minute, decided every 15 s: 10 -> 14 at 0 s, and no more until that change is 60 s old.
    const policy = behavior([['Pods', 4, 60]], [allOfThem]);
    expect(playBehavior(policy, 10, 15, [30, 30, 30, 30, 30, 30])).toEqual([14, 14, 14, 14, 18, 18]);
  });
  test('what was removed within the period gives room again', () => {
    // 10 -> 6 at 0 s; the period began with 10, so 10 + 4 = 14 may run at 15 s.
    const policy = behavior([['Pods', 4, 60]], [allOfThem]);
    expect(playBehavior(policy, 10, 15, [6, 30])).toEqual([6, 14]);
  });
  test('each policy has its own period', () => {
    // Max of 2 pods per 15 s and 4 per 60 s: 10 -> 14 (the longer one allows more), then 12 + ... the short one:
    // at 15 s its period began with 14, 14 + 2 = 16; at 30 s 16 + 2 = 18.
    const up = [
      ['Pods', 2, 15],
      ['Pods', 4, 60],
    ] as const;
    expect(playBehavior(behavior(up, [allOfThem]), 10, 15, [30, 30, 30])).toEqual([14, 16, 18]);
    // Min of the same: 12, then 14 by both, then 14: the minute's four are used up.
    expect(playBehavior(behavior(up, [allOfThem], 'Min'), 10, 15, [30, 30, 30, 30, 30])).toEqual([
      12, 14, 14, 14, 16,
    ]);
  });
});

describe('arithmetic as HPA has it', () => {
  const once = (policy: Policy, currentReplicas: number, before: number) =>
    rates.judge(aGuardInput({ policy, observation: anObservation({ currentReplicas }) }), before)
      .afterReplicas;

  test.each([
    ['10 % of 1 up is one more, never none', 1, 50, 2],
    ['10 % of 15 up is 16.5, rounded up', 15, 50, 17],
    ['10 % of 100 up is 111: 100 * 1.1 in doubles is above 110', 100, 500, 111],
  ])('%s', (_name, current, before, after) => {
    expect(once(behavior([['Percent', 10, 60]], [allOfThem]), current, before)).toBe(after);
  });
  test.each([
    ['10 % of 1 down is 0.9, cut off to 0 (the bounds have their say later)', 1, 0, 0],
    ['10 % of 15 down is 13.5, cut off', 15, 1, 13],
    ['more pods than there are', 3, 1, 1],
  ])('%s', (_name, current, before, after) => {
    const policy = behavior([allOfThem], [current === 3 ? ['Pods', 10, 60] : ['Percent', 10, 60]]);
    expect(once(policy, current, before)).toBe(after);
  });
  test('from 0 a percentage gets nowhere, and minReplicas is still reached', () => {
    const policy = behavior([['Percent', 100, 60]], [allOfThem]);
    expect(once(policy, 0, 5)).toBe(1);
  });
});

test('a limit that more than used up its period stops at what runs', () => {
  // The policy was 20 pods a minute when ten were added; now it is 4: 20 - 10 + 4 = 14 is below the 20 that run.
  const policy = behavior([['Pods', 4, 60]], [allOfThem]);
  const changes = [{ atMs: NOW_MS - 30_000, replicas: 10, fromReplicas: 10 }];
  const input = aGuardInput({
    policy,
    memory: { ...WARM_MEMORY, changes },
    observation: anObservation({ currentReplicas: 20 }),
  });
  expect(rates.judge(input, 40)).toEqual({
    afterReplicas: 20,
    reason: 'ScaleUpLimit',
    message: 'Max of 4 pods per 1m: 20 instead of 40',
  });
});

test('disabled up keeps what runs', () => {
  const policy = aPolicy({ behavior: { scaleUp: { selectPolicy: 'Disabled' } } });
  expect(rates.judge(aGuardInput({ policy }), 14)).toMatchObject({
    afterReplicas: 10,
    reason: 'ScaleUpDisabled',
  });
});
