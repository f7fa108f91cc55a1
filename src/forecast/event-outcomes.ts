/**
 * What events did to the load, told from the history: the announced multiplier is a guess, and the next event of the
 * same name is better foretold by what came of those before.
 *
 * An occurrence's outcome is its load over the load that would have been usual: the mean of the same time of day on
 * up to seven days before, at the level of the hours just before the event. An event to come is expected to bring the
 * geometric mean of the outcomes before it and of the announced multiplier, each counted once (a posterior mean on the
 * log scale whose prior is as sure as one outcome).
 */
import { MS_PER_SECOND, SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../domain/clock.ts';
import { overlap, type TimeWindow } from '../domain/time-window.ts';
import { seriesEndMs, type TimeSeries } from '../domain/time-series.ts';
import type { CalendarEvent } from './known-events.ts';

const MAX_DAYS_BEFORE = 7;
const LEVEL_SECONDS = 2 * SECONDS_PER_HOUR;
/** Outcomes that count, the newest. */
const MAX_OUTCOMES = 5;
/** Slots of an occurrence that are looked at, spread over it: enough for a mean. */
const MAX_SLOTS = 240;
/** At least this share of the slots must be known, of the event and of the days before. */
const MIN_KNOWN_RATIO = 0.5;
/** The level before an event may be this many times the usual one, or a part of it; no outcome is more extreme. */
const MAX_LEVEL_RATIO = 4;
const MAX_OUTCOME_RATIO = 1000;

/**
 * The events with what is known of them: those that are over with their outcome, the others with what the outcomes of
 * their name make likely. Where nothing is known the announced multiplier stays.
 */
export function withOutcomes(events: readonly CalendarEvent[], series: TimeSeries): readonly CalendarEvent[] {
  const endMs = seriesEndMs(series);
  const inOrder = [...events].sort((a, b) => a.startAtMs - b.startAtMs);
  const outcomesByName = new Map<string, number[]>();
  return inOrder.map((event) => {
    const before = outcomesByName.get(event.name) ?? [];
    const outcome = event.endAtMs <= endMs ? outcomeOf(event, inOrder, series) : undefined;
    if (outcome === undefined) return { ...event, arrivalRateMultiplier: expected(event, before) };
    outcomesByName.set(event.name, [...before, outcome].slice(-MAX_OUTCOMES));
    return { ...event, arrivalRateMultiplier: outcome };
  });
}

function expected({ arrivalRateMultiplier }: CalendarEvent, outcomes: readonly number[]): number {
  const logs = [arrivalRateMultiplier, ...outcomes].map(Math.log);
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/** How many times the usual load came; undefined where too little is known to tell. */
function outcomeOf(
  event: CalendarEvent,
  events: readonly CalendarEvent[],
  series: TimeSeries,
): number | undefined {
  const others = events.filter((other) => other !== event && overlap(other, event));
  if (others.length > 0) return undefined;
  const during = comparison(event, events, series);
  const levelFrom = event.startAtMs - LEVEL_SECONDS * MS_PER_SECOND;
  const before = comparison({ startAtMs: levelFrom, endAtMs: event.startAtMs }, events, series);
  if (during === undefined || before === undefined) return undefined;
  const level = clamped(before.actual / before.usual, MAX_LEVEL_RATIO);
  const outcome = during.actual / (during.usual * level);
  return outcome > 0 && outcome < Infinity ? clamped(outcome, MAX_OUTCOME_RATIO) : undefined;
}

interface Comparison {
  readonly actual: number;
  readonly usual: number;
}

/** The load of a window and the usual one of the same slots, summed over the slots where both are known. */
function comparison(
  window: TimeWindow,
  events: readonly CalendarEvent[],
  series: TimeSeries,
): Comparison | undefined {
  const stepMs = series.stepSeconds * MS_PER_SECOND;
  const first = Math.ceil((window.startAtMs - series.startAtMs) / stepMs);
  const end = Math.floor((window.endAtMs - series.startAtMs) / stepMs);
  const stride = Math.max(1, Math.ceil((end - first) / MAX_SLOTS));
  const sum = { actual: 0, usual: 0, known: 0, asked: 0 };
  for (let slot = first; slot < end; slot += stride) {
    sum.asked += 1;
    const actual = series.values[slot];
    const usual = usualAt(slot, events, series);
    if (!(actual >= 0) || usual === undefined) continue;
    sum.actual += actual;
    sum.usual += usual;
    sum.known += 1;
  }
  return sum.known > 0 && sum.known >= MIN_KNOWN_RATIO * sum.asked && sum.usual > 0 ? sum : undefined;
}

/** The mean of the same time of day on the days before, but for the days of an event; undefined where none is known. */
function usualAt(slot: number, events: readonly CalendarEvent[], series: TimeSeries): number | undefined {
  const slotsPerDay = Math.round(SECONDS_PER_DAY / series.stepSeconds);
  let sum = 0;
  let days = 0;
  for (
    let before = slot - slotsPerDay;
    before >= slot - MAX_DAYS_BEFORE * slotsPerDay;
    before -= slotsPerDay
  ) {
    const rate = series.values[before];
    if (!(rate >= 0) || isWithin(before, events, series)) continue;
    sum += rate;
    days += 1;
  }
  return days > 0 ? sum / days : undefined;
}

function isWithin(slot: number, events: readonly CalendarEvent[], series: TimeSeries): boolean {
  const startAtMs = series.startAtMs + slot * series.stepSeconds * MS_PER_SECOND;
  const window = { startAtMs, endAtMs: startAtMs + series.stepSeconds * MS_PER_SECOND };
  return events.some((event) => overlap(event, window));
}

function clamped(ratio: number, most: number): number {
  return Math.min(most, Math.max(1 / most, ratio));
}
