import { SECONDS_PER_HOUR } from '../../../domain/clock.ts';
import type { Row } from '../../numeric/normal-equations.ts';
import type { FeaturePlan } from './feature-plan.ts';
import { VOLATILITY_SLOTS } from './feature-plan.ts';
import type { FeatureSource } from './feature-source.ts';
import { hourShapeAt } from './hour-shape.ts';
import {
  DAYS_PER_WEEK,
  daysBack,
  isHoliday,
  lastWeekOf,
  meanOverDays,
  profileAt,
  PROFILE_WEEKS,
  type Seen,
  smoothed,
  weekdayOf,
  weeklyProfileAt,
  weeksOf,
  yesterdayOf,
} from './same-time-before.ts';

const HARMONICS = 3;
/** Places of the seasonal regressors among a row's target columns. */
const AT = { yesterday: 0, profile: 4, harmonics: 5, hour: 11 } as const;
/** From weekAt on. */
const IN_WEEK = { lastWeek: 0, weekend: 2, holiday: 3 } as const;

function weekAt({ hasHour }: FeaturePlan): number {
  return AT.hour + (hasHour ? 1 : 0);
}

/** Regressors that are the same at every step: newest slots, means, and where the seasonal shapes stand now. */
export function writeOriginColumns(source: FeatureSource, origin: number, { values, start }: Row): void {
  const { plan, view } = source;
  const newest = view.filledAt(origin - 1);
  let at = start;
  for (let lag = 1; lag <= plan.lags; lag += 1) values[at++] = view.filledAt(origin - lag);
  for (const slots of plan.windowSlots) values[at++] = or(view.mean(origin - slots, origin), newest);
  if (!plan.hasDay) return;
  if (plan.hasHour) values[start + plan.originColumns - 1] = hourShapeAt(source, origin - 1, origin);
  const profile = or(profileAt(source, { slot: origin - 1, origin }, 1), newest);
  values[at++] = or(smoothed(source, yesterdayOf(source, { slot: origin - 1, origin }, 1)), newest);
  values[at++] = profile;
  if (!plan.hasWeek) return;
  values[at++] = or(smoothed(source, lastWeekOf(source, { slot: origin - 1, origin }, 1)), profile);
  values[at] = or(weeklyProfileAt(source, { slot: origin - 1, origin }, 1), profile);
}

/** Regressors of the slot that is forecast: the same time yesterday and last week, daily and weekly profile, the time of day. */
export function writeTargetColumns(
  source: FeatureSource,
  origin: number,
  step: number,
  { values, start }: Row,
): void {
  const { plan, view } = source;
  if (!plan.hasDay) return;
  const target = origin + step;
  const seen = { slot: target, origin };
  const newest = view.filledAt(origin - 1);
  const days = daysBack(plan, step);
  const yesterday = yesterdayOf(source, seen, days);
  const near = or(smoothed(source, yesterday), newest);
  const exact = or(view.at(yesterday), near);
  const profile = or(profileAt(source, seen, days), newest);
  values[start] = exact;
  values[start + 1] = or(view.at(yesterday + 1), exact);
  values[start + 2] = or(view.at(yesterday - 1), exact);
  values[start + 3] = near;
  values[start + AT.profile] = profile;
  writeTimeOfDay(source, target, { values, start: start + AT.harmonics });
  if (plan.hasHour) values[start + AT.hour] = hourShapeAt(source, target, origin);
  if (!plan.hasWeek) return;
  const weeks = weeksOf(days);
  const week = start + weekAt(plan);
  values[week + IN_WEEK.lastWeek] = or(smoothed(source, lastWeekOf(source, seen, weeks)), profile);
  values[week + IN_WEEK.lastWeek + 1] = or(weeklyProfileAt(source, seen, weeks), profile);
  values[week + IN_WEEK.weekend] = isWeekend(source, target) ? 1 : 0;
  if (plan.hasHolidays) writeHolidays(source, origin, step, { values, start: week + IN_WEEK.holiday });
}

/** Where what is usual at the target's minute of the hour stands in a row. */
export function hourColumn({ originColumns }: FeaturePlan): number {
  return originColumns + AT.hour;
}

/** How much the series moved lately, on the scale of regressors, and its level of the last hour; NaN where there is none. */
export interface Volatility {
  readonly logChanges: readonly number[];
  /** Over a day; only where days are compared. */
  readonly logDayChange: number;
  readonly hourMean: number;
}

/** The same for every step of an origin. */
export function volatilityAt({ plan, view, changeUnit: unit }: FeatureSource, origin: number): Volatility {
  const hourSlots = Math.max(1, Math.round(SECONDS_PER_HOUR / plan.stepSeconds));
  return {
    logChanges: VOLATILITY_SLOTS.map((slots) => Math.log(view.meanChange(origin, slots) + unit)),
    logDayChange: plan.hasDay ? Math.log(view.meanChange(origin, plan.slotsPerDay) + unit) : Number.NaN,
    hourMean: view.mean(origin - hourSlots, origin),
  };
}

