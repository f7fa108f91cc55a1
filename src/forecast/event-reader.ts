import { MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import type { TimeWindow } from '../domain/time-window.ts';
import { seriesEndMs, type TimeSeries } from '../domain/time-series.ts';
import { windowsOf } from '../policy/calendar/known-windows.ts';
import type { Calendar, PlannedEvent } from '../policy/policy.ts';
import { withOutcomes } from './event-outcomes.ts';
import type { ForecastRequest } from './forecaster.ts';
import { steadyPart } from './history.ts';
import type { CalendarEvent } from './known-events.ts';

const MS_PER_DAY = SECONDS_PER_DAY * MS_PER_SECOND;

/** A request as it comes from a policy: what the calendar says is not looked up yet. */
export interface PlannedRequest extends Omit<ForecastRequest, 'calendar'> {
  readonly calendar: Calendar;
}

/** Turns what a policy plans into the events that touch a request's time, and takes out what is not to be learnt from. */
export type EventReader = (request: PlannedRequest) => ForecastRequest;

/** Schedules and calendar files are read for whole days at once, and kept as long as the policy is the same. */
export function createEventReader(): EventReader {
  const known = new WeakMap<
    Calendar,
    { readonly days: TimeWindow; readonly events: readonly CalendarEvent[] }
  >();
  function eventsOf(calendar: Calendar, within: TimeWindow): readonly CalendarEvent[] {
    const days = wholeDays(within);
    let kept = known.get(calendar);
    if (kept === undefined || kept.days.startAtMs !== days.startAtMs || kept.days.endAtMs !== days.endAtMs) {
      kept = { days, events: calendar.events.flatMap((event) => eventsFrom(event, calendar.timeZone, days)) };
      known.set(calendar, kept);
    }
    return kept.events;
  }
  return ({ calendar, ...request }) => {
    const { learningOffsetSeconds } = request;
    const { timeZone, holidayCountry, events, excludedFromTraining } = calendar;
    const series = withoutWindows(request.series, excludedFromTraining);
    const announced = events.length === 0 ? [] : eventsOf(calendar, timeOf(request));
    return {
      ...request,
      series,
      calendar: { timeZone, holidayCountry, events: outcomesIn(series, announced, learningOffsetSeconds) },
    };
  };
}

/** From the part with a fixed start: an outcome that changed with every slot would have every model learn anew. */
function outcomesIn(
  series: TimeSeries,
  events: readonly CalendarEvent[],
  offsetSeconds?: number,
): readonly CalendarEvent[] {
  return events.length === 0 ? events : withOutcomes(events, steadyPart(series, offsetSeconds));
}

/** The occurrences of one planned event within a stretch of time. */
export function eventsFrom(
  { name, timing, arrivalRateMultiplier }: PlannedEvent,
  timeZone: string,
  within: TimeWindow,
): readonly CalendarEvent[] {
  return windowsOf(timing, timeZone, within).map(({ startAtMs, endAtMs, summary }) => ({
    name: summary === '' ? name : `${name}: ${summary}`,
    startAtMs,
    endAtMs,
    arrivalRateMultiplier,
  }));
}

/** From the first known slot to the end of the horizon. */
function timeOf({ series, horizonSteps }: Omit<PlannedRequest, 'calendar'>): TimeWindow {
  const endAtMs = seriesEndMs(series) + horizonSteps * series.stepSeconds * MS_PER_SECOND;
  return { startAtMs: series.startAtMs, endAtMs };
}

function wholeDays({ startAtMs, endAtMs }: TimeWindow): TimeWindow {
  return {
    startAtMs: Math.floor(startAtMs / MS_PER_DAY) * MS_PER_DAY,
    endAtMs: Math.ceil(endAtMs / MS_PER_DAY) * MS_PER_DAY,
  };
}

/** The series with a gap wherever a slot touches one of the windows. */
export function withoutWindows(series: TimeSeries, windows: readonly TimeWindow[]): TimeSeries {
  if (windows.length === 0) return series;
  const stepMs = series.stepSeconds * MS_PER_SECOND;
  const values = series.values.slice();
  for (const { startAtMs, endAtMs } of windows) {
    const first = Math.max(0, Math.floor((startAtMs - series.startAtMs) / stepMs));
    const end = Math.min(values.length, Math.ceil((endAtMs - series.startAtMs) / stepMs));
    if (end > first) values.fill(Number.NaN, first, end);
  }
  return { ...series, values };
}
