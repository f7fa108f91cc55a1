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

/** Quantile levels that every forecast carries, ascending. */
export const QUANTILE_LEVELS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] as const;
export const MEDIAN_INDEX = 5;

/** Why a model gave no forecast. */
export const SKIP_REASONS = [
  'ArtefactMissing',
  'TooLittleHistory',
  'TooManyGaps',
  'FitFailed',
  'NotFinite',
  'OutOfBounds',
  'DeadlineExceeded',
  'NotBetter',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

export interface SkippedModel {
  readonly model: ModelName;
  readonly reason: SkipReason;
  /** One sentence with the numbers: "needs 120 samples, has 14". */
  readonly message: string;
}

/** Arrival rates from `originAtMs` on: step k covers [origin + k*step, origin + (k+1)*step). */
export interface Forecast {
  readonly kind: 'forecast';
  readonly model: ModelName;
  readonly skipped: readonly SkippedModel[];
  /** Probability (0..1), from this model's own past, that the load stays at or below its upper path (quantile 0.95). */
  readonly confidenceRatio: number;
  /** Start of the first forecast slot = end of the last known one. */
  readonly originAtMs: number;
  readonly stepSeconds: number;
  /** [step] expected arrival rate, requests per second. */
  readonly meanRps: readonly number[];
  /** [step][quantile, as QUANTILE_LEVELS] arrival rate, requests per second, ascending, never negative. */
  readonly quantilesRps: readonly (readonly number[])[];
}

export interface ForecastUnavailable {
  readonly kind: 'unavailable';
  readonly skipped: readonly SkippedModel[];
}

export type ForecastResult = Forecast | ForecastUnavailable;
