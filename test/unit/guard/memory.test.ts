import { describe, expect, test } from 'vitest';
import type { DecisionMemory } from '../../../src/domain/decision.ts';
import { initialMemory, longestWindowSeconds, recall, remember } from '../../../src/guard/memory.ts';
import { NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

const policy = aPolicy();
const now = { nowMs: NOW_MS, tickSeconds: 15, currentReplicas: 10, policy };
const at = (secondsAgo: number, replicas: number) => ({ atMs: NOW_MS - secondsAgo * 1000, replicas });
const asked = (secondsAgo: number, replicas: number, fromReplicas: number) => ({
  ...at(secondsAgo, replicas),
  fromReplicas,
});
function memory(overrides: Partial<DecisionMemory>): DecisionMemory {
  return { ...initialMemory(NOW_MS - 3_600_000), backlogAtMs: NOW_MS - 15_000, ...overrides };
}
const decided = { recommendedReplicas: 12, desiredReplicas: 12, currentReplicas: 10, backlogRequests: 0 };

test('the longest window of the defaults is the scale-down stabilization, 300 s', () => {
  expect(longestWindowSeconds(policy)).toBe(300);
});

describe('what no rule asks for any more is forgotten', () => {
  test('recommendations with the longest stabilization window', () => {
    const recalled = recall(memory({ recommendations: [at(300, 9), at(299, 8), at(15, 7)] }), now);
    expect(recalled.recommendations).toEqual([at(299, 8), at(15, 7)]);
  });
  test('changes with the longest period', () => {
    // The default periods are all 15 s.
    const changes = [asked(15, 2, 6), asked(14, 2, 8)];
    expect(recall(memory({ changes, backlogAtMs: NOW_MS - 10_000 }), now).changes).toEqual([changes[1]]);
  });
  test('of equal recommendations the newest stays', () => {
    const recalled = memory({ recommendations: [at(100, 12), at(50, 8), at(15, 9)] });
    expect(remember(recalled, decided, NOW_MS).recommendations).toEqual([at(50, 8), at(15, 9), at(0, 12)]);
  });
});

describe('how many served, for dependencies that are asked', () => {
  const served = (entries: DecisionMemory['served'], servingReplicas: number | undefined) =>
    remember(memory({ served: entries }), { ...decided, servingReplicas }, NOW_MS).served;
  test('of counts that are not smaller than the newest none matters any more', () => {
    expect(served([at(45, 8), at(30, 10), at(15, 12)], 10)).toEqual([at(45, 8), at(0, 10)]);
  });
  test('a ramp is remembered step by step', () => {
    expect(served([at(30, 8), at(15, 10)], 14)).toEqual([at(30, 8), at(15, 10), at(0, 14)]);
  });
  test('nothing is kept that nobody asks for', () => {
    expect(served([at(15, 10)], undefined)).toEqual([]);
  });
  test('nor longer than a sample may be old and long', () => {
    // staleAfter 120 s + a step of 60 s.
    expect(recall(memory({ served: [at(180, 8), at(179, 9)] }), now).served).toEqual([at(179, 9)]);
  });
});

describe('a change counts as far as the target has followed', () => {
  const periods = [{ type: 'Pods', value: 4, periodSeconds: 60 }] as const;
  const slow = aPolicy({ behavior: { scaleUp: { policies: periods } } });
  test.each([
    ['followed', 14, [4]],
    ['followed in part', 12, [2]],
    ['followed and went further', 20, [4]],
    ['not followed (Recommend mode, conflict, failed write)', 10, []],
    ['gone the other way', 8, []],
  ])('%s', (_name, currentReplicas, expected) => {
    const changes = [asked(15, 4, 10)];
    const recalled = recall(memory({ changes }), { ...now, policy: slow, currentReplicas });
    expect(recalled.changes.map((change) => change.replicas)).toEqual(expected);
  });
  test('one that was confirmed before stays', () => {
    const changes = [asked(30, 4, 10)];
    const recalled = recall(memory({ changes }), { ...now, policy: slow, currentReplicas: 9 });
    expect(recalled.changes).toEqual(changes);
  });
  test('down has its sign', () => {
    const changes = [asked(15, -4, 10)];
    const recalled = recall(memory({ changes }), { ...now, policy: slow, currentReplicas: 7 });
    expect(recalled.changes.map((change) => change.replicas)).toEqual([-3]);
  });
});

describe('gaps', () => {
  const since = (backlogAtMs: number, tickSeconds = 15) =>
    recall(memory({ backlogAtMs, backlogRequests: 500 }), { ...now, tickSeconds });
  test('half of the longest window may pass unwatched', () => {
    expect(since(NOW_MS - 150_000)).toMatchObject({
      completeSinceMs: NOW_MS - 3_600_000,
      backlogRequests: 500,
    });
  });
  test('more starts anew', () => {
    expect(since(NOW_MS - 150_001)).toMatchObject({
      completeSinceMs: NOW_MS,
      backlogRequests: 0,
      backlogAtMs: NOW_MS,
    });
  });
  test('slow ticks have their own measure: four of them', () => {
    expect(since(NOW_MS - 240_000, 60).completeSinceMs).toBe(NOW_MS - 3_600_000);
    expect(since(NOW_MS - 240_001, 60).completeSinceMs).toBe(NOW_MS);
  });
  test('a clock that went back starts anew and forgets what has not happened yet', () => {
    const recommendations = [at(30, 8), at(-60, 9)];
    const changes = [asked(5, 1, 9), asked(-60, 1, 10)];
    const recalled = recall(memory({ backlogAtMs: NOW_MS + 60_000, recommendations, changes }), {
      ...now,
      currentReplicas: 11,
    });
    expect(recalled).toMatchObject({ completeSinceMs: NOW_MS, recommendations: [at(30, 8)] });
    expect(recalled.changes).toEqual([asked(5, 1, 9)]);
  });
});

test('deciding twice at the same instant leaves one change', () => {
  const once = remember(recall(memory({}), now), decided, NOW_MS);
  const twice = remember(recall(once, now), decided, NOW_MS);
  expect(twice).toEqual(once);
});

test('no change leaves no change', () => {
  expect(remember(memory({}), { ...decided, desiredReplicas: 10 }, NOW_MS).changes).toEqual([]);
});
