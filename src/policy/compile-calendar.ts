import type { Calendar, CalendarEvent } from './policy.ts';
import type { PolicySpec } from './policy-schema.ts';

/** Time zone, holidays and events; an event by schedule or from a file has been refused before. */
export function compileCalendar({ timeZone, holidays, events }: PolicySpec): Calendar {
  return {
    timeZone,
    holidayCountry: holidays?.country ?? null,
    events: events.map(compileEvent),
  };
}

function compileEvent(event: PolicySpec['events'][number]): CalendarEvent {
  const { name, start, end, arrivalRateMultiplier } = event;
  if (start === undefined || end === undefined)
    throw new TypeError('an event without start and end got past the list of unsupported things');
  return { name, startAtMs: Date.parse(start), endAtMs: Date.parse(end), arrivalRateMultiplier };
}
