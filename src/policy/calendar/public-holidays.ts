import { MS_PER_SECOND, SECONDS_PER_DAY } from '../../domain/clock.ts';
import { HOLIDAY_TABLE } from './holiday-table.ts';

/** The years that the table has. */
export const FIRST_YEAR = 2010;
export const LAST_YEAR = 2040;
/** Each holiday is the days since the one before it, in base 36. */
export const DAY_DIGITS = 2;
const DAY_BASE = 36;

/** Whether the public holidays of a country (ISO 3166-1 alpha-2) are known. */
export function hasHolidays(country: string): boolean {
  return Object.hasOwn(HOLIDAY_TABLE, country);
}

/**
 * The public holidays of a whole country (not those of its regions) from 2010 to 2040 as days since 1 January 1970, read
 * off its own calendar; substitute days are holidays too. Nothing is known of other years, and of countries that are not in
 * the table: empty.
 */
export function publicHolidays(country: string): ReadonlySet<number> {
  const days = new Set<number>();
  const text = hasHolidays(country) ? HOLIDAY_TABLE[country] : '';
  let day = Date.UTC(FIRST_YEAR, 0, 1) / (SECONDS_PER_DAY * MS_PER_SECOND);
  for (let at = 0; at < text.length; at += DAY_DIGITS) {
    day += Number.parseInt(text.slice(at, at + DAY_DIGITS), DAY_BASE);
    days.add(day);
  }
  return days;
}
