import type { Problem } from '../domain/errors.ts';
import { MAX_ICALENDAR_BYTES, parseICalendar } from './calendar/icalendar.ts';
import { trainingWindows } from './calendar/training-windows.ts';
import { compiledSeconds } from './compiled-seconds.ts';
import type { Calendar, EventTiming } from './policy.ts';
import type { PolicyDocument, PolicySpec } from './policy-schema.ts';
import { EXCLUDE_FROM_TRAINING_ANNOTATION } from './schema/metadata-schema.ts';

/** The text of the file at a path of the policy; an Error where it cannot be had, in words for the one who wrote it. */
export type ReadCalendarFile = (path: string) => string | Error;

type EventDocument = PolicySpec['events'][number];
type Compiled = { readonly calendar: Calendar; readonly problems: readonly Problem[] };

/** Time zone, holidays, events and what is not to be learnt from; problems are about files that the events are in. */
export function compileCalendar({ metadata, spec }: PolicyDocument, read: ReadCalendarFile): Compiled {
  const problems: Problem[] = [];
  const events = spec.events.map((event, index) => {
    const timing = timingOf(event, read);
    if (timing instanceof Error)
      problems.push({
        path: `spec.events[${index}].icalFile`,
        got: fileProblem(event, timing),
        allowed: FILE_FORM,
      });
    return { name: event.name, arrivalRateMultiplier: event.arrivalRateMultiplier, timing };
  });
  const windows = metadata.annotations[EXCLUDE_FROM_TRAINING_ANNOTATION];
  const calendar = {
    timeZone: spec.timeZone,
    holidayCountry: spec.holidays?.country ?? null,
    events: events.flatMap(({ timing, ...event }) => (timing instanceof Error ? [] : [{ ...event, timing }])),
    excludedFromTraining: windows === undefined ? [] : (trainingWindows(windows) ?? []),
  };
  return { calendar, problems };
}

const FILE_FORM = `an iCalendar file (RFC 5545) of at most ${MAX_ICALENDAR_BYTES / 1024 / 1024} MiB`;

function fileProblem({ icalFile }: EventDocument, { message }: Error): string {
  return `${icalFile}, which ${message}`;
}

function timingOf(event: EventDocument, read: ReadCalendarFile): EventTiming | Error {
  const { start, end, schedule, duration, icalFile } = event;
  if (start !== undefined && end !== undefined)
    return { kind: 'Once', startAtMs: Date.parse(start), endAtMs: Date.parse(end) };
  if (schedule !== undefined && duration !== undefined)
    return { kind: 'Cron', schedule, durationSeconds: compiledSeconds(duration) };
  if (icalFile !== undefined) return fileTiming(icalFile, read);
  throw new TypeError(`event ${event.name} got past the schema`);
}

function fileTiming(path: string, read: ReadCalendarFile): EventTiming | Error {
  const text = read(path);
  if (text instanceof Error) return text;
  try {
    parseICalendar(text);
    return { kind: 'ICalendar', text };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
