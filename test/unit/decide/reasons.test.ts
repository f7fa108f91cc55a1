import { describe, expect, test } from 'vitest';
import { asksForChange, type Decision, desiredReplicas, type Outcome } from '../../../src/domain/decision.ts';
import { REASONS, type Reason } from '../../../src/domain/reasons.ts';
import { aDecision } from '../../builders/decision.ts';
import { aDependency } from '../../builders/dependency.ts';
import { aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { WARM_MEMORY } from '../../builders/guard-input.ts';
import { anObservation, measured, NOW_MS } from '../../builders/observation.ts';

/**
 * One scenario for each reason, with the outcome it is given for. Ten replicas run throughout. A load of 400 rps, as
 * measured and as forecast, needs 3 of them, 1,000 rps need 6, 2,500 rps more than 10, 12,000 rps more than maxReplicas.
 */
const low = { observation: anObservation({ arrivalRate: measured(400) }), forecast: aForecast(400) };
const high = { observation: anObservation({ arrivalRate: measured(2500) }), forecast: aForecast(2500) };
const blind = (arrivalRate: Parameters<typeof measured>[0] | object) => ({
  ...low,
  observation: anObservation({ arrivalRate: arrivalRate as ReturnType<typeof measured> }),
});
const recommended = (replicas: number) => ({
  memory: { ...WARM_MEMORY, recommendations: [{ atMs: NOW_MS - 20_000, replicas }] },
});
/** An hour's errors, half as large again as those of "all stays as it is". */
const DRIFTED = {
  slots: 60,
  absoluteErrorRatio: 0.3,
  biasRatio: 0.2,
  coverage90Ratio: 0.9,
  upper95Ratio: 0.95,
  toNaiveRatio: 1.5,
};
const A_SHARE = { group: 'web', unit: 'replicas', most: 20, asked: 40, mostReplicas: 4 } as const;
type Scenario = readonly [string, () => Decision, Outcome['kind'], number];

const SCENARIOS: Readonly<Record<Reason, Scenario>> = {
  DesiredWithinRange: [
    'what runs is what the load needs',
    () => aDecision({ ...low, observation: { ...low.observation, currentReplicas: 3, readyReplicas: 3 } }),
    'hold',
    3,
  ],
  ReadyForNewScale: ['nothing holds 3 back', () => aDecision(low), 'scale', 3],
  DependencyLimit: [
    'the database takes the ten that run, and no more',
    () => aDecision(high, { dependencies: [aDependency({ capacity: 100 })] }),
    'hold',
    10,
  ],
  BudgetLimit: [
    'its group has four replicas left for it',
    () => aDecision({ ...low, observation: { ...high.observation, budget: A_SHARE } }),
    'scale',
    4,
  ],
  TooManyReplicas: [
    'no rate limits the way up to maxReplicas',
    () =>
      aDecision(
        { observation: anObservation({ arrivalRate: measured(12_000) }), forecast: aForecast(12_000) },
        {
          behavior: { scaleUp: { policies: [{ type: 'Percent', value: 900, periodSeconds: 15 }] } },
        },
      ),
    'scale',
    60,
  ],
  TooFewReplicas: ['minReplicas is 8', () => aDecision(low, { minReplicas: 8 }), 'scale', 8],
  ScaleUpLimit: [
    'two pods a minute',
    () =>
      aDecision(high, {
        behavior: { scaleUp: { policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] } },
      }),
    'scale',
    12,
  ],
  ScaleDownLimit: [
    'one pod a minute',
    () =>
      aDecision(low, {
        behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
      }),
    'scale',
    9,
  ],
  ScaleUpStabilized: [
    '11 was recommended 20 s ago, the window is 60 s',
    () =>
      aDecision(
        { ...high, ...recommended(11) },
        { behavior: { scaleUp: { stabilizationWindowSeconds: 60 } } },
      ),
    'scale',
    11,
  ],
  ScaleDownStabilized: [
    '9 was recommended 20 s ago, the window is 300 s',
    () => aDecision({ ...low, ...recommended(9) }),
    'scale',
    9,
  ],
  RestartCostsMore: [
    'nothing stabilizes, but 9 was recommended 20 s ago, and a start costs as much as 2 minutes of a replica',
    () =>
      aDecision(
        { ...low, ...recommended(9) },
        { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } },
      ),
    'scale',
    9,
  ],
  ScaleUpDisabled: [
    'no way up',
    () => aDecision(high, { behavior: { scaleUp: { selectPolicy: 'Disabled' } } }),
    'hold',
    10,
  ],
  ScaleDownDisabled: [
    'no way down',
    () => aDecision(low, { behavior: { scaleDown: { selectPolicy: 'Disabled' } } }),
    'hold',
    10,
  ],
  WithinTolerance: [
    '1,900 rps want 12: a fifth more, the tolerance is a half',
    () =>
      aDecision(
        { observation: anObservation({ arrivalRate: measured(1900) }), forecast: aForecast(1900) },
        { behavior: { scaleUp: { toleranceRatio: 0.5 } } },
      ),
    'hold',
    10,
  ],
  Paused: ['paused by annotation', () => aDecision(high, { paused: true }), 'hold', 10],
  RollingOut: [
    'a roll-out is under way',
    () => aDecision({ ...low, observation: { ...low.observation, rollingOut: true } }),
    'hold',
    10,
  ],
  WarmingUp: [
    'watched for a minute of five',
    () => aDecision({ ...low, memory: { ...WARM_MEMORY, completeSinceMs: NOW_MS - 60_000 } }),
    'hold',
    10,
  ],
  ForecastUnavailable: ['no model can', () => aDecision({ ...low, forecast: NO_FORECAST }), 'hold', 10],
  LowConfidence: [
    'no model should',
    () => aDecision({ ...low, forecast: aForecast(400, { confidenceRatio: 0.5 }) }),
    'hold',
    10,
  ],
  ForecastDrifted: [
    'the present load was the better forecast',
    () => aDecision({ ...low, forecast: { ...aForecast(4000), accuracy: DRIFTED } }),
    'scale',
    3,
  ],
  ServiceRateUnknown: [
    'a rate is to be learned, and nothing was completed yet',
    () =>
      aDecision({
        ...high,
        observation: {
          ...high.observation,
          serviceRateRps: null,
          learnedRate: { kind: 'unknown', message: '2 of the 10 slots that it takes' },
        },
      }),
    'abstain',
    10,
  ],
  LoadChanged: [
    'a third of the load went away two minutes ago, at once',
    () =>
      aDecision({
        ...low,
        forecast: aForecast(400, { change: { atMs: NOW_MS - 120_000, direction: 'down' } }),
      }),
    'hold',
    10,
  ],
  ImplausibleZero: [
    '24,000 requests were expected, none came',
    () => aDecision(blind(measured(0))),
    'hold',
    10,
  ],
  StaleMetrics: [
    'the newest sample is ten minutes old',
    () => aDecision(blind({ kind: 'stale', value: 400, endsAtMs: NOW_MS - 600_000 })),
    'abstain',
    10,
  ],
  EmptyMetrics: ['no series', () => aDecision(blind({ kind: 'empty' })), 'abstain', 10],
  NotANumberMetrics: ['NaN', () => aDecision(blind({ kind: 'notANumber', endsAtMs: NOW_MS })), 'abstain', 10],
  PartialMetrics: [
    'one of two stores answered',
    () => aDecision(blind({ kind: 'partial', message: 'store b' })),
    'abstain',
    10,
  ],
  MetricsQueryRejected: [
    'bad PromQL',
    () => aDecision(blind({ kind: 'queryRejected', message: 'parse error' })),
    'abstain',
    10,
  ],
  MetricsSourceDown: [
    'nobody there',
    () => aDecision(blind({ kind: 'sourceDown', message: 'ECONNREFUSED' })),
    'abstain',
    10,
  ],
};

