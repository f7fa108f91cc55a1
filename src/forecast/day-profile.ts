/**
 * The shape of a day, without its size: what share of the day's mean is there at each time of day. A workload that has not
 * lived through a day yet borrows that of others like it (models/ensemble/borrowed-shape.ts).
 */
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import type { TimeSeries, SlotValues } from '../domain/time-series.ts';
import type { LocalClock } from './local-clock.ts';
import { quantileOfSorted } from './numeric/order-statistics.ts';

/** Half hours. */
export const PROFILE_BINS = 48;
/** Of whom fewer days are known, nobody borrows. */
const LEAST_DAYS = 2;
/** Share of a day's slots that must hold a sample. */
const LEAST_PRESENT_RATIO = 0.75;
const DAYS_PER_WEEK = 7;
/** From the Saturday before 1 January 1970, a Thursday. */
const EPOCH_WEEKDAY = 5;

/** [bin from local midnight on], as shares of the day's mean. */
export interface DayProfile {
  readonly weekday: readonly number[];
  readonly weekend: readonly number[];
}

/** Whether both say the same of every half hour; a profile that has come from another thread is another object. */
export function isSameProfile(one: DayProfile | undefined, other: DayProfile | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  return areSame(one.weekday, other.weekday) && areSame(one.weekend, other.weekend);
}

function areSame(one: readonly number[], other: readonly number[]): boolean {
  return one.every((share, bin) => share === other[bin]);
}

interface Day {
  readonly isWeekend: boolean;
  readonly bins: readonly number[];
}

/** Of one workload, bin by bin the median over its days; undefined where too few of them are known, or it has no load. */
export function profileOf(series: TimeSeries, clock: LocalClock): DayProfile | undefined {
  const days = daysOf(series, clock);
  if (days.length < LEAST_DAYS) return undefined;
  const ofKind = (isWeekend: boolean): readonly Day[] => {
    const kind = days.filter((day) => day.isWeekend === isWeekend);
    return kind.length > 0 ? kind : days;
  };
  return { weekday: medianDay(ofKind(false)), weekend: medianDay(ofKind(true)) };
}

/** Of several, each of the same weight whatever its size: bin by bin the median; undefined where there is none. */
export function commonProfile(profiles: readonly DayProfile[]): DayProfile | undefined {
  if (profiles.length === 0) return undefined;
  return {
    weekday: medianDay(profiles.map(({ weekday }) => ({ isWeekend: false, bins: weekday }))),
    weekend: medianDay(profiles.map(({ weekend }) => ({ isWeekend: true, bins: weekend }))),
  };
}

function medianDay(days: readonly Day[]): readonly number[] {
  const bins = Array.from({ length: PROFILE_BINS }, (_, bin) =>
    quantileOfSorted(Float64Array.from(days, (day) => day.bins[bin]).sort(), 0.5),
  );
  const mean = bins.reduce((sum, share) => sum + share, 0) / PROFILE_BINS;
  return bins.map((share) => share / mean);
}

/** Whole local days with load. */
function daysOf(series: TimeSeries, clock: LocalClock): readonly Day[] {
  const { stepSeconds, values } = series;
  const firstSlot = Math.floor(series.startAtMs / (stepSeconds * MS_PER_SECOND));
  const slotsPerDay = Math.round(SECONDS_PER_DAY / stepSeconds);
  const days: Day[] = [];
  let index = 0;
  while (index < values.length) {
    const local = firstSlot + index + clock.offsetSlots(firstSlot + index);
    const day = Math.floor(local / slotsPerDay);
    const end = index + (day + 1) * slotsPerDay - local;
    const isWhole = local % slotsPerDay === 0 && end <= values.length;
    const bins = isWhole ? binsOf(values.subarray(index, end)) : undefined;
    if (bins !== undefined) days.push({ isWeekend: isWeekend(day), bins });
    index = end;
  }
  return days;
}

export function isWeekend(localDay: number): boolean {
  return (localDay + EPOCH_WEEKDAY) % DAYS_PER_WEEK < 2;
}

/** undefined where too much of the day is not known, or nothing came. */
function binsOf(ratesRps: SlotValues): readonly number[] | undefined {
  const count = Math.min(PROFILE_BINS, ratesRps.length);
  const sums = new Float64Array(count);
  const known = new Float64Array(count);
  let present = 0;
  for (let slot = 0; slot < ratesRps.length; slot += 1) {
    const rate = ratesRps[slot];
    if (!(rate >= 0 && rate < Infinity)) continue;
    const bin = Math.floor((slot * count) / ratesRps.length);
    sums[bin] += rate;
    known[bin] += 1;
    present += 1;
  }
  const mean = sums.reduce((sum, rate) => sum + rate, 0) / present;
  if (!(mean > 0) || present < LEAST_PRESENT_RATIO * ratesRps.length) return undefined;
  const shares = Array.from(sums, (sum, bin) => (known[bin] > 0 ? sum / known[bin] / mean : 1));
  return Array.from({ length: PROFILE_BINS }, (_, bin) =>
    between(shares, ((bin + 0.5) * count) / PROFILE_BINS),
  );
}

/** Linear between the middles of the bins, around midnight too. `place`: in bins from midnight on. */
export function between(shares: readonly number[], place: number): number {
  const count = shares.length;
  const low = Math.floor(place - 0.5);
  const way = place - 0.5 - low;
  const at = (bin: number): number => shares[(bin + count) % count];
  return (1 - way) * at(low) + way * at(low + 1);
}
