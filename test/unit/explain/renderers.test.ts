import { describe, expect, test } from 'vitest';
import type { ActuationRecord } from '../../../src/domain/actuation.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { CONDITION_TYPES, conditionsOf } from '../../../src/explain/condition.ts';
import { eventOf, MAX_MESSAGE_BYTES } from '../../../src/explain/event.ts';
import { isNews, logLine } from '../../../src/explain/log-line.ts';
import { sentence } from '../../../src/explain/sentence.ts';
import { tableRow, tableText } from '../../../src/explain/table-row.ts';
import { aDecision } from '../../builders/decision.ts';
import { aDependency } from '../../builders/dependency.ts';
import { accuracyOf, aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { WARM_MEMORY } from '../../builders/guard-input.ts';
import { anObservation, measured, NOW_MS } from '../../builders/observation.ts';
import { aSizedDecision } from '../../builders/sizing.ts';

const low = { observation: anObservation({ arrivalRate: measured(400) }), forecast: aForecast(400) };
const blind = aDecision({
  observation: anObservation({ arrivalRate: { kind: 'sourceDown', message: 'ECONNREFUSED' } }),
});
function actuation(result: ActuationRecord['result'], message = ''): ActuationRecord {
  const { workload, decidedAtMs } = aSizedDecision();
  return { workload, decidedAtMs, result, toReplicas: 18, message };
}

describe('log line', () => {
  test('a constant message, figures as fields', () => {
    const decision = aSizedDecision();
    expect(logLine(decision, actuation('dryRun'))).toEqual({
      level: 'info',
      message: 'decided',
      fields: {
        workload: 'shop/checkout',
        decision: String(NOW_MS),
        outcome: 'scale',
        reason: 'ReadyForNewScale',
        currentReplicas: 12,
        recommendedReplicas: 18,
        desiredReplicas: 18,
        metrics: 'value',
        arrivalRateRps: 1000,
        model: 'arima',
        confidenceRatio: 0.93,
        sizedForRps: 412,
        sizedOn: 'forecast',
        sloViolationProbability: 0.006,
        costPerHour: 2.48,
        actuation: 'dryRun',
        why: sentence(decision, actuation('dryRun')),
      },
    });
  });
  test('what is not known is absent, and no number stands for it', () => {
    const { level, fields } = logLine(blind);
    expect(level).toBe('warn');
    expect(fields).toMatchObject({ metrics: 'sourceDown', outcome: 'abstain' });
    for (const key of ['arrivalRateRps', 'recommendedReplicas', 'sizedForRps', 'actuation'])
      expect(fields).not.toHaveProperty(key);
  });
  test('a failed write is a warning', () => {
    expect(logLine(aSizedDecision(), actuation('failed', 'forbidden')).level).toBe('warn');
  });
});

describe('news', () => {
  const hold = (currentReplicas: number) =>
    aDecision({
      ...low,
      observation: { ...low.observation, currentReplicas, readyReplicas: currentReplicas },
    });
  const heldBack = aDecision(
    { observation: anObservation({ arrivalRate: measured(2500) }), forecast: aForecast(2500) },
    { dependencies: [aDependency({ capacity: 100 })] },
  );
  const scale = aDecision(low);
  const stabilized = aDecision({
    ...low,
    observation: { ...low.observation, currentReplicas: 3, readyReplicas: 3 },
    memory: { ...WARM_MEMORY, recommendations: [{ atMs: NOW_MS - 20_000, replicas: 3 }] },
  });
  test.each<readonly [string, Decision, Decision | undefined, boolean]>([
    ['the first decision', hold(3), undefined, true],
    ['the same again', hold(3), hold(3), false],
    ['a dependency begins to hold back', heldBack, hold(10), true],
    ['it still does', heldBack, heldBack, false],
    ['another target', scale, aDecision(), true],
    ['the change has happened: 10 -> 3, now 3', hold(3), scale, false],
    ['the same recommendation, not followed (Recommend mode)', scale, scale, false],
    ['somebody else changed what runs', scale, hold(3), true],
    ['the metrics went away', blind, aDecision({}, { minReplicas: 10 }), true],
    ['another reason to keep the same count', stabilized, hold(3), false],
    [
      'the forecast lost its confidence',
      aDecision({ forecast: aForecast(1000, { confidenceRatio: 0.1 }) }),
      aDecision({}, { minReplicas: 10 }),
      true,
    ],
    ['paused', aDecision(low, { paused: true }), aDecision(low, { minReplicas: 10 }), true],
  ])('%s', (_name, decision, previous, expected) => {
    expect(isNews(decision, previous)).toBe(expected);
  });
});

describe('event', () => {
  test.each<readonly [string, Decision, ActuationRecord | undefined, string]>([
    ['a change', aSizedDecision(), actuation('applied'), 'Normal ReadyForNewScale'],
    ['a failed write', aSizedDecision(), actuation('failed', 'forbidden'), 'Warning FailedRescale'],
    ['a conflict is decided again', aSizedDecision(), actuation('conflict'), 'Normal ReadyForNewScale'],
    ['no metrics', blind, undefined, 'Warning MetricsSourceDown'],
    ['no forecast', aDecision({ ...low, forecast: NO_FORECAST }), undefined, 'Warning ForecastUnavailable'],
    ['capped', aDecision({}, { maxReplicas: 4 }), undefined, 'Warning TooManyReplicas'],
  ])('%s', (_name, decision, record, expected) => {
    const { type, reason, message } = eventOf(decision, record);
    expect(`${type} ${reason}`).toBe(expected);
    expect(message).toBe(sentence(decision, record));
  });
  test.each(['x', 'ü', '€', 'x€'])('is never longer than Kubernetes takes: %s', (filling) => {
    const arrivalRate = { kind: 'sourceDown', message: filling.repeat(5000) } as const;
    const { message } = eventOf(aDecision({ observation: anObservation({ arrivalRate }) }));
    expect(new TextEncoder().encode(message).length).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(message).toMatch(/[xü€]…$/);
  });
});

describe('conditions', () => {
  const of = (decision: Decision, record?: ActuationRecord) =>
    conditionsOf(decision, record).map(({ type, status, reason }) => `${type}=${status} ${reason}`);

  test('all is well', () => {
    expect(of(aSizedDecision())).toEqual([
      'AbleToScale=True ReadyForNewScale',
      'ScalingActive=True ValidMetricFound',
      'ScalingLimited=False DesiredWithinRange',
      'ForecastHealthy=True ForecastTrusted',
    ]);
    expect(conditionsOf(aSizedDecision()).map(({ type }) => type)).toEqual(CONDITION_TYPES);
  });
  test.each<readonly [string, Decision, ActuationRecord | undefined, string]>([
    ['no metrics', blind, undefined, 'ScalingActive=False MetricsSourceDown'],
    ['a write that failed', aSizedDecision(), actuation('failed'), 'AbleToScale=False FailedUpdateScale'],
    ['paused', aDecision(low, { paused: true }), undefined, 'AbleToScale=False Paused'],
    [
      'stabilized',
      aDecision({
        ...low,
        memory: { ...WARM_MEMORY, recommendations: [{ atMs: NOW_MS - 20_000, replicas: 9 }] },
      }),
      undefined,
      'AbleToScale=True ScaleDownStabilized',
    ],
    ['capped', aDecision({}, { maxReplicas: 4 }), undefined, 'ScalingLimited=True TooManyReplicas'],
    [
      'held back by what it depends on',
      aDecision(
        { observation: anObservation({ arrivalRate: measured(2500) }), forecast: aForecast(2500) },
        { dependencies: [aDependency({ capacity: 120 })] },
      ),
      undefined,
      'ScalingLimited=True DependencyLimit',
    ],
    [
      'too fast',
      aDecision(low, {
        behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
      }),
      undefined,
      'ScalingLimited=True ScaleDownLimit',
    ],
    [
      'no confidence, also while more replicas are asked for',
      aDecision({ forecast: aForecast(400, { confidenceRatio: 0.2 }) }, { minReplicas: 20 }),
      undefined,
      'ForecastHealthy=False LowConfidence',
    ],
    [
      'no forecast',
      aDecision({ forecast: NO_FORECAST }),
      undefined,
      'ForecastHealthy=False ForecastUnavailable',
    ],
    [
      'a forecast that no longer does as it says',
      aDecision({ forecast: aForecast(1000, { accuracy: accuracyOf({ upper95Ratio: 0.6 }) }) }),
      undefined,
      'ForecastHealthy=False ForecastDrifted',
    ],
    [
      'a forecast that does as it says',
      aDecision({ forecast: aForecast(1000, { accuracy: accuracyOf() }) }),
      undefined,
      'ForecastHealthy=True ForecastTrusted',
    ],
  ])('%s', (_name, decision, record, expected) => {
    expect(of(decision, record)).toContain(expected);
  });
  test('a decision that nobody judged says nothing about its forecast', () => {
    expect(of(aSizedDecision({}, { guards: [] }))).toContain('ForecastHealthy=Unknown ForecastUnavailable');
  });
});

describe('table', () => {
  test('one row a decision, columns aligned, nothing where nothing is known', () => {
    expect(tableText([tableRow(aSizedDecision()), tableRow(blind)]).split('\n')).toEqual([
      'WORKLOAD       CURRENT  RECOMMENDED  DESIRED  LOAD        SIZED FOR  MODEL  CONFIDENCE  LATE   COST/H  REASON',
      'shop/checkout  12       18           18       1000 rps    412 rps    arima  0.93        0.6 %  2.48    ReadyForNewScale',
      'shop/checkout  10       -            10       sourceDown  -          arima  0.93        -      -       MetricsSourceDown',
    ]);
  });
});
