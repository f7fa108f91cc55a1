import { MS_PER_SECOND } from '../domain/clock.ts';
import { slotStartMs, type TimeSeries } from '../domain/time-series.ts';

/** Of a bucket's slots at least this share must hold a sample, as whole numbers so that 3 of 5 is exact. */
const MIN_PRESENT = { slots: 3, of: 5 };

/**
 * Means over buckets of `stepSeconds` on the UTC clock (a 5-minute bucket starts at :00, :05, …; `phaseMs` moves them
 * all). A slot belongs to the bucket that it starts in; a bucket with samples for less than 3/5 of its slots is NaN.
 * The first and the last bucket may be cut off by the recording's ends, and count by the same rule. At the series' own
 * step or below there is nothing to do.
 */
export function resample(series: TimeSeries, stepSeconds: number, phaseMs = 0): TimeSeries {
  if (stepSeconds <= series.stepSeconds || series.values.length === 0) return series;
  const stepMs = stepSeconds * MS_PER_SECOND;
  const bucketAt = (index: number): number => Math.floor((slotStartMs(series, index) - phaseMs) / stepMs);
  const first = bucketAt(0);
  const values = new Float64Array(bucketAt(series.values.length - 1) - first + 1);
  const present = new Uint32Array(values.length);
  series.values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    values[bucketAt(index) - first] += value;
    present[bucketAt(index) - first] += 1;
  });
  const slotsPerBucket = stepSeconds / series.stepSeconds;
  present.forEach((count, bucket) => {
    values[bucket] =
      count * MIN_PRESENT.of >= slotsPerBucket * MIN_PRESENT.slots ? values[bucket] / count : Number.NaN;
  });
  return { startAtMs: first * stepMs + phaseMs, stepSeconds, values };
}