describe('every reason can be the reason of an outcome', () => {
  test.each(Object.keys(REASONS) as Reason[])('%s', (reason) => {
    const [, make, kind, replicas] = SCENARIOS[reason];
    const decision = make();
    expect(decision.outcome).toMatchObject({ kind, reason });
    expect(desiredReplicas(decision)).toBe(replicas);
  });
});

test('partial coverage holds a scale-down and is no abstention', () => {
  const decision = aDecision({ ...low, observation: { ...low.observation, coverageRatio: 0.3 } });
  expect(decision.outcome).toEqual({ kind: 'hold', reason: 'PartialMetrics' });
  expect(decision.sizing?.replicas).toBe(3);
});

test('of several guards that bite, the last one names the outcome and all are recorded', () => {
  // 3 are needed, 5 were recommended 20 s ago, 4 pods a minute lead from 10 to 6, and minReplicas is 9.
  const decision = aDecision(
    { ...low, ...recommended(5) },
    {
      minReplicas: 9,
      behavior: { scaleDown: { policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }] } },
    },
  );
  const bites = decision.guards.filter((step) => step.beforeReplicas !== step.afterReplicas);
  expect(bites.map((step) => [step.guard, step.beforeReplicas, step.afterReplicas])).toEqual([
    ['stabilization', 3, 5],
    ['rates', 5, 6],
    ['bounds', 6, 9],
  ]);
  expect(decision.outcome).toEqual({ kind: 'scale', toReplicas: 9, reason: 'TooFewReplicas' });
});

test('paused is the reason also where there was nothing to do', () => {
  const observation = { ...low.observation, currentReplicas: 3, readyReplicas: 3, paused: true };
  expect(aDecision({ ...low, observation }).outcome).toEqual({ kind: 'hold', reason: 'Paused' });
});

describe('abstaining', () => {
  const down = { kind: 'sourceDown', message: 'ECONNREFUSED' } as const;
  test.each([
    ['below minReplicas: up to it', 1, 2],
    ['above maxReplicas: down to it', 75, 60],
    ['inside: stays', 33, 33],
  ])('%s', (_name, currentReplicas, target) => {
    const decision = aDecision({ observation: anObservation({ arrivalRate: down, currentReplicas }) });
    expect(decision.outcome).toEqual({ kind: 'abstain', reason: 'MetricsSourceDown' });
    expect(desiredReplicas(decision)).toBe(target);
    expect(asksForChange(decision)).toBe(target !== currentReplicas);
    expect(decision.sizing).toBeUndefined();
  });
  test('paused: not even that', () => {
    const observation = anObservation({ arrivalRate: down, currentReplicas: 75, paused: true });
    expect(desiredReplicas(aDecision({ observation }))).toBe(75);
  });
});
