import { describe, expect, test } from 'vitest';
import { statusOf } from '../../../src/explain/status-of.ts';
import { statusSchema } from '../../../src/policy/schema/status-schema.ts';
import { aDecision } from '../../builders/decision.ts';
import { NO_FORECAST } from '../../builders/forecast.ts';
import { NOW_MS } from '../../builders/observation.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import type { ActuationResult } from '../../../src/domain/actuation.ts';

const LATER_MS = NOW_MS + 60_000;
const iso = (atMs: number): string => new Date(atMs).toISOString().replace('.000Z', 'Z');

function status(decision: Decision, result: ActuationResult = 'unchanged', previous = {}) {
  const { workload, decidedAtMs } = decision;
  const actuation = { workload, decidedAtMs, result, toReplicas: 12, message: '' };
  return statusOf({ decision, actuation, generation: 3, previous });
}

describe('the status of a custom resource', () => {
  test('is what the schema, and with it the API server, allows', () => {
    for (const decision of [aDecision(), aDecision({ forecast: NO_FORECAST })])
      expect(statusSchema.safeParse(status(decision)).error).toBeUndefined();
  });

  test('tells what is, what should be, why, and of which spec', () => {
    const decision = aDecision();
    expect(status(decision)).toMatchObject({
      observedGeneration: 3,
      currentReplicas: decision.observed.currentReplicas,
      recommendedReplicas: decision.sizing!.replicas,
      desiredReplicas: decision.guards.at(-1)!.afterReplicas,
      reason: decision.outcome.reason,
    });
  });

  test('names the highest expected rate and when it comes', () => {
    const { forecast } = aDecision();
    if (forecast.kind !== 'forecast') throw new Error('the builder gives a forecast');
    const meanRps = [10, 1234.5, 20];
    expect(status({ ...aDecision(), forecast: { ...forecast, meanRps } }).forecast).toMatchObject({
      model: forecast.model,
      peakRps: 1230,
      at: iso(forecast.originAtMs + forecast.stepSeconds * 1000),
    });
    expect(status(aDecision({ forecast: NO_FORECAST }))).not.toHaveProperty('forecast');
  });

  test('a condition keeps its time until its status changes', () => {
    const first = status(aDecision());
    expect(first.conditions.map((one) => one.lastTransitionTime)).toEqual(Array(4).fill(iso(NOW_MS)));
    const second = status({ ...aDecision(), decidedAtMs: LATER_MS }, 'unchanged', first);
    expect(second.conditions.map((one) => one.lastTransitionTime)).toEqual(Array(4).fill(iso(NOW_MS)));
    const failed = status({ ...aDecision(), decidedAtMs: LATER_MS }, 'failed', first);
    const changed = failed.conditions.filter((one) => one.lastTransitionTime === iso(LATER_MS));
    expect(changed.map((one) => [one.type, one.status])).toEqual([['AbleToScale', 'False']]);
  });

  test('the last scale time is that of the last write that was applied', () => {
    expect(status(aDecision())).not.toHaveProperty('lastScaleTime');
    const applied = status(aDecision(), 'applied');
    expect(applied.lastScaleTime).toBe(iso(NOW_MS));
    expect(status({ ...aDecision(), decidedAtMs: LATER_MS }, 'conflict', applied).lastScaleTime).toBe(
      iso(NOW_MS),
    );
  });
});
