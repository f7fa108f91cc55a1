import { describe, expect, test } from 'vitest';
import { stabilization } from '../../../src/guard/stabilization.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { playBehavior } from '../../builders/behavior-play.ts';
import { aGuardInput, WARM_MEMORY } from '../../builders/guard-input.ts';
import { anObservation, NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

const free = [{ type: 'Percent', value: 1000, periodSeconds: 15 }] as const;
function windows(upSeconds: number, downSeconds: number): Policy {
  return aPolicy({
    minReplicas: 1,
    behavior: {
      scaleUp: { stabilizationWindowSeconds: upSeconds, policies: free },
      scaleDown: { stabilizationWindowSeconds: downSeconds },
    },
  });
}

describe('the examples of KEP-853', () => {
  test('story 5: scale down to the highest of the last ten minutes', () => {
    // One recommendation a minute, CurReplicas 10. Minutes 1 to 10: 10 is among them, nothing changes. Minute 11
    // forgets the first; the highest of the other ten is 9: 10 -> 9.
    const policy = windows(0, 600);
    const recommendations = [10, 9, 8, 9, 9, 8, 9, 8, 9, 8, 7];
    expect(playBehavior(policy, 10, 60, recommendations)).toEqual([
      10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 9,
    ]);
  });

  test('story 6: scale up to the lowest of the last five minutes', () => {
    // CurReplicas 2. While the 2 of the first minute is within the window nothing changes; with the window of five
    // recommendations it leaves in minute 6, when the lowest of [3, 19, 10, 3, 4] is 3: 2 -> 3. (The KEP's text keeps
    // six in the window, its first one being exactly 300 s old; the code that shipped does not count that one.)
    const policy = windows(300, 0);
    expect(playBehavior(policy, 2, 60, [2, 3, 19, 10, 3, 4, 7])).toEqual([2, 2, 2, 2, 2, 3, 3]);
  });
});

describe('one decision at a time: window, what was recommended how long ago, what is asked for', () => {
  const ago = (...entries: readonly (readonly [number, number])[]) =>
    entries.map(([seconds, replicas]) => ({ atMs: NOW_MS - seconds * 1000, replicas }));
  test.each([
    ['down: a higher one within 300 s holds', [0, 300], ago([299, 9]), [4, 9], 'ScaleDownStabilized'],
    ['down: exactly 300 s ago is outside', [0, 300], ago([300, 9]), [4, 4], 'ReadyForNewScale'],
    ['down: never above what runs', [0, 300], ago([60, 25]), [4, 10], 'ScaleDownStabilized'],
    ['down: window 0 holds nothing', [0, 0], ago([1, 9]), [4, 4], 'ReadyForNewScale'],
    ['up: no window by default', [0, 300], ago([60, 3]), [30, 30], 'ReadyForNewScale'],
    ['up: a lower one within the window holds', [60, 300], ago([59, 15]), [30, 15], 'ScaleUpStabilized'],
    ['up: never below what runs', [60, 300], ago([30, 3]), [30, 10], 'ScaleUpStabilized'],
    ['no change stays no change', [60, 300], ago([30, 3], [20, 40]), [10, 10], 'ReadyForNewScale'],
  ] as const)('%s', (...[, [up, down], recommendations, [before, afterReplicas], reason]) => {
    const input = aGuardInput({
      policy: windows(up, down),
      memory: { ...WARM_MEMORY, recommendations },
      observation: anObservation({ currentReplicas: 10 }),
    });
    expect(stabilization.judge(input, before)).toMatchObject({ afterReplicas, reason });
  });

  test('a recommendation above maxReplicas does not raise the count above it', () => {
    const input = aGuardInput({
      memory: { ...WARM_MEMORY, recommendations: ago([60, 90]) },
      observation: anObservation({ currentReplicas: 75 }),
    });
    expect(stabilization.judge(input, 20).afterReplicas).toBe(60);
  });

  test('the sentence names count and window', () => {
    const input = aGuardInput({ memory: { ...WARM_MEMORY, recommendations: ago([60, 9]) } });
    expect(stabilization.judge(input, 4).message).toBe(
      '9 was recommended within the last 5m; 9 instead of 4',
    );
  });
});

test('late ticks: the window is measured in time, not in ticks', () => {
  // Every 15 s the 300 s window holds twenty recommendations, every 100 s three.
  const often = playBehavior(windows(0, 300), 10, 15, [10, ...Array<number>(20).fill(4)]);
  expect(often.indexOf(4)).toBe(20);
  const seldom = playBehavior(windows(0, 300), 10, 100, [10, 4, 4, 4]);
  expect(seldom).toEqual([10, 10, 10, 4]);
});
