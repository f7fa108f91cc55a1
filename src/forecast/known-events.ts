import { MS_PER_SECOND } from '../domain/clock.ts';
import type { TimeWindow } from '../domain/time-window.ts';

/** One occurrence of an event: the load is expected to be `arrivalRateMultiplier` times the usual one within it. */
export interface CalendarEvent extends TimeWindow {
  readonly name: string;
  readonly arrivalRateMultiplier: number;
}

/** What a forecast knows of the calendar. */
export interface ForecastCalendar {
  /** IANA name; hours of the day and days of the week are local to it. */
  readonly timeZone: string;
  /** ISO 3166-1 alpha-2; none where no holidays count. */
  readonly holidayCountry?: string | null;
  /** Those that touch the history or the horizon. */
  readonly events: readonly CalendarEvent[];
}

/** A stretch of a regular grid: slot k covers [startAtMs + k*step, startAtMs + (k+1)*step). */
export interface Slots {
  readonly startAtMs: number;
  readonly stepSeconds: number;
  readonly count: number;
}

/**
 * How many times the usual load the calendar announces, per slot: 1 where no event is. An event that covers part of
 * a slot counts for that part; events that overlap multiply. undefined when no event touches the slots.
 */
export function eventMultipliers(slots: Slots, events: readonly CalendarEvent[]): Float64Array | undefined {
  const endAtMs = slots.startAtMs + slots.count * slots.stepSeconds * MS_PER_SECOND;
  const touching = events.filter((event) => event.startAtMs < endAtMs && event.endAtMs > slots.startAtMs);
  if (touching.length === 0) return undefined;
  const multipliers = new Float64Array(slots.count).fill(1);
  for (const event of touching) applyEvent(multipliers, slots, event);
  return multipliers;
}

function applyEvent(multipliers: Float64Array, slots: Slots, event: CalendarEvent): void {
  const stepMs = slots.stepSeconds * MS_PER_SECOND;
  const first = Math.max(0, Math.floor((event.startAtMs - slots.startAtMs) / stepMs));
  const end = Math.min(slots.count, Math.ceil((event.endAtMs - slots.startAtMs) / stepMs));
  for (let slot = first; slot < end; slot += 1) {
    const fromMs = slots.startAtMs + slot * stepMs;
    const coveredMs = Math.min(event.endAtMs, fromMs + stepMs) - Math.max(event.startAtMs, fromMs);
    multipliers[slot] *= 1 + (event.arrivalRateMultiplier - 1) * (coveredMs / stepMs);
  }
}
