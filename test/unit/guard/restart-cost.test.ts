import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recall, remember } from '../../../src/guard/memory.ts';
import { restartCost } from '../../../src/guard/restart-cost.ts';
import { restartSeconds } from '../../../src/policy/restart-seconds.ts';
import { aGuardInput, WARM_MEMORY } from '../../builders/guard-input.ts';
import { anObservation, NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

describe('what a start costs, in seconds of a replica', () => {
  test.each([
    ['0.001 at 0.12 an hour are 30 s, and 90 s of start-up', {}, 120],
    ['nothing but the start-up', { cost: { perReplicaStart: 0 } }, 90],
    [
      'with five minutes from 40 % on: half of 60 % of them are lost',
      { capacity: { warmUp: { durationSeconds: 300, initialRatio: 0.4 } } },
      210,
    ],
    ['without prices nothing', { cost: { perReplicaHour: null, perViolation: null, perReplicaStart: 0 } }, 0],
  ])('%s', (_name, policy, seconds) => {
    expect(restartSeconds(aPolicy(policy))).toBeCloseTo(seconds, 9);
  });
});

const free = { scaleDown: { stabilizationWindowSeconds: 0 } };
const recommended = (secondsAgo: number, replicas: number) => ({
  ...WARM_MEMORY,
  recommendations: [{ atMs: NOW_MS - secondsAgo * 1000, replicas }],
});
const NO_PRICES = { perReplicaHour: null, perViolation: null, perReplicaStart: 0 };

describe('ten run, 4 are asked for', () => {
  test.each([
    ['8 were recommended a minute ago: not yet', recommended(60, 8), {}, 8, 'RestartCostsMore'],
    ['20 were: what runs stays, no more', recommended(60, 20), {}, 10, 'RestartCostsMore'],
    ['it was two minutes ago: keeping them has cost a start', recommended(120, 8), {}, 4, 'ReadyForNewScale'],
    ['nothing was', WARM_MEMORY, {}, 4, 'ReadyForNewScale'],
    ['without prices it has no say', recommended(60, 8), { cost: NO_PRICES }, 4, 'ReadyForNewScale'],
  ] as const)('%s', (...[, memory, policy, afterReplicas, reason]) => {
    const input = aGuardInput({ memory, policy: aPolicy({ behavior: free, ...policy }) });
    expect(restartCost.judge(input, 4)).toMatchObject({ afterReplicas, reason });
  });
  test('more are never held back', () => {
    expect(restartCost.judge(aGuardInput({ memory: recommended(60, 8) }), 12).afterReplicas).toBe(12);
  });
});

describe('bounded regret', () => {
  const TICK_SECONDS = 30;
  const policy = aPolicy({ minReplicas: 1, behavior: free, capacity: { startupSeconds: 75 } });
  const startTicks = restartSeconds(policy) / TICK_SECONDS;

  /** Counts after each recommendation, as this guard alone lets them through; more at once. */
  function played(recommendations: readonly number[]): number[] {
    let memory = { ...WARM_MEMORY };
    let currentReplicas = recommendations[0];
    return recommendations.map((recommendedReplicas, tick) => {
      const nowMs = NOW_MS + tick * TICK_SECONDS * 1000;
      const recalled = recall(memory, { nowMs, tickSeconds: TICK_SECONDS, currentReplicas, policy });
      const observation = anObservation({ currentReplicas, readyReplicas: currentReplicas });
      const input = aGuardInput({ observation, memory: recalled, policy, nowMs });
      const desiredReplicas = restartCost.judge(input, recommendedReplicas).afterReplicas;
      const decided = { recommendedReplicas, desiredReplicas, currentReplicas, backlogRequests: 0 };
      memory = { ...remember(recalled, decided, nowMs) };
      return (currentReplicas = desiredReplicas);
    });
  }

  /** Replica-ticks paid for nothing, and starts at their price in ticks. */
  function wasted(counts: readonly number[], recommendations: readonly number[]): number {
    return counts.reduce((sum, count, tick) => {
      const started = Math.max(0, count - (counts[tick - 1] ?? recommendations[0]));
      return sum + (count - recommendations[tick]) + startTicks * started;
    }, 0);
  }

  /** The least that anyone could waste who serves the recommendations: each gap of each level, kept or restarted. */
  function leastWasted(recommendations: readonly number[]): number {
    let sum = 0;
    for (let level = 0; level < Math.max(...recommendations); level += 1) {
      let idle = level < recommendations[0] ? 0 : Infinity;
      for (const needed of recommendations) {
        if (level >= needed) idle += 1;
        else {
          sum += Math.min(idle, startTicks);
          idle = 0;
        }
      }
    }
    return sum;
  }

  test('whatever is recommended, at most twice what hindsight would pay, and a start for each replica', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 8 })), {
          minLength: 1,
          maxLength: 25,
        }),
        (stretches) => {
          const recommendations = stretches.flatMap(([count, ticks]) => Array<number>(ticks).fill(count));
          const counts = played(recommendations);
          expect(counts.every((count, tick) => count >= recommendations[tick])).toBe(true);
          const most = 2 * leastWasted(recommendations) + startTicks * Math.max(...recommendations);
          expect(wasted(counts, recommendations)).toBeLessThanOrEqual(most + 1e-9);
        },
      ),
      { numRuns: 300 },
    );
  });
});
