import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../domain/clock.ts';

/** Local time of a zone on a grid of slots: what "the same time yesterday" means where clocks are changed. */
export interface LocalClock {
  /** Slots that the local clock is ahead of UTC in slot `slot`, rounded; constant where clocks are not changed. */
  offsetSlots(slot: number): number;
}

/** Offsets are looked up once an hour of the clock: zones change at full hours of UTC (or half ones, half an hour late). */
const MAX_REMEMBERED_HOURS = 20_000;

export function createLocalClock(timeZone: string, stepSeconds: number): LocalClock {
  if (timeZone === 'UTC') return { offsetSlots: () => 0 };
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  const slotsByHour = new Map<number, number>();
  return {
    offsetSlots(slot) {
      const hour = Math.floor((slot * stepSeconds) / SECONDS_PER_HOUR);
      const known = slotsByHour.get(hour);
      if (known !== undefined) return known;
      if (slotsByHour.size >= MAX_REMEMBERED_HOURS) slotsByHour.clear();
      const offsetSeconds = utcOffsetSeconds(format, hour * SECONDS_PER_HOUR * MS_PER_SECOND);
      const offset = Math.round(offsetSeconds / stepSeconds);
      slotsByHour.set(hour, offset);
      return offset;
    },
  };
}

/** "GMT+05:30" -> 19800; "GMT" -> 0 */
function utcOffsetSeconds(format: Intl.DateTimeFormat, atMs: number): number {
  const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours, minutes = '0'] = /^GMT([+-])(\d+)(?::(\d+))?/.exec(name) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * SECONDS_PER_HOUR + Number(minutes) * 60);
}
