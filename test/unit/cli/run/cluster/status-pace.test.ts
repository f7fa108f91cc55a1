import { describe, expect, test } from 'vitest';
import { createStatusPace } from '../../../../../src/cli/run/cluster/status-pace.ts';
import type { AutoscalerStatus } from '../../../../../src/explain/status-of.ts';

const KEY = 'shop/checkout';
const NOW_MS = Date.UTC(2026, 0, 1);
const CONDITION = {
  type: 'ScalingActive',
  status: 'True',
  reason: 'ValidMetricFound',
  message: 'measured 100 req/s',
  lastTransitionTime: '2026-01-01T00:00:00.000Z',
  observedGeneration: 1,
} as const;
const STATUS: AutoscalerStatus = {
  observedGeneration: 1,
  currentReplicas: 3,
  recommendedReplicas: 3,
  desiredReplicas: 3,
  reason: 'DesiredWithinRange',
  forecast: { model: 'ensemble', confidence: 0.9, peakRps: 120, at: '2026-01-01T00:10:00.000Z' },
  conditions: [CONDITION],
};

describe('told at once', () => {
  const { forecast: _forecast, ...withoutForecast } = STATUS;
  test.each<[string, Partial<AutoscalerStatus>, AutoscalerStatus?]>([
    ['another count', { currentReplicas: 4 }],
    ['another recommendation', { recommendedReplicas: 4 }],
    ['another reason', { reason: 'ScaleDownStabilized' }],
    ['another spec', { observedGeneration: 2 }],
    ['a change that was made', { lastScaleTime: '2026-01-01T00:00:15.000Z' }],
    ['a forecast of another model', { forecast: { ...STATUS.forecast!, model: 'naive' } }],
    ['no forecast any more', {}, withoutForecast],
    ['a condition that no longer holds', { conditions: [{ ...CONDITION, status: 'False' }] }],
    ['a condition with another reason', { conditions: [{ ...CONDITION, reason: 'StaleMetrics' }] }],
  ])('%s', (_, change, from = STATUS) => {
    const pace = createStatusPace();
    pace.wrote(KEY, NOW_MS);
    expect(pace.isDue(KEY, STATUS, { ...from, ...change }, NOW_MS + 1000)).toBe(true);
  });
});

describe('figures alone', () => {
  const figures: readonly (readonly [string, Partial<AutoscalerStatus>])[] = [
    ['of the forecast', { forecast: { ...STATUS.forecast!, peakRps: 130, confidence: 0.8 } }],
    ["in a condition's message", { conditions: [{ ...CONDITION, message: 'measured 101 req/s' }] }],
  ];
  test.each(figures)('%s wait for five minutes', (_, change) => {
    const pace = createStatusPace();
    const isDueAfter = (seconds: number): boolean =>
      pace.isDue(KEY, STATUS, { ...STATUS, ...change }, NOW_MS + seconds * 1000);
    expect(isDueAfter(0)).toBe(true);
    pace.wrote(KEY, NOW_MS);
    expect(isDueAfter(299)).toBe(false);
    expect(isDueAfter(300)).toBe(true);
    expect(pace.isDue('shop/other', STATUS, { ...STATUS, ...change }, NOW_MS)).toBe(true);
  });

  test.each(figures)('%s do not wait for a clock that went back', (_, change) => {
    const pace = createStatusPace();
    pace.wrote(KEY, NOW_MS);
    expect(pace.isDue(KEY, STATUS, { ...STATUS, ...change }, NOW_MS - 1000)).toBe(true);
  });
});
