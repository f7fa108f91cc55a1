import type { FeatureContext } from './feature-context.ts';
import type { FeatureSpec } from './feature-spec.ts';
import { type LocalMoment, localMomentAt } from './local-calendar.ts';

const TURN = 2 * Math.PI;
const BUSINESS_HOURS = { from: 9, to: 17 } as const;
const SOURCE = 'clock, local time of policy.timeZone';

function ofMoment(
  name: string,
  unit: string,
  value: (moment: LocalMoment) => number,
  source = SOURCE,
): FeatureSpec {
  return {
    name,
    group: 'calendar',
    unit,
    source,
    read: (context) => value(localMomentAt(context, context.origin)),
  };
}

function holiday(name: string, daysLater: number): FeatureSpec {
  return {
    name,
    group: 'calendar',
    unit: '0 or 1',
    source: 'public holidays of policy.holidays.country',
    read: (context) => holidayAt(context, daysLater),
  };
}

function holidayAt(context: FeatureContext, daysLater: number): number {
  const { holidays } = context.clock;
  if (holidays === undefined) return Number.NaN;
  return holidays.has(localMomentAt(context, context.origin).day + daysLater) ? 1 : 0;
}

function isBusinessHour({ isWeekend, hour }: LocalMoment): boolean {
  return !isWeekend && hour >= BUSINESS_HOURS.from && hour < BUSINESS_HOURS.to;
}

export const calendarFeatures: readonly FeatureSpec[] = [
  ofMoment('daySine', 'sine of the day', ({ dayRatio }) => Math.sin(TURN * dayRatio)),
  ofMoment('dayCosine', 'cosine of the day', ({ dayRatio }) => Math.cos(TURN * dayRatio)),
  ofMoment('halfDaySine', 'sine of half a day', ({ dayRatio }) => Math.sin(2 * TURN * dayRatio)),
  ofMoment('halfDayCosine', 'cosine of half a day', ({ dayRatio }) => Math.cos(2 * TURN * dayRatio)),
  ofMoment('weekSine', 'sine of the week', ({ weekRatio }) => Math.sin(TURN * weekRatio)),
  ofMoment('weekCosine', 'cosine of the week', ({ weekRatio }) => Math.cos(TURN * weekRatio)),
  ofMoment('monthSine', 'sine of the month', ({ monthRatio }) => Math.sin(TURN * monthRatio)),
  ofMoment('monthCosine', 'cosine of the month', ({ monthRatio }) => Math.cos(TURN * monthRatio)),
  ofMoment('yearSine', 'sine of the year', ({ yearRatio }) => Math.sin(TURN * yearRatio)),
  ofMoment('yearCosine', 'cosine of the year', ({ yearRatio }) => Math.cos(TURN * yearRatio)),
  ofMoment('weekend', '0 or 1', ({ isWeekend }) => (isWeekend ? 1 : 0)),
  ofMoment('businessHours', '0 or 1 (Monday to Friday, 9 to 17)', (moment) =>
    isBusinessHour(moment) ? 1 : 0,
  ),
  holiday('holiday', 0),
  holiday('dayBeforeHoliday', 1),
  holiday('dayAfterHoliday', -1),
];
