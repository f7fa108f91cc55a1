/**
 * Makes src/policy/calendar/holiday-table.ts out of the npm package date-holidays, which stays out of the dependencies:
 * 45 MB for what fits into a table.
 *
 *   npm install --no-save date-holidays@3.37.0
 *   npx tsx test/make-holidays/main.ts > src/policy/calendar/holiday-table.ts
 *
 * Only public holidays of a whole country count. One that begins at sunset is the day after.
 */
import { createRequire } from 'node:module';
import { DAY_DIGITS, FIRST_YEAR, LAST_YEAR } from '../../src/policy/calendar/public-holidays.ts';

interface Holiday {
  /** Local, "2026-12-25 00:00:00". */
  readonly date: string;
  readonly start: Date;
  readonly end: Date;
  readonly type: string;
}
interface Holidays {
  getCountries(): Record<string, string>;
  getHolidays(year: number): readonly Holiday[];
}

const MS_PER_DAY = 86_400_000;
const NOON_RATIO = 0.5;
const FIRST_DAY = Date.UTC(FIRST_YEAR, 0, 1) / MS_PER_DAY;
const END_DAY = Date.UTC(LAST_YEAR + 1, 0, 1) / MS_PER_DAY;

const Package = createRequire(import.meta.url)('date-holidays') as new (country?: string) => Holidays;

const lines = Object.keys(new Package().getCountries())
  .filter((country) => /^[A-Z]{2}$/.test(country))
  .sort()
  .map((country) => ({ country, days: holidayDays(country) }))
  .filter(({ days }) => days.length > 0)
  .map(({ country, days }) => `  ${country}: '${encoded(days)}',`);

console.log(`// Made by test/make-holidays/main.ts; not written by hand.
// Data: date-holidays 3.37.0, https://github.com/commenthol/date-holidays, CC-BY-3.0, by its contributors.
// prettier-ignore
export const HOLIDAY_TABLE: Readonly<Record<string, string>> = {
${lines.join('\n')}
};`);

/** Days since the epoch, ascending, each once. */
function holidayDays(country: string): readonly number[] {
  const holidays = new Package(country);
  const days = new Set<number>();
  for (let year = FIRST_YEAR - 1; year <= LAST_YEAR + 1; year += 1)
    for (const holiday of holidays.getHolidays(year)) for (const day of daysOf(holiday)) days.add(day);
  return [...days].filter((day) => day >= FIRST_DAY && day < END_DAY).sort((a, b) => a - b);
}

/** The local days whose noon lies within a public holiday. */
function daysOf({ date, start, end, type }: Holiday): readonly number[] {
  if (type !== 'public') return [];
  const from = Date.parse(`${date.slice(0, 19).replace(' ', 'T')}Z`) / MS_PER_DAY;
  const to = from + (end.getTime() - start.getTime()) / MS_PER_DAY;
  const first = Math.ceil(from - NOON_RATIO);
  const count = Math.max(0, Math.ceil(to - NOON_RATIO) - first);
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Days since the holiday before, the first since the first day of all, in base 36. */
function encoded(days: readonly number[]): string {
  return days
    .map((day, i) => (day - (i === 0 ? FIRST_DAY : days[i - 1])).toString(36).padStart(DAY_DIGITS, '0'))
    .join('');
}
