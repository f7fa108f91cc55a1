import { MS_PER_SECOND, SECONDS_PER_DAY } from '../../../domain/clock.ts';
import { seriesEndMs, type TimeSeries } from '../../../domain/time-series.ts';
import type { NamedSeries } from '../../../train/data-set.ts';
import { keptSeriesOf } from '../training-series.ts';
import type { WorkloadClass } from './classes-to-train.ts';

/** Of a larger class so many stand for all: each takes some four seconds and 7 MB. */
const MOST_WORKLOADS = 100;
const DAY_MS = SECONDS_PER_DAY * MS_PER_SECOND;

/** What is kept of a class's workloads, of whole days; of each that has some, until there are enough. */
export function historiesOfClass({ policies }: WorkloadClass, seriesDir: string): readonly NamedSeries[] {
  const histories: NamedSeries[] = [];
  for (const policy of policies) {
    if (histories.length === MOST_WORKLOADS) break;
    const kept = keptSeriesOf(policy, seriesDir);
    if (kept === undefined) continue;
    const series = wholeDays(kept.series);
    if (series.values.length > 0) histories.push({ name: kept.name, series });
  }
  return histories;
}

/**
 * From the first midnight (UTC) to the last: whoever goes on within the day with what another has begun learns from the same
 * slots, though the controller writes the newest ones every few minutes.
 */
export function wholeDays(series: TimeSeries): TimeSeries {
  const { startAtMs, stepSeconds, values } = series;
  const stepMs = stepSeconds * MS_PER_SECOND;
  const midnightMs = Math.ceil(startAtMs / DAY_MS) * DAY_MS;
  const first = Math.ceil((midnightMs - startAtMs) / stepMs);
  const lastMidnightMs = Math.floor(seriesEndMs(series) / DAY_MS) * DAY_MS;
  const end = Math.max(first, Math.floor((lastMidnightMs - startAtMs) / stepMs));
  return { ...series, startAtMs: startAtMs + first * stepMs, values: values.subarray(first, end) };
}
