import type { History } from '../../history.ts';
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../../domain/clock.ts';

/** Which regressors a fit has: what its step and the age of its history allow. */
export interface FeaturePlan {
  readonly stepSeconds: number;
  readonly slotsPerDay: number;
  /** Newest slots, one by one. */
  readonly lags: number;
  /** Means over so many newest slots. */
  readonly windowSlots: readonly number[];
  /** Same time on earlier days, daily profile, time of day. */
  readonly hasDay: boolean;
  /** What is usual at the minute of the hour. */
  readonly hasHour: boolean;
  /** Same time last week and the weekend. */
  readonly hasWeek: boolean;
  /** Public holidays: as regressors, and kept out of what is usual. */
  readonly hasHolidays: boolean;
  /** Slots on each side over which a seasonal value is smoothed. */
  readonly smoothSlots: number;
  readonly originColumns: number;
  readonly targetColumns: number;
  readonly spreadColumns: number;
}

const WINDOWS_SECONDS = [
  300,
  900,
  1800,
  3600,
  3 * SECONDS_PER_HOUR,
  6 * SECONDS_PER_HOUR,
  12 * SECONDS_PER_HOUR,
];
/** A seasonal lag is a regressor once this much history lies before the fit. */
const DAY_FROM_DAYS = 1.75;
const WEEK_FROM_DAYS = 8.5;
/** A longer step hides it. */
const HOUR_TO_SECONDS = 300;
/** A window is a regressor once the history is this many times as long. */
const WINDOW_REPEATS = 3;

/** The last of a row's target columns. */
export const HOLIDAY_COLUMNS = 2;

export const VOLATILITY_SLOTS = [3, 12, 48] as const;

export function featurePlan(
  history: Pick<History, 'stepSeconds' | 'slotsPerDay'>,
  ageSlots: number,
  knowsHolidays = false,
): FeaturePlan {
  const { stepSeconds, slotsPerDay } = history;
  const hasDay = ageSlots >= DAY_FROM_DAYS * slotsPerDay;
  const hasHour = hasDay && isWithinHour(stepSeconds);
  const hasWeek = ageSlots >= WEEK_FROM_DAYS * slotsPerDay;
  const hasHolidays = knowsHolidays && hasWeek;
  const windows = WINDOWS_SECONDS.filter((seconds) => stepSeconds <= 30 || seconds >= 900)
    .concat(hasDay ? [SECONDS_PER_DAY] : [], hasWeek ? [7 * SECONDS_PER_DAY] : [])
    .map((seconds) => Math.round(seconds / stepSeconds))
    .filter((slots) => slots >= 2 && slots * (hasDay ? 1 : WINDOW_REPEATS) <= ageSlots);
  const lags = lagsFor(stepSeconds);
  return {
    stepSeconds,
    slotsPerDay,
    lags,
    windowSlots: windows,
    hasDay,
    hasHour,
    hasWeek,
    hasHolidays,
    smoothSlots: smoothSlotsFor(stepSeconds),
    originColumns: lags + windows.length + seasonalOriginColumns({ hasDay, hasHour, hasWeek }),
    targetColumns: targetColumns({ hasDay, hasHour, hasWeek, hasHolidays }),
    spreadColumns: VOLATILITY_SLOTS.length + 4 + (hasDay ? 8 : 0) + (hasWeek ? 2 : 0),
  };
}

type Seasons = Pick<FeaturePlan, 'hasDay' | 'hasHour' | 'hasWeek'>;

function seasonalOriginColumns({ hasDay, hasHour, hasWeek }: Seasons): number {
  return (hasDay ? 2 : 0) + (hasHour ? 1 : 0) + (hasWeek ? 2 : 0);
}

function targetColumns({
  hasDay,
  hasHour,
  hasWeek,
  hasHolidays,
}: Seasons & Pick<FeaturePlan, 'hasHolidays'>): number {
  return (hasDay ? 11 : 0) + (hasHour ? 1 : 0) + (hasWeek ? 3 : 0) + (hasHolidays ? HOLIDAY_COLUMNS : 0);
}

/** Whether what scheduled jobs do within an hour shows, at the same slots of every hour. */
function isWithinHour(stepSeconds: number): boolean {
  return stepSeconds <= HOUR_TO_SECONDS && SECONDS_PER_HOUR % stepSeconds === 0;
}

/** More lags where a slot is short against the memory of the load. */
function lagsFor(stepSeconds: number): number {
  if (stepSeconds <= 60) return 10;
  if (stepSeconds <= 300) return 12;
  return stepSeconds <= 600 ? 8 : 6;
}

/** About 15 minutes in all at short steps, five slots up to 5 minutes, nothing beyond. */
function smoothSlotsFor(stepSeconds: number): number {
  if (stepSeconds <= 60) return Math.floor(450 / stepSeconds);
  return stepSeconds <= 300 ? 2 : 0;
}
