/** Parsers for command-line flags: text in, number out, or a message that names what is allowed. */
import { InvalidArgumentError } from 'commander';
import { DURATION_FORM, secondsFromDuration } from '../domain/duration.ts';

export function durationFlag(text: string): number {
  const seconds = secondsFromDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError(`Got "${text}", allowed: ${DURATION_FORM}.`);
  return seconds;
}

/** As `durationFlag`, where none at all would mean nothing. */
export function positiveDurationFlag(text: string): number {
  const seconds = durationFlag(text);
  if (seconds <= 0) throw new InvalidArgumentError(`Got "${text}", allowed: ${DURATION_FORM}, above 0s.`);
  return seconds;
}

/** The name of a folder; whether it can be used is found out where it is: a disk that comes back is used again. */
export function folderFlag(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError(`Got "${text}", allowed: the name of a folder.`);
  return text;
}

export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  /** Whether `min` itself is refused. */
  readonly above?: boolean;
  readonly integer?: boolean;
}

/** A parser for a finite number in a range: `numberFlag({ min: 0, above: true })` takes what is above 0. */
export function numberFlag(range: NumberRange): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!isWithin(value, range))
      throw new InvalidArgumentError(`Got "${text}", allowed: ${rangeForm(range)}.`);
    return value;
  };
}

function isWithin(value: number, range: NumberRange): boolean {
  const { min = -Infinity, max = Infinity, above = false, integer = false } = range;
  return (
    Number.isFinite(value) &&
    (above ? value > min : value >= min) &&
    value <= max &&
    (!integer || Number.isInteger(value))
  );
}

function rangeForm({ min, max, above = false, integer = false }: NumberRange): string {
  const noun = integer ? 'a whole number' : 'a number';
  const from = min === undefined ? '' : above ? ` above ${min}` : ` of at least ${min}`;
  const to = max === undefined ? '' : `${from === '' ? '' : ' and'} at most ${max}`;
  return noun + from + to;
}

/** The end of the year 9999: what lies beyond is a number in another unit. */
const LATEST_MS = Date.UTC(10_000, 0, 1) - 1;

/** A moment, in milliseconds since the epoch: ISO 8601 ("2026-11-21T08:00:00Z") or seconds since the epoch. */
export function timeFlag(text: string): number {
  const atMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (!(Math.abs(atMs) <= LATEST_MS))
    throw new InvalidArgumentError(`Got "${text}", allowed: an ISO 8601 time such as 2026-11-21T08:00:00Z.`);
  return atMs;
}

/** For flags that may be given several times, or take several values separated by commas. */
export function listFlag(text: string, soFar: readonly string[] = []): string[] {
  return [
    ...soFar,
    ...text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ];
}

/** A share of a whole: "30%" -> 0.3. */
export function shareFlag(text: string): number {
  const percent = Number(/^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text)?.[1]);
  if (!(percent <= 100))
    throw new InvalidArgumentError(`Got "${text}", allowed: a share from 0% to 100% such as 30%.`);
  return percent / 100;
}
