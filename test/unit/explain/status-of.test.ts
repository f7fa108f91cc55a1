import { describe, expect, test } from 'vitest';
import { statusOf, statusOfUndecided } from '../../../src/explain/status-of.ts';
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

describe('what the cluster says beside a decision', () => {
  const decision = aDecision();
  const { workload, decidedAtMs } = decision;
  const actuation = { workload, decidedAtMs, result: 'unchanged', toReplicas: 12, message: '' } as const;
  const ableToScale = (reason: 'ConflictingAutoscaler' | 'ReplicasChangedElsewhere') => {
    const finding = { reason, message: 'argocd' };
    const { conditions, ...rest } = statusOf({ decision, actuation, generation: 3, previous: {}, finding });
    expect([rest.reason, conditions.length]).toEqual([reason, 4]);
    return conditions.find(({ type }) => type === 'AbleToScale');
  };

  test('is the reason, and the condition AbleToScale', () => {
    expect(ableToScale('ConflictingAutoscaler')).toMatchObject({
      status: 'False',
      reason: 'ConflictingAutoscaler',
      message: 'argocd',
    });
  });

  test('a change elsewhere leaves it able to scale', () => {
    expect(ableToScale('ReplicasChangedElsewhere')).toMatchObject({ status: 'True' });
  });

  test('where nothing could be decided, the figures stay and the other conditions are unknown', () => {
    const finding = { reason: 'FailedGetScale', message: 'no such target' } as const;
    const before = status(aDecision());
    const after = statusOfUndecided({ finding, generation: 4, previous: before, nowMs: LATER_MS });
    expect(statusSchema.safeParse(after).error).toBeUndefined();
    const { observedGeneration: _generation, reason: _reason, conditions: _conditions, ...figures } = before;
    expect(after).toMatchObject({ ...figures, observedGeneration: 4, reason: 'FailedGetScale' });
    expect(after.conditions.map((one) => [one.type, one.status])).toEqual([
      ['AbleToScale', 'False'],
      ['ScalingActive', 'Unknown'],
      ['ScalingLimited', 'Unknown'],
      ['ForecastHealthy', 'Unknown'],
    ]);
    const again = statusOfUndecided({ finding, generation: 4, previous: after, nowMs: LATER_MS + 1000 });
    expect(again.conditions[0].lastTransitionTime).toBe(iso(LATER_MS));
  });
});
