import type { Caller } from './caller.ts';
import type { ForecastAccuracy } from './forecast-accuracy.ts';

/** The models there are, in the order in which the chain tries them. */
export const MODEL_NAMES = [
  'ensemble',
  'lstm',
  'arima',
  'moving-average',
  'seasonal-naive',
  'naive',
] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** The members of the ensemble; the last two take part where a network is loaded, and where a workload is young and others are like it. */
export const EXPERT_NAMES = [
  'naive',
  'moving-average',
  'hour-mean',
  'smoothing',
  'seasonal-naive',
  'seasonal-ratio',
  'arima',
  'arima-other-scale',
  'network',
  'borrowed-shape',
] as const;
export type ExpertName = (typeof EXPERT_NAMES)[number];

/** How much (0..1, in all 1) an expert counts in a mixed forecast. */
export interface ExpertWeight {
  readonly expert: ExpertName;
  readonly weightRatio: number;
}

/** Quantile levels that every forecast carries, ascending. */
export const QUANTILE_LEVELS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] as const;
export const MEDIAN_INDEX = 5;
/** Of the quantile that a load is said to stay below. */
export const UPPER_INDEX = QUANTILE_LEVELS.indexOf(0.95);

/** Why a model gave no forecast. */
export const SKIP_REASONS = [
  'ArtefactMissing',
  'TooLittleHistory',
  'TooManyGaps',
  'FitFailed',
  'NotFinite',
  'OutOfBounds',
  'DeadlineExceeded',
  'WorkerFailed',
  'NotBetter',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

export interface SkippedModel {
  readonly model: ModelName;
  readonly reason: SkipReason;
  /** One sentence with the numbers: "needs 120 samples, has 14". */
  readonly message: string;
}

/** The load left its forecasts at `atMs`, abruptly: a flash crowd, a release, an outage upstream. */
export interface LoadChange {
  /** Start of the first slot that is on the new level. */
  readonly atMs: number;
  readonly direction: 'up' | 'down';
}

/** Why the champion or the challenger of two networks serves. */
export const NETWORK_REASONS = ['NotWon', 'Won', 'FellBack'] as const;

/** Which of two networks makes a series' forecasts: the one that comes with the program, or one fine-tuned from it. */
export interface NetworkInUse {
  readonly network: 'champion' | 'challenger';
  readonly reason: (typeof NETWORK_REASONS)[number];
  /** One sentence with the numbers. */
  readonly message: string;
}

/** Arrival rates from `originAtMs` on: step k covers [origin + k*step, origin + (k+1)*step). */
export interface Forecast {
  readonly kind: 'forecast';
  readonly model: ModelName;
  readonly skipped: readonly SkippedModel[];
  /**
   * Probability (0..1), from this model's own past, that no rate from now to the lead time and one step is above the rate
   * that the decision is sized for: the highest 0.95 quantile of these steps.
   */
  readonly confidenceRatio: number;
  /** Start of the first forecast slot = end of the last known one. */
  readonly originAtMs: number;
  readonly stepSeconds: number;
  /** [step] expected arrival rate, requests per second. */
  readonly meanRps: readonly number[];
  /** [step][quantile, as QUANTILE_LEVELS] arrival rate, requests per second, ascending, never negative. */
  readonly quantilesRps: readonly (readonly number[])[];
  /** Of a forecast that several experts made. */
  readonly weights?: readonly ExpertWeight[];
  /** The newest abrupt change of the load, as long as the level since then leads this forecast. */
  readonly change?: LoadChange;
  /** Of the models `ensemble` and `lstm`, where a challenger takes part. */
  readonly networkInUse?: NetworkInUse;
  /** Whose expected load is in it, beside what the workload's own past says. */
  readonly callers?: readonly Caller[];
  /** How good the forecasts before this one were; absent where nobody kept the score, or nothing has come yet. */
  readonly accuracy?: ForecastAccuracy;
}

export interface ForecastUnavailable {
  readonly kind: 'unavailable';
  readonly skipped: readonly SkippedModel[];
}

export type ForecastResult = Forecast | ForecastUnavailable;

/** None of the models was asked, or none could answer, for one and the same reason. */
export function noForecast(
  models: readonly ModelName[],
  reason: SkipReason,
  message: string,
): ForecastUnavailable {
  return { kind: 'unavailable', skipped: models.map((model) => ({ model, reason, message })) };
}

/** Seconds from the forecast's origin, the end of the newest slot that it knew, to `atMs`: how old what it knows is. */
export function forecastAgeSeconds({ originAtMs }: Forecast, atMs: number): number {
  return (atMs - originAtMs) / 1000;
}
