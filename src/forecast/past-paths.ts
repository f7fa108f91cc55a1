import type { RateScale } from './scale.ts';

/** What a model forecast at past origins, in its own (variance-stabilised) scale; [origin * steps + column]. */
export interface PastPaths<Numbers extends Float32Array | Float64Array = Float32Array | Float64Array> {
  readonly scale: RateScale;
  /** Absolute slot numbers, ascending. */
  readonly origins: Int32Array;
  /** Columns: steps of the horizon whose errors are known. */
  readonly steps: number;
  /** Which steps these are, ascending, the first and the last among them; absent: all. */
  readonly stepAt?: readonly number[];
  readonly forecasts: Numbers;
  /** What errors are divided by, above 0: 1, or the square root of the expected error (half standardised). */
  readonly sizes: Numbers;
}

/** The step of the horizon that a column is of. */
export function stepOfColumn({ stepAt }: Pick<PastPaths, 'stepAt'>, column: number): number {
  return stepAt === undefined ? column : stepAt[column];
}
