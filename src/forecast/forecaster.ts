/**
 * The forecast stage. A forecaster turns arrival-rate histories into distributions of the arrival rates to come.
 *
 * Every model is one Forecaster: batch-first (many series in, as many outcomes out, in order), deterministic, and a
 * function of the known history alone: what stands after the origin cannot matter, nor can what was asked before.
 * A model may remember fits and past errors between calls, but only as a cache: a fresh instance answers the same.
 * A model that cannot forecast says why (ForecastOutcome 'unavailable'); it never invents a number.
 */
import type { ModelName, SkipReason } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { Calendar } from '../policy/policy.ts';

export interface ForecastRequest {
  /** Names the series across calls (workload key): lets a model keep its cache. */
  readonly seriesKey: string;
  /** Arrival rates in requests per second; the origin is the end of its last slot. NaN: no sample. */
  readonly series: TimeSeries;
  /** How many slots ahead; at least 1. */
  readonly horizonSteps: number;
  readonly calendar: Calendar;
}

export type ForecastOutcome =
  | {
      readonly kind: 'forecast';
      /** [step], requests per second. */
      readonly meanRps: readonly number[];
      /** [step][QUANTILE_LEVELS], ascending, at least 0. */
      readonly quantilesRps: readonly (readonly number[])[];
      /** Probability (0..1) that the load stays at or below the 0.95 path, from this model's own past. */
      readonly confidenceRatio: number;
    }
  | { readonly kind: 'unavailable'; readonly reason: SkipReason; readonly message: string };

export interface Forecaster {
  readonly name: ModelName;
  forecast(requests: readonly ForecastRequest[]): readonly ForecastOutcome[];
}
