import { MS_PER_SECOND, SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../domain/clock.ts';
import type { FeatureContext } from './feature-context.ts';

/** Where a slot lies on the local calendar. */
export interface LocalMoment {
  /** 0..1 through the day, the week (from Monday), the month, the year. */
  readonly dayRatio: number;
  readonly weekRatio: number;
  readonly monthRatio: number;
  readonly yearRatio: number;
  readonly isWeekend: boolean;
  readonly hour: number;
  /** Days since 1 January 1970, local. */
  readonly day: number;
}

const DAYS_PER_WEEK = 7;
/** 1 January 1970 was a Thursday: 3 days after a Monday. */
const EPOCH_DAYS_AFTER_MONDAY = 3;
const FIRST_WEEKEND_DAY = 5;
const MS_PER_DAY = SECONDS_PER_DAY * MS_PER_SECOND;

export function localMomentAt(
  { clock, stepSeconds }: Pick<FeatureContext, 'clock' | 'stepSeconds'>,
  slot: number,
): LocalMoment {
  const localSeconds = (slot + clock.offsetSlots(slot)) * stepSeconds;
  const day = Math.floor(localSeconds / SECONDS_PER_DAY);
  const daySeconds = localSeconds - day * SECONDS_PER_DAY;
  const dayRatio = daySeconds / SECONDS_PER_DAY;
  const weekday = (((day + EPOCH_DAYS_AFTER_MONDAY) % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK;
  const date = new Date(day * MS_PER_DAY);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  const monthDays = (Date.UTC(year, month + 1, 1) - Date.UTC(year, month, 1)) / MS_PER_DAY;
  const yearDays = (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / MS_PER_DAY;
  return {
    dayRatio,
    weekRatio: (weekday + dayRatio) / DAYS_PER_WEEK,
    monthRatio: (date.getUTCDate() - 1 + dayRatio) / monthDays,
    yearRatio: ((day * MS_PER_DAY - Date.UTC(year, 0, 1)) / MS_PER_DAY + dayRatio) / yearDays,
    isWeekend: weekday >= FIRST_WEEKEND_DAY,
    hour: Math.floor(daySeconds / SECONDS_PER_HOUR),
    day,
  };
}

/** The slot at the same local time `days` days before; moved where clocks were changed in between. */
export function daysBefore(
  { clock, slotsPerDay }: Pick<FeatureContext, 'clock' | 'slotsPerDay'>,
  slot: number,
  days: number,
): number {
  const before = slot - days * slotsPerDay;
  return before + clock.offsetSlots(slot) - clock.offsetSlots(before);
}
