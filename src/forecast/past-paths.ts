import type { RateScale } from './scale.ts';

/** What a model forecast at past origins, in its own (variance-stabilised) scale; [origin * steps + step]. */
export interface PastPaths<Numbers extends Float32Array | Float64Array = Float32Array | Float64Array> {
  readonly scale: RateScale;
  /** Absolute slot numbers, ascending. */
  readonly origins: Int32Array;
  readonly steps: number;
  readonly forecasts: Numbers;
  /** What errors are divided by, above 0: 1, or the square root of the expected error (half standardised). */
  readonly sizes: Numbers;
}
