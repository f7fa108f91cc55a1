import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DecisionMemory } from '../../../src/domain/decision.ts';
import { runGuards } from '../../../src/guard/guard-chain.ts';
import { initialMemory, longestWindowSeconds, recall, remember } from '../../../src/guard/memory.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { aForecast } from '../../builders/forecast.ts';
import { anObservation, NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';
import { anyRules } from '../arbitraries.ts';

/** One tick: when it came, what sizing asked for, and whether the target followed the tick before it. */
interface Tick {
  readonly afterSeconds: number;
  readonly sizedReplicas: number;
  readonly follows: boolean;
}
/** What was decided, as a witness writes it down: not taken from the memory under test. */
interface Witnessed {
  readonly atMs: number;
  readonly sizedReplicas: number;
  readonly ranReplicas: number;
  readonly desiredReplicas: number;
  readonly memory: DecisionMemory;
}

const TICK_SECONDS = 15;
const anyTick = fc.record({
  // Mostly on time, at times late by up to a minute: never a gap in the memory.
  afterSeconds: fc.oneof(
    { weight: 4, arbitrary: fc.constant(TICK_SECONDS) },
    fc.integer({ min: 1, max: 60 }),
  ),
  sizedReplicas: fc.integer({ min: 1, max: 40 }),
  follows: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
});
const anyTicks = fc.array(anyTick, { minLength: 1, maxLength: 60 });
const anyBehavior = fc.record({ scaleUp: anyRules, scaleDown: anyRules }).map(({ scaleUp, scaleDown }) =>
  aPolicy({
    minReplicas: 1,
    maxReplicas: 1000,
    behavior: {
      scaleUp: { ...scaleUp, toleranceRatio: 0 },
      scaleDown: { ...scaleDown, toleranceRatio: 0 },
    },
  }),
);

function play(policy: Policy, ticks: readonly Tick[], watchedSeconds: number): Witnessed[] {
  let nowMs = NOW_MS;
  let ranReplicas = 10;
  let memory = { ...initialMemory(nowMs), completeSinceMs: nowMs - watchedSeconds * 1000 };
  let asked = ranReplicas;
  return ticks.map(({ afterSeconds, sizedReplicas, follows }) => {
    nowMs += afterSeconds * 1000;
    if (follows) ranReplicas = asked;
    const recalled = recall(memory, {
      nowMs,
      tickSeconds: TICK_SECONDS,
      currentReplicas: ranReplicas,
      policy,
    });
    const observation = anObservation({ currentReplicas: ranReplicas });
    const guards = runGuards(
      { observation, forecast: aForecast(1000, { originAtMs: nowMs }), policy, memory: recalled, nowMs },
      sizedReplicas,
    );
    const desiredReplicas = guards.at(-1)!.afterReplicas;
    const decided = { recommendedReplicas: sizedReplicas, desiredReplicas, currentReplicas: ranReplicas };
    memory = remember(recalled, { ...decided, backlogRequests: 0 }, nowMs);
    asked = desiredReplicas;
    return { atMs: nowMs, sizedReplicas, ranReplicas, desiredReplicas, memory };
  });
}

/** Counts that sizing asked for within `seconds` before entry `index`, that one included. */
function sizedWithin(log: readonly Witnessed[], index: number, seconds: number): number[] {
  const { atMs } = log[index];
  return log
    .slice(0, index + 1)
    .filter((entry, i) => i === index || entry.atMs > atMs - seconds * 1000)
    .map((entry) => entry.sizedReplicas);
}

describe('over any sequence of ticks, late ones too', () => {
  test('nothing is removed below the highest, nothing added above the lowest of the window', () => {
    fc.assert(
      fc.property(anyBehavior, anyTicks, (policy, ticks) => {
        const log = play(policy, ticks, 7200);
        const { scaleUp, scaleDown } = policy.behavior;
        log.forEach(({ ranReplicas, desiredReplicas }, i) => {
          const highest = Math.max(...sizedWithin(log, i, scaleDown.stabilizationWindowSeconds));
          const lowest = Math.min(...sizedWithin(log, i, scaleUp.stabilizationWindowSeconds));
          if (desiredReplicas < ranReplicas) expect(desiredReplicas).toBeGreaterThanOrEqual(highest);
          if (desiredReplicas > ranReplicas) expect(desiredReplicas).toBeLessThanOrEqual(lowest);
        });
      }),
    );
  });

  test('no change goes farther than its policy allows from what ran when the period began', () => {
    // One policy a direction, so that the bound can be told from the log alone: what ran just after the last
    // decision that is a whole period old (or what ran at first).
    fc.assert(
      fc.property(
        fc.record({ pods: fc.integer({ min: 1, max: 10 }), periodSeconds: fc.integer({ min: 1, max: 300 }) }),
        fc.array(
          anyTick.map((tick) => ({ ...tick, follows: true })),
          { minLength: 1, maxLength: 60 },
        ),
        ({ pods, periodSeconds }, ticks) => {
          const policies = [{ type: 'Pods', value: pods, periodSeconds }] as const;
          const rules = { stabilizationWindowSeconds: 0, policies };
          const policy = aPolicy({ minReplicas: 1, behavior: { scaleUp: rules, scaleDown: rules } });
          const log = play(policy, ticks, 7200);
          log.forEach(({ atMs, ranReplicas, desiredReplicas }, i) => {
            const before = log.slice(0, i).findLast((entry) => entry.atMs <= atMs - periodSeconds * 1000);
            const startReplicas = before?.desiredReplicas ?? 10;
            if (desiredReplicas > ranReplicas)
              expect(desiredReplicas - startReplicas).toBeLessThanOrEqual(pods);
            if (desiredReplicas < ranReplicas)
              expect(startReplicas - desiredReplicas).toBeLessThanOrEqual(pods);
          });
        },
      ),
    );
  });

  test('nothing is removed until the longest window has been watched', () => {
    fc.assert(
      fc.property(anyBehavior, anyTicks, (policy, ticks) => {
        for (const { atMs, ranReplicas, desiredReplicas } of play(policy, ticks, 0)) {
          const watchedSeconds = (atMs - NOW_MS) / 1000;
          if (watchedSeconds < longestWindowSeconds(policy))
            expect(desiredReplicas).toBeGreaterThanOrEqual(ranReplicas);
        }
      }),
    );
  });

  test('forgetting equal recommendations changes no decision', () => {
    // The same chain with a memory that keeps all of them.
    fc.assert(
      fc.property(anyBehavior, anyTicks, (policy, ticks) => {
        const log = play(policy, ticks, 7200);
        log.forEach(({ atMs, memory }, i) => {
          for (const seconds of [0, 15, 60, 300, 3600]) {
            const kept = memory.recommendations
              .filter((entry) => entry.atMs > atMs - seconds * 1000 || entry.atMs === atMs)
              .map((entry) => entry.replicas);
            const longest = Math.max(
              policy.behavior.scaleUp.stabilizationWindowSeconds,
              policy.behavior.scaleDown.stabilizationWindowSeconds,
            );
            if (seconds > longest) continue;
            const all = sizedWithin(log, i, seconds);
            expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...all), Math.max(...all)]);
          }
        });
      }),
    );
  });
});

