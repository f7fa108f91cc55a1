import { readingsBeside } from '../../features/live-readings.ts';
import type { ForecastRequest } from '../../forecaster.ts';
import type { PastPaths } from '../../past-paths.ts';
import type { ArimaPath } from '../arima/arima.ts';
import { DirectView } from '../arima/series-view.ts';
import type { BasePath, Surroundings } from './network-inputs.ts';

/** The base's path at the `index`th past origin; shares memory with all of them. */
export function basePathAt(
  { forecasts, sizes, steps, originStride }: PastPaths<Float64Array>,
  index: number,
): BasePath {
  const from = index * originStride;
  return { forecasts: forecasts.subarray(from, from + steps), sizes: sizes.subarray(from, from + steps) };
}

/** What the features of a path's origins are read from. */
export function surroundingsOf(
  path: ArimaPath,
  { calendar: { events }, series, live }: Pick<ForecastRequest, 'calendar' | 'series' | 'live'>,
): Surroundings {
  const { history, clock, paths } = path;
  const { stepSeconds, slotsPerDay } = history;
  return {
    stepSeconds,
    slotsPerDay,
    live: live && readingsBeside(live, series, history),
    horizonSteps: paths.steps,
    view: new DirectView(history, paths.scale),
    clock,
    events,
  };
}
