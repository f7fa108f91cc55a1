import type { RateScale } from './scale.ts';

/** What a model forecast at past origins, in its own (variance-stabilised) scale; [origin * steps + step]. */
export interface PastPaths {
  readonly scale: RateScale;
  /** Absolute slot numbers, ascending. */
  readonly origins: Int32Array;
  readonly steps: number;
  readonly forecasts: Float64Array;
  /** What errors are divided by, above 0: 1, or the square root of the expected error (half standardised). */
  readonly sizes: Float64Array;
}
