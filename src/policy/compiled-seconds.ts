import { secondsFromDuration } from '../domain/duration.ts';

/** A duration of a document, in seconds; the schema has checked the form. */
export function compiledSeconds(duration: string): number {
  const seconds = secondsFromDuration(duration);
  if (seconds === undefined) throw new TypeError(`not a duration: ${duration}`);
  return seconds;
}
