import { asKept, type TimeSeries } from '../domain/time-series.ts';
import { LIVE_FEATURES, type LiveFeature, type LiveHistory } from '../domain/live-history.ts';
import type { Recording } from './recording/recording.ts';
import { resample } from './resample.ts';

/**
 * What a recording knows beside its arrival rates, of the metrics that are `wanted`: no recording has rollouts. undefined:
 * it has none of the columns.
 */
export function liveOfRecording(
  { columns }: Pick<Recording, 'columns'>,
  wanted: (metric: LiveFeature) => boolean = () => true,
): LiveHistory | undefined {
  const found = LIVE_FEATURES.filter(wanted).flatMap((name) =>
    columns[name] ? [[name, columns[name]] as const] : [],
  );
  return found.length === 0 ? undefined : { metrics: Object.fromEntries(found), rolloutsAtMs: [] };
}

/** Means over longer slots, as `resample` makes them of the arrival rates. */
export function liveAtStep(live: LiveHistory, stepSeconds: number): LiveHistory {
  return withEach(live, (series) => resample(series, stepSeconds));
}

/** In the numbers that a loop would have (asKept). */
export function asKeptLive(live: LiveHistory): LiveHistory {
  return withEach(live, asKept);
}

function withEach(
  { metrics, rolloutsAtMs }: LiveHistory,
  change: (series: TimeSeries) => TimeSeries,
): LiveHistory {
  const changed = Object.entries(metrics).map(([name, series]) => [name, change(series)]);
  return { metrics: Object.fromEntries(changed) as LiveHistory['metrics'], rolloutsAtMs };
}
