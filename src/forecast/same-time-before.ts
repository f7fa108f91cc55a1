import { SECONDS_PER_DAY } from '../domain/clock.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { DAYS_PER_WEEK, WEEKLY_FROM_DAYS } from './models/seasonal-naive/seasonal-naive.ts';

/**
 * What was there at the same time a day before, or a week before once there are 21 days of history, for each of `steps` slots
 * from the end of `history` on, requests per second; the day before that, and so on up to a week, where a slot has no sample.
 * undefined where one has none on any of them, in the first day above all.
 */
export function sameTimeBefore({ stepSeconds, values }: TimeSeries, steps: number): Float64Array | undefined {
  const slotsPerDay = Math.round(SECONDS_PER_DAY / stepSeconds);
  const days = Array.from({ length: DAYS_PER_WEEK }, (_, i) => i + 1);
  const lags = values.length >= WEEKLY_FROM_DAYS * slotsPerDay ? [DAYS_PER_WEEK, ...days] : days;
  const path = new Float64Array(steps);
  for (let step = 0; step < steps; step += 1) {
    const at = values.length + step;
    const lag = lags.find((lagDays) => {
      const index = at - lagDays * slotsPerDay;
      return index < values.length && values[index] >= 0;
    });
    if (lag === undefined) return undefined;
    path[step] = values[at - lag * slotsPerDay];
  }
  return path;
}
