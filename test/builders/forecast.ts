import { type Forecast, type ForecastUnavailable, QUANTILE_LEVELS } from '../../src/domain/forecast.ts';
import type { ForecastAccuracy } from '../../src/domain/forecast-accuracy.ts';
import { NOW_MS } from './observation.ts';

/**
 * A trusted forecast of fifteen minutes around `medianRps` (one number for all steps, or one for each): the quantile
 * at level p is the median times 0.9 + 0.2 p, so that the median is exact and the others surround it.
 */
export function aForecast(
  medianRps: number | readonly number[] = 1000,
  overrides: Partial<Forecast> = {},
): Forecast {
  const medians = typeof medianRps === 'number' ? Array<number>(15).fill(medianRps) : medianRps;
  return {
    kind: 'forecast',
    model: 'arima',
    skipped: [],
    confidenceRatio: 0.93,
    originAtMs: NOW_MS,
    stepSeconds: 60,
    meanRps: medians,
    quantilesRps: medians.map((median) => QUANTILE_LEVELS.map((level) => median * (0.9 + 0.2 * level))),
    ...overrides,
  };
}

/** A score as it should be. */
export function accuracyOf(overrides: Partial<ForecastAccuracy> = {}): ForecastAccuracy {
  return {
    slots: 400,
    absoluteErrorRatio: 0.08,
    biasRatio: 0.01,
    coverage90Ratio: 0.9,
    upper95Ratio: 0.95,
    toNaiveRatio: 0.7,
    ...overrides,
  };
}

export const NO_FORECAST: ForecastUnavailable = {
  kind: 'unavailable',
  skipped: [
    { model: 'lstm', reason: 'ArtefactMissing', message: 'no trained network is shipped' },
    { model: 'arima', reason: 'TooLittleHistory', message: 'needs 120 samples, has 14' },
  ],
};
