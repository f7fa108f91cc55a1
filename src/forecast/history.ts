import { MS_PER_SECOND, SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { SlotValues, TimeSeries } from '../domain/time-series.ts';
import { CrowdFinder, type FlashCrowd } from './flash-crowds.ts';
import { OutageFinder } from './outages.ts';
import { takeOutGlitches } from './glitches.ts';
import { type CalendarEvent, eventMultipliers } from './known-events.ts';

/**
 * A history as the models see it: slots are numbered absolutely (whole steps since the epoch), what is no sample is
 * NaN (errors of measurement too), known events are divided out, and the first slot is at a fixed instant of the clock, so that a window that
 * slides with time is the same history until that instant moves (once a day for a lookback of 8 days or more, once a week from 8 weeks on).
 */
export interface History {
  readonly stepSeconds: number;
  readonly slotsPerDay: number;
  readonly firstSlot: number;
  /** The instants at which models learn anew, and the first slot, come so many slots after those of the clock. */
  readonly offsetSlots: number;
  /** Requests per second; slot `firstSlot + i` is `ratesRps[i]`. */
  readonly ratesRps: SlotValues;
  /** 0 where there is no sample. */
  readonly largestRps: number;
  readonly crowds: readonly FlashCrowd[];
  /** Flash crowds and outages: what looks back by days and weeks passes them over. */
  readonly passedOver: readonly FlashCrowd[];
}

/** One past the newest known slot: the origin of the next forecast. */
export function endSlotOf(history: History): number {
  return history.firstSlot + history.ratesRps.length;
}

/** A long history starts at fixed weeks: what was learnt from it is learnt again only once a week as it slides. */
const START_LADDER_SECONDS = [
  7 * SECONDS_PER_DAY,
  SECONDS_PER_DAY,
  6 * SECONDS_PER_HOUR,
  SECONDS_PER_HOUR,
  900,
];
/** Fixed instants are whole multiples of these on the UTC clock. */
export const CLOCK_LADDER_SECONDS = [SECONDS_PER_DAY, 6 * SECONDS_PER_HOUR, SECONDS_PER_HOUR, 900] as const;

/** A start may be moved on by at most this share of the history. */
const MAX_CUT_RATIO = 1 / 8;

/**
 * What of `series` is used, at most `reachSeconds` back from the last midnight (`offsetSeconds` later: see History.offsetSlots).
 * Values that are negative or not finite are no samples. Empty when there is no sample at all.
 */
export function historyFrom(
  series: TimeSeries,
  events: readonly CalendarEvent[],
  reachSeconds: number,
  offsetSeconds = 0,
): History {
  const part = usedPart(series, reachSeconds, offsetSeconds);
  const { stepSeconds, offsetSlots } = part;
  const ratesRps = part.values.slice();
  clean(ratesRps, 0);
  divideOut(ratesRps, eventMultipliers({ ...part, count: ratesRps.length }, events));
  takeOutGlitches(ratesRps, stepSeconds);
  const { firstSlot } = part;
  const crowds = new CrowdFinder(stepSeconds).look(ratesRps, 0, firstSlot);
  return {
    crowds,
    passedOver: byEnd(crowds, new OutageFinder(stepSeconds).look(ratesRps, 0, firstSlot)),
    stepSeconds,
    slotsPerDay: slotsPerDayOf(stepSeconds),
    firstSlot,
    offsetSlots,
    ratesRps,
    largestRps: largestOf(ratesRps, 0),
  };
}

/** In the order in which they became known. */
export function byEnd(crowds: readonly FlashCrowd[], outages: readonly FlashCrowd[]): readonly FlashCrowd[] {
  return [...crowds, ...outages].sort((a, b) => a.endSlot - b.endSlot);
}

/** The part of a series that is used, as it was recorded. */
export interface UsedPart extends TimeSeries {
  readonly firstSlot: number;
  readonly offsetSlots: number;
}

export function usedPart(
  { stepSeconds, values, startAtMs }: TimeSeries,
  reachSeconds: number,
  offsetSeconds: number,
): UsedPart {
  const slotsPerDay = slotsPerDayOf(stepSeconds);
  const seriesFirst = Math.floor(startAtMs / (stepSeconds * MS_PER_SECOND));
  const end = seriesFirst + values.length;
  const present = firstSampleIndex(values);
  const offsetSlots = Math.floor(offsetSeconds / stepSeconds);
  const midnight = tickUpTo(end, slotsPerDay, offsetSlots);
  const reachable = midnight - Math.ceil(reachSeconds / stepSeconds);
  const known = { firstSlot: Math.max(seriesFirst + present, reachable), endSlot: end, stepSeconds };
  const firstSlot = Math.min(end, fixedStart(known, offsetSlots));
  return {
    stepSeconds,
    firstSlot,
    offsetSlots,
    startAtMs: startAtMs + (firstSlot - seriesFirst) * stepSeconds * MS_PER_SECOND,
    values: values.subarray(firstSlot - seriesFirst),
  };
}

/** The newest tick at or before `slot` of a clock that ticks every `tickSlots` since the epoch, `offsetSlots` later. */
export function tickUpTo(slot: number, tickSlots: number, offsetSlots: number): number {
  return Math.floor((slot - offsetSlots) / tickSlots) * tickSlots + offsetSlots;
}

export function slotsPerDayOf(stepSeconds: number): number {
  return Math.max(1, Math.round(SECONDS_PER_DAY / stepSeconds));
}

function firstSampleIndex(values: SlotValues): number {
  let index = 0;
  while (index < values.length && !isSample(values[index])) index += 1;
  return index;
}

/** The part of a series that begins at a fixed instant: what is told from it changes only when that instant moves. */
export function steadyPart(series: TimeSeries, offsetSeconds = 0): TimeSeries {
  const { stepSeconds, startAtMs, values } = series;
  const first = Math.floor(startAtMs / (stepSeconds * MS_PER_SECOND));
  const offsetSlots = Math.floor(offsetSeconds / stepSeconds);
  const known = { firstSlot: first, endSlot: first + values.length, stepSeconds };
  const skipped = Math.min(values.length, fixedStart(known, offsetSlots) - first);
  return {
    ...series,
    startAtMs: startAtMs + skipped * stepSeconds * MS_PER_SECOND,
    values: values.subarray(skipped),
  };
}

/** The next instant of the coarsest clock whose ticks are at most an eighth of the history apart. */
function fixedStart(
  { firstSlot, endSlot, stepSeconds }: Record<'firstSlot' | 'endSlot' | 'stepSeconds', number>,
  offsetSlots: number,
): number {
  const lengthSeconds = (endSlot - firstSlot) * stepSeconds;
  for (const tickSeconds of START_LADDER_SECONDS) {
    const tickSlots = tickSeconds / stepSeconds;
    if (tickSeconds <= lengthSeconds * MAX_CUT_RATIO && Number.isInteger(tickSlots))
      return tickUpTo(firstSlot + tickSlots - 1, tickSlots, offsetSlots);
  }
  return firstSlot;
}

export function isSample(rateRps: number): boolean {
  return rateRps >= 0 && rateRps < Infinity;
}

/** What is no sample becomes NaN, from index `from` on. */
export function clean(ratesRps: SlotValues, from: number): void {
  for (let i = from; i < ratesRps.length; i += 1) if (!isSample(ratesRps[i])) ratesRps[i] = Number.NaN;
}

/** The largest sample from index `from` on; 0 where there is none. */
export function largestOf(ratesRps: SlotValues, from: number): number {
  let largestRps = 0;
  for (let i = from; i < ratesRps.length; i += 1) if (ratesRps[i] > largestRps) largestRps = ratesRps[i];
  return largestRps;
}

export function divideOut(ratesRps: SlotValues, multipliers: Float64Array | undefined): void {
  if (multipliers === undefined) return;
  for (let i = 0; i < ratesRps.length; i += 1) if (multipliers[i] > 0) ratesRps[i] /= multipliers[i];
}
