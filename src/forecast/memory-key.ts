import type { ForecastRequest } from './forecaster.ts';
import { calendarKey } from './local-clock.ts';

/** Names what a model remembers of a series: requests that differ in it share nothing. */
export function memoryKeyOf({
  seriesKey,
  series,
  horizonSteps,
  calendar,
  ...request
}: ForecastRequest): string {
  const { learningOffsetSeconds = 0 } = request;
  return `${seriesKey} ${calendarKey(calendar)} ${series.stepSeconds} ${horizonSteps} ${learningOffsetSeconds}`;
}
