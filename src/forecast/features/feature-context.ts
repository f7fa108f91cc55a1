import type { LocalClock } from '../local-clock.ts';
import type { SeriesView } from '../models/arima/series-view.ts';
import type { CalendarEvent } from '../known-events.ts';
import type { LiveReadings } from './live-readings.ts';

/** All that is known at an origin: the instant at which slot `origin` begins. Nothing reads a slot from it on. */
export interface FeatureContext {
  readonly origin: number;
  readonly stepSeconds: number;
  readonly slotsPerDay: number;
  readonly horizonSteps: number;
  /** Arrival rates in the series' own scale (square root or logarithm). */
  readonly view: SeriesView;
  readonly clock: LocalClock;
  readonly events: readonly CalendarEvent[];
  /** undefined: nothing is known but the arrival rates. */
  readonly live?: LiveReadings | undefined;
}

/** What rates are told in, so that neither the level nor the unit of a series matters. */
export interface RateReference {
  /** Mean of the last day (of what there is of it), in the series' scale. */
  readonly level: number;
  /** Mean absolute change from slot to slot over that day; above 0. */
  readonly change: number;
}

/** A change smaller than this share of the level is none. */
const LEAST_CHANGE_RATIO = 1e-6;

export function rateReference({ view, origin, slotsPerDay }: FeatureContext): RateReference {
  const mean = view.mean(origin - slotsPerDay, origin);
  const level = mean === mean ? mean : view.filledAt(origin - 1);
  const least = LEAST_CHANGE_RATIO * (Math.abs(level) || 1);
  return { level, change: Math.max(least, view.meanChange(origin, slotsPerDay)) };
}
