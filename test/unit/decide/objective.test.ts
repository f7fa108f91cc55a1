import { describe, expect, test } from 'vitest';
import { decisionText } from '../../../src/explain/to-text.ts';
import { aDecision, decided } from '../../builders/decision.ts';
import { aForecast } from '../../builders/forecast.ts';
import { WARM_MEMORY } from '../../builders/guard-input.ts';
import { anObservation, NOW_MS } from '../../builders/observation.ts';

const NO_PRICES = { cost: { perReplicaHour: null, perViolation: null } };
const STEP_MS = 60_000;

/** Decides every minute for so many minutes at 1,000 rps, with what was asked for running, or with what others set. */
function minutesLater(minutes: number, others?: number) {
  let memory = WARM_MEMORY;
  let currentReplicas = others ?? 10;
  let last = decided({ memory }, NO_PRICES);
  for (let i = 0; i < minutes; i += 1) {
    const nowMs = NOW_MS + i * STEP_MS;
    const observation = anObservation({ currentReplicas, readyReplicas: currentReplicas });
    last = decided(
      { memory, observation, forecast: aForecast(1000, { originAtMs: nowMs }), nowMs, tickSeconds: 60 },
      NO_PRICES,
    );
    ({ memory } = last);
    currentReplicas = others ?? last.decision.guards.at(-1)!.afterReplicas;
  }
  return last;
}

describe('without prices', () => {
  test('what was served is accounted from decision to decision', () => {
    const { decision, memory } = minutesLater(60);
    expect(memory.account?.requests).toBeCloseTo(59 * 60_000, -4);
    expect(decision.sizing?.objectivePrice?.accountSeconds).toBeCloseTo(59 * 60, -1);
    expect(decision.memory.account?.seconds).toBeLessThan(memory.account!.seconds);
  });
  test('while nothing goes wrong a late request weighs ever less', () => {
    const weights = [1, 1500, 3000].map(
      (minutes) => minutesLater(minutes).decision.sizing?.objectivePrice?.replicaSeconds,
    );
    expect(weights[1]).toBeLessThan(weights[0]!);
    expect(weights[2]).toBeLessThan(weights[1]!);
  });
  test('what others set is not accounted', () => {
    expect(minutesLater(60, 3).memory.account?.requests).toBe(0);
  });
  test('the explanation says what a late request weighs and why', () => {
    expect(decisionText(minutesLater(60).decision)).toMatch(
      /\n {2}objective {2}\S+ % late for want of replicas over 59m, \S+ % allowed: a late request weighs as much as \S+ s of a replica\n/,
    );
  });
});

test('with prices nothing is accounted, and no other price told', () => {
  const { decision, memory } = decided();
  expect(memory.account).toBeUndefined();
  expect(decision.sizing?.objectivePrice).toBeUndefined();
  expect(decisionText(aDecision())).not.toContain('objective ');
});
