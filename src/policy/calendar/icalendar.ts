/** iCalendar files (RFC 5545): the events of a file, and when they take place. */
import ICAL from 'ical.js';
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../../domain/clock.ts';
import { overlap, type TimeWindow } from '../../domain/time-window.ts';
import { instantOfLocal, isTimeZone, zoneOffset } from '../../domain/zone-offset.ts';

export interface NamedWindow extends TimeWindow {
  /** The event's SUMMARY; empty where it has none. */
  readonly summary: string;
}

export interface ICalendar {
  /** Every occurrence that touches `within`; times without a zone, and whole days, are local to `timeZone`. */
  readonly windows: (timeZone: string, within: TimeWindow) => readonly NamedWindow[];
}

export const MAX_ICALENDAR_BYTES = 1024 * 1024;
const MAX_EVENTS = 5000;
/** Daily for 27 years: occurrences are counted from the first, each time. */
const MAX_OCCURRENCES = 10_000;
const TOO_OFTEN = ['SECONDLY', 'MINUTELY', 'HOURLY'];

/**
 * Reads a file whole. Throws Error, in words that quote nothing of the file but the name of a time zone: a path may
 * lead to what is nobody's business.
 */
export function parseICalendar(text: string): ICalendar {
  const events = eventsIn(text);
  for (const event of events) checkEvent(event);
  return { windows: (timeZone, within) => events.flatMap((event) => windowsOf(event, timeZone, within)) };
}

function eventsIn(text: string): readonly ICAL.Event[] {
  const components = calendarsIn(text).flatMap((calendar) => calendar.getAllSubcomponents('vevent'));
  if (components.length > MAX_EVENTS)
    throw new Error(`has ${components.length} events, at most ${MAX_EVENTS}`);
  return components
    .map((component) => new ICAL.Event(component, { strictExceptions: true }))
    .filter((event) => !event.isRecurrenceException());
}

function calendarsIn(text: string): readonly ICAL.Component[] {
  const notOne = new Error('is no iCalendar file: it has to begin with BEGIN:VCALENDAR and to be whole');
  if (!/^\s*BEGIN:VCALENDAR\s/i.test(text)) throw notOne;
  try {
    const parsed = ICAL.parse(text) as unknown[];
    const calendars = Array.isArray(parsed[0]) ? (parsed as unknown[][]) : [parsed];
    return calendars.map((calendar) => new ICAL.Component(calendar));
  } catch {
    throw notOne;
  }
}

function checkEvent(event: ICAL.Event): void {
  const { startDate, endDate } = timesOf(event);
  const zone = zoneNameOf(startDate);
  if (zone !== undefined && !isTimeZone(zone))
    throw new Error(
      `has an event in the time zone ${JSON.stringify(zone)}, which is not in the file and no IANA name`,
    );
  if (endDate.compare(startDate) < 0) throw new Error('has an event that ends before it starts');
  const rules = event.isRecurring() ? (event.getRecurrenceTypes() as Record<string, boolean>) : {};
  if (TOO_OFTEN.some((type) => rules[type]))
    throw new Error('has an event that comes back every hour or oftener; a cron schedule can');
}

function timesOf(event: ICAL.Event) {
  try {
    return { startDate: event.startDate, endDate: event.endDate };
  } catch {
    throw new Error('has an event without a start that can be read (DTSTART)');
  }
}

function windowsOf(event: ICAL.Event, timeZone: string, within: TimeWindow): readonly NamedWindow[] {
  const windows: NamedWindow[] = [];
  for (const one of occurrencesOf(event, within.endAtMs)) {
    if (one.item.component.getFirstPropertyValue('status') === 'CANCELLED') continue;
    const startAtMs = instantOf(one.startDate, event.startDate, timeZone);
    const endAtMs = instantOf(one.endDate, event.startDate, timeZone);
    const window = { startAtMs, endAtMs, summary: one.item.summary ?? '' };
    if (endAtMs > startAtMs && overlap(window, within)) windows.push(window);
  }
  return windows;
}

interface Occurrence {
  readonly item: ICAL.Event;
  readonly startDate: ICAL.Time;
  readonly endDate: ICAL.Time;
}

const MS_PER_MONTH = 31 * SECONDS_PER_DAY * MS_PER_SECOND;

/** From the first on, until one starts a month after `untilMs`: a moved one may come earlier than its rule says. */
function* occurrencesOf(event: ICAL.Event, untilMs: number): Generator<Occurrence> {
  if (!event.isRecurring()) {
    yield { item: event, startDate: event.startDate, endDate: event.endDate };
    return;
  }
  const iterator = event.iterator();
  const lateMs = untilMs + MS_PER_MONTH;
  for (let count = 0; count < MAX_OCCURRENCES; count += 1) {
    const next = iterator.next();
    if (next === undefined || utcReading(next) > lateMs) return;
    yield event.getOccurrenceDetails(next);
  }
}

/** The occurrences of a rule lose the zone's name of the start that they come from. */
function instantOf(time: ICAL.Time, start: ICAL.Time, timeZone: string): number {
  if (hasOffset(time)) return time.toUnixTime() * MS_PER_SECOND;
  const zone = zoneNameOf(time) ?? zoneNameOf(start) ?? timeZone;
  return instantOfLocal(zoneOffset(zone), utcReading(time));
}

/** UTC, or in a time zone that the file itself describes. */
function hasOffset({ zone }: ICAL.Time): boolean {
  return zone !== ICAL.Timezone.localTimezone;
}

function zoneNameOf(time: ICAL.Time): string | undefined {
  if (hasOffset(time)) return undefined;
  return (time as { timezone?: string }).timezone;
}

function utcReading({ year, month, day, hour, minute, second }: ICAL.Time): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
