import { Cron } from 'croner';
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../../domain/clock.ts';
import { overlap, type TimeWindow } from '../../domain/time-window.ts';
import { instantOfLocal, zoneOffset } from '../../domain/zone-offset.ts';

export interface CronSchedule {
  /** Five fields (minute, hour, day of month, month, day of week) or a nickname such as @daily. */
  readonly schedule: string;
  readonly durationSeconds: number;
}

/** More than one start in half an hour is load that is always there: nothing that a calendar has to announce. */
const MOST_STARTS_PER_DAY = 48;
const MS_PER_DAY = SECONDS_PER_DAY * MS_PER_SECOND;
/** Any day would do: what is asked is whether there is a first start, and how soon the 49th comes after it. */
const SOME_DAY = new Date(Date.UTC(2026, 0, 1));
const CRON_FORM = 'a cron expression of five fields, such as 0 9 * * MON-FRI, or a nickname such as @daily';

/** What is wrong with a schedule, in the words of a problem's `allowed`; undefined when nothing is. */
export function scheduleProblem(schedule: string): string | undefined {
  // The library reads whatever has a colon as an instant.
  if (schedule.includes(':')) return CRON_FORM;
  try {
    const starts = cronOf(schedule).nextRuns(MOST_STARTS_PER_DAY + 1, SOME_DAY);
    if (starts.length === 0) return 'a schedule that comes to pass';
    const isTooOften =
      starts.length > MOST_STARTS_PER_DAY &&
      starts[MOST_STARTS_PER_DAY].getTime() - starts[0].getTime() < MS_PER_DAY;
    return isTooOften ? `at most ${MOST_STARTS_PER_DAY} starts a day` : undefined;
  } catch (error) {
    // A day that no month has (31 February) is searched for until the stack is full.
    return error instanceof RangeError && /call stack/.test(error.message)
      ? 'a schedule that comes to pass'
      : CRON_FORM;
  }
}

/** Every occurrence that touches `within`, in order; the schedule is in the local time of `timeZone`. */
export function cronWindows(
  { schedule, durationSeconds }: CronSchedule,
  timeZone: string,
  within: TimeWindow,
): readonly TimeWindow[] {
  const offsetAt = zoneOffset(timeZone);
  const durationMs = durationSeconds * MS_PER_SECOND;
  // The clock of no zone is a day off: the starts of a day more on either side are looked at.
  const untilMs = within.endAtMs + MS_PER_DAY;
  const cron = cronOf(schedule);
  const windows: TimeWindow[] = [];
  let local = cron.nextRun(new Date(within.startAtMs - durationMs - MS_PER_DAY));
  while (local !== null && local.getTime() < untilMs) {
    const startAtMs = instantOfLocal(offsetAt, local.getTime());
    windows.push({ startAtMs, endAtMs: startAtMs + durationMs });
    local = cron.nextRun(local);
  }
  return windows.filter((window) => overlap(window, within));
}

/** In local time read as UTC: the library's own time zones cost 2 to 7 ms a start, this 0.05 to 0.3. */
function cronOf(schedule: string): Cron {
  return new Cron(schedule, { utcOffset: 0, mode: '5-part', paused: true });
}
