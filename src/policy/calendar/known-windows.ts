import { merged, overlap, type TimeWindow } from '../../domain/time-window.ts';
import type { EventTiming } from '../policy.ts';
import { cronWindows } from './cron-windows.ts';
import { type NamedWindow, parseICalendar } from './icalendar.ts';

/**
 * The occurrences of an event that touch a stretch of time, in order; `timeZone` is what a schedule is local to. Occurrences
 * of one event that overlap are one: load does not double because a calendar says it twice.
 */
export function windowsOf(timing: EventTiming, timeZone: string, within: TimeWindow): readonly NamedWindow[] {
  switch (timing.kind) {
    case 'Once':
      return overlap(timing, within)
        ? [{ startAtMs: timing.startAtMs, endAtMs: timing.endAtMs, summary: '' }]
        : [];
    case 'Cron':
      return merged(cronWindows(timing, timeZone, within)).map((window) => ({ ...window, summary: '' }));
    case 'ICalendar':
      return bySummary(parseICalendar(timing.text).windows(timeZone, within));
  }
}

function bySummary(windows: readonly NamedWindow[]): readonly NamedWindow[] {
  const summaries = [...new Set(windows.map(({ summary }) => summary))];
  return summaries.flatMap((summary) =>
    merged(windows.filter((window) => window.summary === summary)).map((window) => ({ ...window, summary })),
  );
}
