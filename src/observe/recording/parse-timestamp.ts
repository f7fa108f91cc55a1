/** What a timestamp may look like, for error messages. */
export const TIMESTAMP_FORM =
  'an ISO 8601 time such as 2026-11-21T08:00:00Z, or seconds or milliseconds since the epoch';

/** The end of the year 9999: what lies beyond is a number in another unit. */
const LATEST_MS = Date.UTC(10_000, 0, 1) - 1;
/** Epoch numbers from here on are milliseconds (March 1973), below it seconds (the year 5138). */
const MILLISECONDS_FROM = 1e11;
const MS_PER_DAY = 86_400_000;

const EPOCH = /^\d+(?:\.\d+)?$/;
const ISO = new RegExp(
  String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})` +
    String.raw`(?:[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?` +
    String.raw` ?(?<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?$`,
  'i',
);

export interface ParsedTimestamp {
  readonly atMs: number;
  /** The text names no time zone, and was read as UTC. */
  readonly assumedUtc: boolean;
}

/** Any accepted form; undefined when `text` is none of them. */
export function parseTimestamp(text: string): ParsedTimestamp | undefined {
  if (EPOCH.test(text)) return fromEpoch(Number(text));
  const match = ISO.exec(text)?.groups;
  return match === undefined ? undefined : fromIso(match);
}

function fromIso(part: Partial<Record<string, string>>): ParsedTimestamp | undefined {
  const { hour = '0', minute = '0', second = '0', fraction = '0', zone } = part;
  const dayMs = dayFromCivil(Number(part['year']), Number(part['month']), Number(part['day']));
  const inDayMs = timeOfDayMs(Number(hour), Number(minute), Number(second));
  const zoneMs = zone === undefined ? 0 : zoneOffsetMs(zone);
  if (dayMs === undefined || inDayMs === undefined || zoneMs === undefined) return undefined;
  return inRange(dayMs + inDayMs + Math.round(Number(`0.${fraction}`) * 1000) - zoneMs, zone === undefined);
}

function fromEpoch(value: number): ParsedTimestamp | undefined {
  return inRange(value < MILLISECONDS_FROM ? Math.round(value * 1000) : Math.round(value), false);
}

function inRange(atMs: number, assumedUtc: boolean): ParsedTimestamp | undefined {
  return atMs >= 0 && atMs <= LATEST_MS ? { atMs, assumedUtc } : undefined;
}

/** Midnight UTC of a day that exists: 30 February is undefined, not 2 March; nor is the year 70 taken for 1970. */
function dayFromCivil(year: number, month: number, day: number): number | undefined {
  const atMs = Date.UTC(year, month - 1, day);
  const exists = year > 99 && month >= 1 && month <= 12 && new Date(atMs).getUTCDate() === day;
  return exists ? atMs : undefined;
}

function timeOfDayMs(hour: number, minute: number, second: number): number | undefined {
  const exists = hour <= 23 && minute <= 59 && second <= 59;
  return exists ? ((hour * 60 + minute) * 60 + second) * 1000 : undefined;
}

function zoneOffsetMs(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** `2026-11-21T08:00:00Z`, the form of nearly every recording. */
const PLAIN_LENGTH = 20;

/**
 * Reads timestamps from bytes. The plain form is read without making a string, its day looked up only when it differs
 * from the row before; everything else goes through `parseTimestamp`.
 */
export class TimestampReader {
  /** Rows whose text named no time zone. */
  assumedUtcRows = 0;
  #civilDay = -1;
  #dayMs = 0;

  /** Milliseconds since the epoch; NaN when the bytes [from, to) hold no timestamp. */
  read(bytes: Uint8Array, from: number, to: number): number {
    const plainMs = to - from === PLAIN_LENGTH ? this.#readPlain(bytes, from) : Number.NaN;
    if (!Number.isNaN(plainMs)) return plainMs;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
    const parsed = parseTimestamp(text);
    if (parsed?.assumedUtc === true) this.assumedUtcRows += 1;
    return parsed?.atMs ?? Number.NaN;
  }

  #readPlain(bytes: Uint8Array, at: number): number {
    if (!hasPlainSeparators(bytes, at)) return Number.NaN;
    const civilDay =
      digits(bytes, at, 4) * 10_000 + digits(bytes, at + 5, 2) * 100 + digits(bytes, at + 8, 2);
    if (civilDay !== this.#civilDay && !this.#enterDay(civilDay)) return Number.NaN;
    const inDayMs = timeOfDayMs(
      digits(bytes, at + 11, 2),
      digits(bytes, at + 14, 2),
      digits(bytes, at + 17, 2),
    );
    return this.#dayMs + (inDayMs ?? Number.NaN);
  }

  #enterDay(civilDay: number): boolean {
    const year = Math.floor(civilDay / 10_000);
    const dayMs = dayFromCivil(year, Math.floor(civilDay / 100) % 100, civilDay % 100);
    if (dayMs === undefined || dayMs < 0 || dayMs + MS_PER_DAY > LATEST_MS + 1) return false;
    this.#civilDay = civilDay;
    this.#dayMs = dayMs;
    return true;
  }
}

function hasPlainSeparators(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + 4] === 0x2d &&
    bytes[at + 7] === 0x2d &&
    bytes[at + 10] === 0x54 &&
    bytes[at + 13] === 0x3a &&
    bytes[at + 16] === 0x3a &&
    bytes[at + 19] === 0x5a
  );
}

/** The number that `count` digits make; NaN when one of them is none, which no comparison afterwards lets through. */
function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i += 1) {
    const digit = bytes[i] - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
