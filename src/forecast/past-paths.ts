import type { RateScale } from './scale.ts';

/** What a model forecast at past origins, in its own (variance-stabilised) scale; [origin * originStride + step * stepStride]. */
export interface PastPaths<
  Numbers extends Float32Array | Float64Array = Float32Array | Float64Array,
> extends PathLayout {
  readonly scale: RateScale;
  /** Absolute slot numbers, ascending. */
  readonly origins: Int32Array;
  readonly steps: number;
  readonly forecasts: Numbers;
  /** What errors are divided by, above 0: 1, or the square root of the expected error (half standardised). */
  readonly sizes: Numbers;
}

/** How far apart numbers of neighbouring origins, and of neighbouring steps, stand. */
export interface PathLayout {
  readonly originStride: number;
  readonly stepStride: number;
}

/** Path behind path. */
export function pathByPath(steps: number): PathLayout {
  return { originStride: steps, stepStride: 1 };
}

/** Step behind step, each of all origins: what is read step by step is read in a row. */
export function stepByStep(origins: number): PathLayout {
  return { originStride: 1, stepStride: origins };
}
