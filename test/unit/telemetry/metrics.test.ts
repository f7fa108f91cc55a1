import { beforeEach, expect, test } from 'vitest';
import { createMetrics, type Metrics } from '../../../src/telemetry/metrics.ts';
import { accuracyOf, aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { anObservation } from '../../builders/observation.ts';
import { aStoredDecision } from '../../builders/stored-decision.ts';

let metrics: Metrics;
beforeEach(() => (metrics = createMetrics()));

const shop = { namespace: 'shop', name: 'checkout' };

/** Scraped lines whose name begins with `prescale_<prefix>`, without comments. */
async function scraped(prefix: string): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(`prescale_${prefix}`));
}

function decide(overrides: Parameters<typeof aStoredDecision>[0] = {}): void {
  const { decision, actuation } = aStoredDecision(overrides);
  metrics.decided(decision, actuation);
}

test('every name is prefixed, every metric has help, and none carries a label beyond the closed sets', async () => {
  const all = await metrics.registry.getMetricsAsJSON();
  expect(all.map((metric) => metric.name).filter((name) => !name.startsWith('prescale_'))).toEqual([]);
  expect(all.map((metric) => metric.name)).toEqual(
    expect.arrayContaining(
      [
        'tick_duration_seconds',
        'ticks_overrun_total',
        'decisions_total',
        'recommended_replicas',
        'current_replicas',
        'arrival_rate_rps',
        'forecast_rps',
        'forecast_absolute_error_ratio',
        'forecast_model_used_total',
        'forecast_fallback_total',
        'slo_violation_probability',
        'cost_per_hour',
        'metrics_source_errors_total',
        'actuation_errors_total',
      ].map((name) => `prescale_${name}`),
    ),
  );
});

test('decisions are counted by outcome and reason', async () => {
  decide();
  decide();
  decide({ outcome: { kind: 'abstain', reason: 'StaleMetrics' } });
  expect(await scraped('decisions_total')).toEqual([
    'prescale_decisions_total{outcome="hold",reason="ForecastUnavailable"} 2',
    'prescale_decisions_total{outcome="abstain",reason="StaleMetrics"} 1',
  ]);
});

test('a gauge shows the newest decision of its workload', async () => {
  decide({ observed: anObservation({ currentReplicas: 4 }) });
  decide({ observed: anObservation({ currentReplicas: 7 }) });
  expect(await scraped('current_replicas')).toEqual([
    'prescale_current_replicas{namespace="shop",name="checkout"} 7',
  ]);
});

test.each([
  ['stale', { kind: 'stale', value: 900, endsAtMs: 0 }],
  ['empty', { kind: 'empty' }],
  ['source down', { kind: 'sourceDown', message: 'refused' }],
] as const)(
  'no load is shown while the metrics are %s, rather than a zero or the last one',
  async (_name, arrivalRate) => {
    decide();
    expect(await scraped('arrival_rate_rps{')).toHaveLength(1);
    decide({ observed: anObservation({ arrivalRate }) });
    expect(await scraped('arrival_rate_rps{')).toEqual([]);
  },
);

test('the forecast is shown by its highest step of each exported quantile', async () => {
  decide({ forecast: aForecast([100, 300, 200]) });
  const lines = await scraped('forecast_rps');
  expect(lines.map((line) => /quantile="([\d.]+)"/.exec(line)?.[1])).toEqual(['0.5', '0.9', '0.95', '0.99']);
  expect(Number(lines[0].split(' ').at(-1))).toBeCloseTo(300, 9);
  decide({ forecast: NO_FORECAST });
  expect(await scraped('forecast_rps')).toEqual([]);
});

test('the scores of the forecasts and the shares of the experts are shown; nothing before there are any', async () => {
  decide({ forecast: aForecast() });
  expect(await scraped('forecast_accuracy_ratio{')).toEqual([]);
  expect(await scraped('forecast_weight_ratio{')).toEqual([
    'prescale_forecast_weight_ratio{expert="arima",namespace="shop",name="checkout"} 1',
  ]);
  const weights = [
    { expert: 'smoothing', weightRatio: 0.25 },
    { expert: 'arima', weightRatio: 0.75 },
  ] as const;
  decide({ forecast: aForecast(1000, { weights, accuracy: accuracyOf({ biasRatio: -0.5 }) }) });
  const scores = await scraped('forecast_accuracy_ratio{');
  expect(scores.map((line) => /score="(\w+)"/.exec(line)?.[1])).toEqual([
    'absolute_error',
    'bias',
    'coverage90',
    'upper95',
    'to_naive',
  ]);
  expect(scores[1]).toBe(
    'prescale_forecast_accuracy_ratio{score="bias",namespace="shop",name="checkout"} -0.5',
  );
  expect(await scraped('forecast_weight_ratio{')).toEqual([
    'prescale_forecast_weight_ratio{expert="smoothing",namespace="shop",name="checkout"} 0.25',
    'prescale_forecast_weight_ratio{expert="arima",namespace="shop",name="checkout"} 0.75',
  ]);
});

test('a forecast counts its model, and each model that was passed over with its reason', async () => {
  metrics.forecastMade(aForecast());
  metrics.forecastMade(NO_FORECAST);
  expect(await scraped('forecast_model_used_total')).toEqual([
    'prescale_forecast_model_used_total{model="arima"} 1',
  ]);
  expect(await scraped('forecast_fallback_total')).toEqual([
    'prescale_forecast_fallback_total{model="lstm",reason="ArtefactMissing"} 1',
    'prescale_forecast_fallback_total{model="arima",reason="TooLittleHistory"} 1',
  ]);
});

test('writes that failed are counted by what became of them', async () => {
  const { decision, actuation } = aStoredDecision();
  for (const result of ['applied', 'conflict', 'failed', 'conflict'] as const)
    metrics.decided(decision, { ...actuation, result });
  expect(await scraped('actuation_errors_total')).toEqual([
    'prescale_actuation_errors_total{code="conflict"} 2',
    'prescale_actuation_errors_total{code="failed"} 1',
  ]);
});

test('a workload that went leaves no series behind', async () => {
  decide();
  metrics.forecastMissed(shop, 0.25);
  expect((await metrics.registry.metrics()).match(/name="checkout"/g)?.length).toBeGreaterThan(3);
  metrics.forget(shop);
  expect(await metrics.registry.metrics()).not.toContain('name="checkout"');
});

test('two sets of metrics share nothing', async () => {
  createMetrics().ticksSkipped(3);
  expect(await scraped('ticks_overrun_total')).toEqual(['prescale_ticks_overrun_total 0']);
});
