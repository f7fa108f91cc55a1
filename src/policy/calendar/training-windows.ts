import type { TimeWindow } from '../../domain/time-window.ts';

const MAX_WINDOWS = 100;

export const TRAINING_WINDOWS_FORM =
  `up to ${MAX_WINDOWS} intervals START/END, separated by commas, each an ISO 8601 instant with its time zone, ` +
  'such as 2026-11-01T08:00:00Z/2026-11-01T14:30:00Z';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** The windows that an annotation names (ISO 8601 intervals); undefined when it is not of that form. */
export function trainingWindows(text: string): readonly TimeWindow[] | undefined {
  const parts = text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const windows = parts.map(windowOf);
  if (windows.length === 0 || windows.length > MAX_WINDOWS) return undefined;
  return windows.every((window) => window !== undefined) ? windows : undefined;
}

function windowOf(text: string): TimeWindow | undefined {
  const [start = '', end = '', ...rest] = text.split('/');
  if (rest.length > 0 || !INSTANT.test(start) || !INSTANT.test(end)) return undefined;
  const window = { startAtMs: Date.parse(start), endAtMs: Date.parse(end) };
  return window.endAtMs > window.startAtMs ? window : undefined;
}
