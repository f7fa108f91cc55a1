import { describe, expect, test } from 'vitest';
import {
  FIRST_YEAR,
  hasHolidays,
  LAST_YEAR,
  publicHolidays,
} from '../../../../src/policy/calendar/public-holidays.ts';

const MS_PER_DAY = 86_400_000;
const dayOf = (year: number, month: number, day: number): number =>
  Date.UTC(year, month - 1, day) / MS_PER_DAY;
const YEARS = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, i) => FIRST_YEAR + i);

/** Easter Sunday, Anonymous Gregorian algorithm (Nature, 20 April 1876). */
function easter(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const correction = century - Math.floor((century + 8) / 25) + 1;
  const epact = (19 * golden + century - Math.floor(century / 4) - Math.floor(correction / 3) + 15) % 30;
  const weekday =
    (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const sum = epact + weekday - 7 * late + 114;
  return dayOf(year, Math.floor(sum / 31), (sum % 31) + 1);
}

/** The nth (-1: the last) `weekday` (Sunday is 0) of a month. */
function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  const days = Array.from({ length: 31 }, (_, i) => new Date(Date.UTC(year, month - 1, i + 1))).filter(
    (date) => date.getUTCMonth() === month - 1 && date.getUTCDay() === weekday,
  );
  return days.at(nth > 0 ? nth - 1 : nth)!.getTime() / MS_PER_DAY;
}

describe('holidays told by their rules', () => {
  test.each(YEARS)('Germany in %d: fixed days and those that follow Easter, nothing else', (year) => {
    const sunday = easter(year);
    const expected = [
      dayOf(year, 1, 1),
      dayOf(year, 5, 1),
      dayOf(year, 10, 3),
      dayOf(year, 12, 25),
      dayOf(year, 12, 26),
      ...[-2, 1, 39, 50].map((days) => sunday + days),
      // 500 years of the Reformation: a holiday of the whole country once.
      ...(year === 2017 ? [dayOf(2017, 10, 31)] : []),
    ];
    const known = [...publicHolidays('DE')].filter(
      (day) => day >= dayOf(year, 1, 1) && day < dayOf(year + 1, 1, 1),
    );
    // The Sundays of Easter and Whitsun are listed, too; they are Sundays anyway.
    expect(known.filter((day) => day !== sunday && day !== sunday + 49)).toEqual(
      [...new Set(expected)].sort((a, b) => a - b),
    );
  });

  test.each(YEARS)('the United States in %d (5 U.S.C. 6103)', (year) => {
    const known = publicHolidays('US');
    for (const day of [
      dayOf(year, 1, 1),
      nthWeekday(year, 1, 1, 3),
      nthWeekday(year, 2, 1, 3),
      nthWeekday(year, 5, 1, -1),
      dayOf(year, 7, 4),
      nthWeekday(year, 9, 1, 1),
      nthWeekday(year, 10, 1, 2),
      dayOf(year, 11, 11),
      nthWeekday(year, 11, 4, 4),
      dayOf(year, 12, 25),
    ])
      expect(known.has(day)).toBe(true);
    expect(known.has(dayOf(year, 7, 3))).toBe(new Date(Date.UTC(year, 6, 4)).getUTCDay() === 6);
  });
});

test('a country that there is not has none', () => {
  expect(hasHolidays('DE')).toBe(true);
  for (const country of ['XX', 'Germany', '', 'toString']) {
    expect(hasHolidays(country)).toBe(false);
    expect(publicHolidays(country).size).toBe(0);
  }
});
