import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { MAX_ICALENDAR_BYTES } from '../../policy/calendar/icalendar.ts';
import type { ReadCalendarFile } from '../../policy/compile-calendar.ts';

/**
 * Reads the iCalendar files that a policy names: a relative path is one beside the policy's own file (beside the
 * working folder for standard input). They are read once, with the policy.
 */
export function calendarFilesBeside(policyFile: string): ReadCalendarFile {
  const folder = policyFile === '-' ? '.' : dirname(policyFile);
  return (path) => readCalendarFile(resolve(folder, path));
}

/** The file's text, or why it cannot be had, in words that a sentence about the path ends with. */
export function readCalendarFile(path: string): string | Error {
  try {
    const found = statSync(path);
    if (!found.isFile()) return new Error('is not a file');
    if (found.size > MAX_ICALENDAR_BYTES) return new Error(`has ${found.size} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    return new Error(faultOf(error));
  }
}

function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'is not there';
  return code === 'EACCES' ? 'may not be read' : 'cannot be read as UTF-8 text';
}
