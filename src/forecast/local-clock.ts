import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../domain/clock.ts';
import { zoneOffset } from '../domain/zone-offset.ts';
import { publicHolidays } from '../policy/calendar/public-holidays.ts';
import type { ForecastCalendar } from './known-events.ts';
import { LruCache, remembered } from './lru-cache.ts';

/** Local time of a zone on a grid of slots: what "the same time yesterday" means where clocks are changed. */
export interface LocalClock {
  /** Public holidays as local days since 1 January 1970; undefined where none count. */
  readonly holidays?: ReadonlySet<number>;
  /** Slots that the local clock is ahead of UTC in slot `slot`, rounded; constant where clocks are not changed. */
  offsetSlots(slot: number): number;
}

/** Offsets are looked up once an hour of the clock: zones change at full hours of UTC (or half ones, half an hour late). */
const MAX_REMEMBERED_HOURS = 20_000;

const MOST_CLOCKS = 64;

export type ClockOf = (calendar: ForecastCalendar, stepSeconds: number) => LocalClock;

/** One clock for each calendar and step. */
export function createLocalClocks(): ClockOf {
  const clocks = new LruCache<LocalClock>(MOST_CLOCKS);
  return (calendar, stepSeconds) =>
    remembered(clocks, `${calendarKey(calendar)} ${stepSeconds}`, () => {
      const clock = createLocalClock(calendar.timeZone, stepSeconds);
      const { holidayCountry } = calendar;
      return holidayCountry ? { ...clock, holidays: publicHolidays(holidayCountry) } : clock;
    });
}

/** What is remembered under one key was forecast with the same clock. */
export function calendarKey({ timeZone, holidayCountry }: ForecastCalendar): string {
  return `${timeZone} ${holidayCountry ?? ''}`;
}

export function createLocalClock(timeZone: string, stepSeconds: number): LocalClock {
  if (timeZone === 'UTC') return { offsetSlots: () => 0 };
  const offsetSecondsAt = zoneOffset(timeZone);
  const slotsByHour = new Map<number, number>();
  return {
    offsetSlots(slot) {
      const hour = Math.floor((slot * stepSeconds) / SECONDS_PER_HOUR);
      const known = slotsByHour.get(hour);
      if (known !== undefined) return known;
      if (slotsByHour.size >= MAX_REMEMBERED_HOURS) slotsByHour.clear();
      const offsetSeconds = offsetSecondsAt(hour * SECONDS_PER_HOUR * MS_PER_SECOND);
      const offset = Math.round(offsetSeconds / stepSeconds);
      slotsByHour.set(hour, offset);
      return offset;
    },
  };
}