/**
 * Regressors of the size of the error, from a finished row of regressors and its forecast: how much the series moved
 * lately, how high it is, how far from its usual shape, how far the forecast departs from now.
 */
export function writeSpreadColumns(
  { plan, changeUnit: unit }: FeatureSource,
  { logChanges, logDayChange, hourMean }: Volatility,
  { row, forecast }: { readonly row: Row; readonly forecast: number },
  { values, start }: Row,
): void {
  const newest = row.values[row.start];
  let at = start;
  for (const change of logChanges) values[at++] = change;
  values[at++] = newest;
  values[at++] = or(hourMean, newest);
  values[at++] = forecast;
  values[at++] = Math.log(Math.abs(forecast - newest) + unit);
  if (!plan.hasDay) return;
  const target = row.start + plan.originColumns;
  const profileNow = row.values[row.start + plan.lags + plan.windowSlots.length + 1];
  values[at++] = logDayChange;
  for (let i = 0; i < 4; i += 1) values[at++] = row.values[target + AT.harmonics + i];
  values[at++] = row.values[target + AT.yesterday];
  values[at++] = row.values[target + AT.profile];
  values[at++] = Math.log(Math.abs(newest - profileNow) + unit);
  if (!plan.hasWeek) return;
  values[at++] = row.values[target + weekAt(plan) + IN_WEEK.weekend];
  values[at] = row.values[target + weekAt(plan) + IN_WEEK.lastWeek];
}

/** Of the seasonal change since now, this much is expected where nothing is fitted. */
const SEASONAL_CHANGE_RATIO = 0.7;

/**
 * How far `target` is from all that a finished row leads one to expect without any fit: the level of the last quarter
 * with the usual change from it, the daily profile, the same time yesterday. A jump that comes every day is no surprise.
 */
export function surpriseOf(plan: FeaturePlan, { values, start }: Row, target: number): number {
  const level = plan.windowSlots.length > 0 ? values[start + plan.lags] : values[start];
  if (!plan.hasDay) return Math.abs(target - level);
  const profileNow = values[start + plan.lags + plan.windowSlots.length + 1];
  const at = start + plan.originColumns;
  const profileThen = values[at + AT.profile];
  const usualNow = target - level - SEASONAL_CHANGE_RATIO * (profileThen - profileNow);
  return Math.min(
    Math.abs(usualNow),
    Math.abs(usualNow - (plan.hasHour ? values[at + AT.hour] : 0)),
    Math.abs(target - profileThen),
    Math.abs(target - values[at + AT.yesterday]),
  );
}

function writeTimeOfDay({ plan, clock }: FeatureSource, slot: number, { values, start }: Row): void {
  const local = slot + clock.offsetSlots(slot);
  const angle = ((2 * Math.PI) / plan.slotsPerDay) * (local % plan.slotsPerDay);
  for (let harmonic = 1; harmonic <= HARMONICS; harmonic += 1) {
    values[start + 2 * harmonic - 2] = Math.sin(harmonic * angle);
    values[start + 2 * harmonic - 1] = Math.cos(harmonic * angle);
  }
}

function isWeekend(source: FeatureSource, slot: number): boolean {
  const weekday = weekdayOf(source, slot);
  return weekday === 0 || weekday === 6;
}

/**
 * Whether the slot that is forecast is on a holiday, and the change to it from the newest slot that would come if a holiday
 * were a Sunday, less the usual change of the weekday. The regression tells how much of it comes true.
 */
function writeHolidays(source: FeatureSource, origin: number, step: number, { values, start }: Row): void {
  const target = origin + step;
  const days = daysBack(source.plan, step);
  values[start] = isHoliday(source, target) ? 1 : 0;
  values[start + 1] = or(
    sundayInstead(source, { slot: target, origin }, days) -
      sundayInstead(source, { slot: origin - 1, origin }, days),
    0,
  );
}

/** On a holiday: Sundays less the weekday, at this time; 0 on other days. */
function sundayInstead(source: FeatureSource, seen: Seen, days: number): number {
  if (!isHoliday(source, seen.slot)) return 0;
  const first = weekdayOf(source, seen.slot) || DAYS_PER_WEEK;
  const wholeWeeks = DAYS_PER_WEEK * Math.max(0, Math.ceil((days - first) / DAYS_PER_WEEK));
  const sunday = { first: first + wholeWeeks, stride: DAYS_PER_WEEK, count: PROFILE_WEEKS };
  return meanOverDays(source, seen, sunday) - weeklyProfileAt(source, seen, weeksOf(days));
}

function or(value: number, fallback: number): number {
  return value === value ? value : fallback;
}
