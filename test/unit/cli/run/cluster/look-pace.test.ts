import { describe, expect, test } from 'vitest';
import {
  isLookDue,
  lookedAt,
  type LastLook,
  type TargetState,
} from '../../../../../src/cli/run/cluster/look-pace.ts';

const REST: TargetState = { currentReplicas: 5, readyReplicas: 5, rollingOut: false };
const STARTING: TargetState = { ...REST, currentReplicas: 8 };
const looked = (state: TargetState, alike = 0): LastLook => ({ atMs: 0, state, alike });

describe("a target's pods are looked at", () => {
  test.each<[string, LastLook | undefined, TargetState & { nowMs: number }, boolean]>([
    ['when they never were', undefined, { ...REST, nowMs: 0 }, true],
    ['not at rest', looked(REST), { ...REST, nowMs: 3_600_000 }, false],
    ['when some start', looked(REST), { ...STARTING, nowMs: 1 }, true],
    ['when they have become ready', looked(STARTING), { ...STARTING, readyReplicas: 8, nowMs: 1 }, true],
    ['when a rollout begins', looked(REST), { ...REST, rollingOut: true, nowMs: 1 }, true],
    ['not again at once while they start', looked(STARTING), { ...STARTING, nowMs: 14_999 }, false],
    ['again after a while', looked(STARTING), { ...STARTING, nowMs: 15_000 }, true],
    ['ever more rarely', looked(STARTING, 2), { ...STARTING, nowMs: 59_999 }, false],
    ['but once in five minutes', looked(STARTING, 50), { ...STARTING, nowMs: 300_000 }, true],
  ])('%s', (_name, last, { nowMs, ...state }, expected) => {
    expect(isLookDue(last, state, nowMs)).toBe(expected);
  });

  test('a change starts the pace anew', () => {
    const third = lookedAt(lookedAt(lookedAt(undefined, STARTING, 0), STARTING, 1), STARTING, 2);
    expect(third.alike).toBe(2);
    expect(lookedAt(third, REST, 3).alike).toBe(0);
  });

  test('a pod that is never ready costs a dozen looks in an hour of ticks', () => {
    let last: LastLook | undefined;
    let looks = 0;
    for (let nowMs = 0; nowMs < 3_600_000; nowMs += 15_000)
      if (isLookDue(last, STARTING, nowMs)) {
        last = lookedAt(last, STARTING, nowMs);
        looks += 1;
      }
    expect(looks).toBeLessThan(18);
  });
});
