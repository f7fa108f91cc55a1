import { MS_PER_SECOND } from '../domain/clock.ts';
import type { LiveHistory } from '../domain/live-history.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { FeatureSpec } from '../forecast/features/feature-spec.ts';
import type { ForecastRequest } from '../forecast/forecaster.ts';
import { type ArimaPath, createArimaPaths } from '../forecast/models/arima/arima.ts';
import { basePathAt, surroundingsOf } from '../forecast/models/lstm/base-paths.ts';
import {
  type BasePath,
  expectedError,
  type OriginRecord,
  recordAt,
  trackOf,
} from '../forecast/models/lstm/network-inputs.ts';
import type { RateScale } from '../forecast/scale.ts';

/** What is learned from: arrival rates, and what is known beside them. */
export interface NamedSeries {
  readonly name: string;
  readonly series: TimeSeries;
  readonly live?: LiveHistory | undefined;
}

/** One series as training material: a record per origin, ascending, and what came. */
export interface SeriesExamples {
  readonly name: string;
  readonly stepSeconds: number;
  readonly horizonSteps: number;
  readonly records: readonly OriginRecord[];
  /** [record * horizonSteps + step]: (actual - base) / expected error; NaN where the actual is not known. */
  readonly errors: Float64Array;
  /**
   * The same places: requests per second that an expected error is worth, over the base's mean absolute error in
   * requests per second. So every series' losses sum to about the same, and a loss is a share of the base's.
   */
  readonly weights: Float64Array;
}

export interface ExamplesPlan {
  readonly horizonSteps: number;
  readonly calendar: ForecastRequest['calendar'];
  readonly features: readonly FeatureSpec[];
}

/** A single slot may count for so many average ones. */
const MOST_WEIGHT = 20;
/** A record looks no further back among the earlier ones. */
const REMEMBERED_RECORDS = 100;

/** Examples at every past origin that a forecast of this series would take its errors from; undefined for too short ones, and for one that never changes. */
export function examplesOf(
  { name, series, live }: NamedSeries,
  plan: ExamplesPlan,
): SeriesExamples | undefined {
  const { horizonSteps, calendar, features } = plan;
  if (!changes(series)) return undefined;
  const records: OriginRecord[] = [];
  const errors: number[] = [];
  const worths: number[] = [];
  const actualAt = rateReader(series);
  for (const path of pathsOf(series, plan)) {
    const surroundings = surroundingsOf(path, { calendar, series, live });
    path.paths.origins.forEach((origin, index) => {
      const { forecasts, sizes } = basePathAt(path.paths, index);
      const base = { forecasts: forecasts.slice(), sizes: sizes.slice() };
      const before = trackOf(records.slice(-REMEMBERED_RECORDS));
      records.push(recordAt(surroundings, { origin, base }, features, before));
      for (let step = 0; step < horizonSteps; step += 1) {
        const actual = path.paths.scale.scaledFromRps(actualAt(origin + step));
        errors.push((actual - base.forecasts[step]) / expectedError(base, step));
        worths.push(worthRps(path.paths.scale, base, step));
      }
    });
  }
  if (records.length === 0) return undefined;
  const weights = weightsFrom(worths, errors);
  return {
    name,
    stepSeconds: series.stepSeconds,
    horizonSteps,
    records,
    errors: Float64Array.from(errors),
    weights,
  };
}

/** Of two samples that differ. What is forecast of others misses by rounding alone, and rounding teaches nothing. */
function changes({ values }: TimeSeries): boolean {
  const first = values.find((value) => !Number.isNaN(value));
  return values.some((value) => !Number.isNaN(value) && value !== first);
}

function rateReader({ startAtMs, stepSeconds, values }: TimeSeries): (slot: number) => number {
  const firstSlot = Math.floor(startAtMs / (stepSeconds * MS_PER_SECOND));
  return (slot) => values[slot - firstSlot] ?? Number.NaN;
}

/** Requests per second across an expected error around the base's forecast. */
function worthRps({ rpsFromScaled }: RateScale, base: BasePath, step: number): number {
  const half = expectedError(base, step) / 2;
  return rpsFromScaled(base.forecasts[step] + half) - rpsFromScaled(base.forecasts[step] - half);
}

function weightsFrom(worths: readonly number[], errors: readonly number[]): Float64Array {
  let sum = 0;
  let count = 0;
  errors.forEach((error, index) => {
    if (error !== error) return;
    sum += worths[index] * Math.abs(error);
    count += 1;
  });
  const mean = sum / count || 1;
  return Float64Array.from(worths, (worth) => Math.min(MOST_WEIGHT, worth / mean));
}

/** Blocks of paths that together hold every past origin once, ascending. */
function pathsOf(series: TimeSeries, { horizonSteps, calendar }: ExamplesPlan): readonly ArimaPath[] {
  const pathsFor = createArimaPaths();
  const seriesFirst = Math.floor(series.startAtMs / (series.stepSeconds * MS_PER_SECOND));
  const blocks: ArimaPath[] = [];
  let end = series.values.length;
  while (end > 0) {
    const known = { ...series, values: series.values.subarray(0, end) };
    const path = pathsFor({ seriesKey: 'training', series: known, horizonSteps, calendar });
    if (path.kind === 'unavailable' || path.paths.origins.length === 0) break;
    blocks.push(path);
    end = path.paths.origins[0] - seriesFirst;
  }
  return blocks.reverse();
}
