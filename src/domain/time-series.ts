import { MS_PER_SECOND } from './clock.ts';

/** Kept at length a value takes four bytes (SlotStore), in passing eight. */
export type SlotValues = Float32Array | Float64Array;

/**
 * A regular grid of interval means. Slot k covers [startAtMs + k*step, startAtMs + (k+1)*step) and is known
 * from its end on. NaN means "no sample for this slot" and nothing else; a recorded zero is 0.
 */
export interface TimeSeries {
  readonly startAtMs: number;
  readonly stepSeconds: number;
  /** One mean per slot, in the unit that the owner's name says (usually requests per second). */
  readonly values: SlotValues;
}

/** The instant at which slot `index` begins. */
export function slotStartMs(series: TimeSeries, index: number): number {
  return series.startAtMs + index * series.stepSeconds * MS_PER_SECOND;
}

/** The end of the last slot: the earliest instant at which all of the series is known. */
export function seriesEndMs(series: TimeSeries): number {
  return slotStartMs(series, series.values.length);
}

/** The slot that `atMs` falls into; may lie outside the series. */
export function slotIndexAt(series: TimeSeries, atMs: number): number {
  return Math.floor((atMs - series.startAtMs) / (series.stepSeconds * MS_PER_SECOND));
}

/** As a history is kept at length (SlotStore): who forecasts from a recording forecasts from the numbers that a loop would have. */
export function asKept(series: TimeSeries): TimeSeries {
  return { ...series, values: Float32Array.from(series.values) };
}

/** The part of the series that was known at `atMs`: whole slots only. Shares memory with the original; all of it is the original. */
export function knownAt(series: TimeSeries, atMs: number): TimeSeries {
  const length = Math.max(0, Math.min(series.values.length, slotIndexAt(series, atMs)));
  if (length === series.values.length) return series;
  return { ...series, values: series.values.subarray(0, length) };
}

/** Samples as a source gives them: interval starts, ascending, gaps allowed. NaN: the source itself said NaN. */
export interface Samples {
  readonly startsAtMs: Float64Array | readonly number[];
  readonly values: Float64Array | readonly number[];
}

/** Share of slots (0..1) in [fromIndex, toIndex) that hold a sample; 0 for an empty range. */
export function presentRatio(series: TimeSeries, fromIndex: number, toIndex: number): number {
  const from = Math.max(0, fromIndex);
  const to = Math.min(series.values.length, toIndex);
  let present = 0;
  for (let i = from; i < to; i += 1) if (!Number.isNaN(series.values[i])) present += 1;
  return toIndex > fromIndex ? present / (toIndex - fromIndex) : 0;
}
