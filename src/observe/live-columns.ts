import { asKept } from '../domain/time-series.ts';
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
export function liveAtStep({ metrics, rolloutsAtMs }: LiveHistory, stepSeconds: number): LiveHistory {
  const coarse = Object.entries(metrics).map(([name, series]) => [name, resample(series, stepSeconds)]);
  return { metrics: Object.fromEntries(coarse) as LiveHistory['metrics'], rolloutsAtMs };
}

/** In the numbers that a loop would have (asKept). */
export function asKeptLive({ metrics, rolloutsAtMs }: LiveHistory): LiveHistory {
  const kept = Object.entries(metrics).map(([name, series]) => [name, asKept(series)]);
  return { metrics: Object.fromEntries(kept) as LiveHistory['metrics'], rolloutsAtMs };
}