test('a change that the target never followed does not use up the rate', () => {
  // Recommend mode: what runs stays 10 for ever, so each decision must say the same.
  const policy = aPolicy({
    behavior: { scaleUp: { policies: [{ type: 'Pods', value: 2, periodSeconds: 600 }] } },
  });
  const ticks = Array.from({ length: 50 }, () => ({ afterSeconds: 15, sizedReplicas: 30, follows: false }));
  expect(new Set(play(policy, ticks, 7200).map((entry) => entry.desiredReplicas))).toEqual(new Set([12]));
});

test('the memory stays bounded over 100,000 ticks', () => {
  // A window of 900 s and a period of 600 s at 15 s a tick: at most 60 and 40, whatever is recommended.
  const policies = [{ type: 'Percent', value: 100, periodSeconds: 600 }] as const;
  const rules = { stabilizationWindowSeconds: 900, policies };
  const policy = aPolicy({ maxReplicas: 1000, behavior: { scaleUp: rules, scaleDown: rules } });
  let memory = initialMemory(NOW_MS);
  let [most, mostChanges, ran] = [0, 0, 10];
  for (let tick = 1; tick <= 100_000; tick += 1) {
    const nowMs = NOW_MS + tick * TICK_SECONDS * 1000;
    const recalled = recall(memory, { nowMs, tickSeconds: TICK_SECONDS, currentReplicas: ran, policy });
    const recommendedReplicas = 1 + ((tick * 7919) % 997);
    memory = remember(
      recalled,
      {
        recommendedReplicas,
        desiredReplicas: recommendedReplicas,
        currentReplicas: ran,
        backlogRequests: 0,
      },
      nowMs,
    );
    ran = recommendedReplicas;
    most = Math.max(most, memory.recommendations.length);
    mostChanges = Math.max(mostChanges, memory.changes.length);
  }
  expect(most).toBe(60);
  expect(mostChanges).toBe(40);
});
