/** The parts of the controller that an ablation takes away or makes perfect, one at a time. */
import {
  MEDIAN_INDEX,
  QUANTILE_LEVELS,
  type Forecast,
  type ForecastResult,
} from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import type { DeepPartial } from '../../builders/policy.ts';

/** What is forecast with the slots before `slot` known. */
export type ForecastAt = (slot: number) => ForecastResult;

export interface Ablation {
  readonly part: string;
  /** Beside what the bench sets. */
  readonly policy?: DeepPartial<Policy>;
  /** In place of the forecasts. */
  readonly forecasts?: (forecastAt: ForecastAt, history: TimeSeries) => ForecastAt;
}

export const ABLATIONS: readonly Ablation[] = [
  { part: 'as it is' },
  { part: 'perfect forecast', forecasts: perfect },
  { part: 'perfect median, same width', forecasts: perfectMedian },
  { part: 'median for every quantile', forecasts: (at) => changedBy(at, medianAlone) },
  { part: 'no hold after a change', forecasts: (at) => changedBy(at, withoutChange) },
  { part: 'no window down', policy: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } },
  {
    part: 'perfect forecast, no window down',
    forecasts: perfect,
    policy: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } },
  },
  { part: 'no forecast', forecasts: () => () => ({ kind: 'unavailable', skipped: [] }) },
];

function changedBy(at: ForecastAt, change: (forecast: Forecast, slot: number) => Forecast): ForecastAt {
  return (slot) => {
    const forecast = at(slot);
    return forecast.kind === 'forecast' ? change(forecast, slot) : forecast;
  };
}

/** What will have come, for certain; where no row came, what was forecast. */
function perfect(at: ForecastAt, { values }: TimeSeries): ForecastAt {
  return changedBy(at, (forecast, slot) => {
    const meanRps = forecast.meanRps.map((rate, step) => rateOr(values[slot + step], rate));
    return { ...forecast, meanRps, quantilesRps: meanRps.map((rate) => QUANTILE_LEVELS.map(() => rate)) };
  });
}

/** The quantiles as far apart as they were forecast, around what will have come. */
function perfectMedian(at: ForecastAt, { values }: TimeSeries): ForecastAt {
  return changedBy(at, (forecast, slot) => ({
    ...forecast,
    quantilesRps: forecast.quantilesRps.map((row, step) => {
      const median = row[MEDIAN_INDEX];
      const shiftRps = rateOr(values[slot + step], median) - median;
      return row.map((rate) => Math.max(0, rate + shiftRps));
    }),
  }));
}

function medianAlone(forecast: Forecast): Forecast {
  const quantilesRps = forecast.quantilesRps.map((row) => row.map(() => row[MEDIAN_INDEX]));
  return { ...forecast, quantilesRps };
}

function withoutChange({ change: _, ...forecast }: Forecast): Forecast {
  return forecast;
}

function rateOr(rate: number | undefined, instead: number): number {
  return rate === undefined || Number.isNaN(rate) ? instead : rate;
}
