/**
 * The forecast stage. A forecaster turns arrival-rate histories into distributions of the arrival rates to come.
 *
 * Every model is one Forecaster: batch-first (many series in, as many outcomes out, in order), deterministic, and a
 * function of the known history alone: what stands after the origin cannot matter, nor can what was asked before.
 * A model may remember fits and past errors between calls, but only as a cache: a fresh instance answers the same.
 * A model that cannot forecast says why (ForecastOutcome 'unavailable'); it never invents a number.
 */
import type { ExpertWeight, LoadChange, ModelName, NetworkInUse, SkipReason } from '../domain/forecast.ts';
import type { LiveHistory } from '../domain/live-history.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { DayProfile } from './day-profile.ts';
import type { ForecastCalendar } from './known-events.ts';

export interface ForecastRequest {
  /** Names the series across calls (workload key): lets a model keep its cache. */
  readonly seriesKey: string;
  /** Arrival rates in requests per second; the origin is the end of its last slot. NaN: no sample. */
  readonly series: TimeSeries;
  /** How many slots ahead; at least 1. */
  readonly horizonSteps: number;
  /** How many of these a decision is sized for: what the confidence is about; all of them where it is absent. */
  readonly decisionSteps?: number;
  /**
   * The instants of the UTC clock at which a model learns anew come so many whole seconds later; 0 where it is absent. Many
   * series that are forecast side by side each have their own (learningOffsetOf): together at midnight they would keep all
   * others waiting.
   */
  readonly learningOffsetSeconds?: number;
  readonly calendar: ForecastCalendar;
  /**
   * What is known beside the arrival rates, up to the origin and beyond: nothing from an origin on is read there. undefined:
   * nothing.
   */
  readonly live?: LiveHistory | undefined;
  /** The shape of the day of workloads like it, for one that is young (models/ensemble/borrowed-shape.ts). */
  readonly borrowedShape?: DayProfile | undefined;
  /** Whose challenger contends, where a network has several (domain/workload-class.ts). */
  readonly workloadClass?: string | undefined;
}

export type ForecastOutcome =
  | {
      readonly kind: 'forecast';
      /** [step], requests per second. */
      readonly meanRps: readonly number[];
      /** [step][QUANTILE_LEVELS], ascending, at least 0. */
      readonly quantilesRps: readonly (readonly number[])[];
      /** Probability (0..1) that no rate of the decision's steps is above the highest 0.95 quantile of these steps. */
      readonly confidenceRatio: number;
      /** Of a model that mixes others. */
      readonly weights?: readonly ExpertWeight[];
      /** Of a model that watches for abrupt changes of the load, while one leads the forecast. */
      readonly change?: LoadChange;
      /** Of a model that two networks contend for. */
      readonly networkInUse?: NetworkInUse;
    }
  | { readonly kind: 'unavailable'; readonly reason: SkipReason; readonly message: string };

export interface Forecaster {
  readonly name: ModelName;
  forecast(requests: readonly ForecastRequest[]): readonly ForecastOutcome[];
}

/** How many steps a decision is sized for. */
export function decisionStepsOf({ decisionSteps, horizonSteps }: ForecastRequest): number {
  return decisionSteps ?? horizonSteps;
}
