import { MS_PER_SECOND, SECONDS_PER_DAY, SECONDS_PER_HOUR } from './clock.ts';

const MS_PER_DAY = SECONDS_PER_DAY * MS_PER_SECOND;

/** Seconds that the clocks of a zone are ahead of UTC at an instant (ms since the epoch). */
export type ZoneOffset = (atMs: number) => number;

/** `timeZone` is an IANA name. Throws RangeError for a zone that the run time does not know. */
export function zoneOffset(timeZone: string): ZoneOffset {
  if (timeZone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  return (atMs) => {
    const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    return secondsOf(name);
  };
}

/** Whether the run time knows the zone; `Intl` is data, not a clock. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** "GMT+05:30" -> 19800; "GMT" -> 0 */
function secondsOf(name: string): number {
  const [, sign, hours, minutes = '0'] = /^GMT([+-])(\d+)(?::(\d+))?/.exec(name) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * SECONDS_PER_HOUR + Number(minutes) * 60);
}

/**
 * The instant at which the clocks of a zone show a local time, given as if it were UTC. Of a time that comes twice
 * the first; a time that the clocks skip is read with the offset before the change (RFC 5545, section 3.3.5).
 */
export function instantOfLocal(offsetAt: ZoneOffset, localMs: number): number {
  const before = localMs - offsetAt(localMs - MS_PER_DAY) * MS_PER_SECOND;
  const after = localMs - offsetAt(localMs + MS_PER_DAY) * MS_PER_SECOND;
  const shows = (instantMs: number) => instantMs + offsetAt(instantMs) * MS_PER_SECOND === localMs;
  return shows(before) || !shows(after) ? before : after;
}
