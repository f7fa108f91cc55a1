import type { TimeSeries } from '../domain/time-series.ts';
import { GlitchFilter } from './glitches.ts';
import {
  clean,
  divideOut,
  type History,
  isSample,
  largestOf,
  slotsPerDayOf,
  usedPart,
  type UsedPart,
} from './history.ts';
import { digestHistory, type HistoryDigest } from './history-digest.ts';
import { type CalendarEvent, eventMultipliers } from './known-events.ts';

/** A history and its digest. */
export interface KnownHistory {
  readonly history: History;
  readonly digest: HistoryDigest;
}

/** Room for new samples, as a share of those there are, and in slots. */
const ROOM_RATIO = 1 / 32;
const LEAST_ROOM_SLOTS = 60;

interface Kept extends KnownHistory {
  /** What `history.ratesRps` is the beginning of. */
  readonly room: Float64Array;
  readonly glitches: GlitchFilter;
  /** Whether new samples change nothing of what is known. */
  readonly goesOn: boolean;
}

/**
 * The history of one series, continued from that of the question before: the samples that are known are compared, only new
 * ones are looked at closely. Answers what historyFrom answers, bit by bit. What events change is made anew.
 */
export class HistoryMemory {
  #kept: Kept | undefined;

  historyOf(series: TimeSeries, events: readonly CalendarEvent[], reachSeconds: number): KnownHistory {
    const part = usedPart(series, reachSeconds);
    const { stepSeconds, startAtMs, values } = part;
    const multipliers = eventMultipliers({ startAtMs, stepSeconds, count: values.length }, events);
    const kept = multipliers === undefined ? this.#continued(part) : undefined;
    this.#kept = kept ?? madeAnew(part, multipliers);
    return this.#kept;
  }

  #continued({ firstSlot, stepSeconds, values }: UsedPart): Kept | undefined {
    const kept = this.#kept;
    if (kept?.goesOn !== true || kept.history.firstSlot !== firstSlot) return undefined;
    const known = kept.history.ratesRps;
    if (kept.history.stepSeconds !== stepSeconds || !continues(known, values)) return undefined;
    const room = values.length <= kept.room.length ? kept.room : roomFor(values.length, known);
    room.set(values.subarray(known.length), known.length);
    return lookedAt({ ...kept, room }, values.length);
  }
}

function madeAnew({ firstSlot, stepSeconds, values }: UsedPart, multipliers: Float64Array | undefined): Kept {
  const room = roomFor(values.length, values);
  divideOut(room, multipliers);
  const slots = { stepSeconds, slotsPerDay: slotsPerDayOf(stepSeconds), firstSlot };
  const history: History = { ...slots, ratesRps: room.subarray(0, 0), largestRps: 0 };
  const glitches = new GlitchFilter(stepSeconds);
  const none = { history, digest: digestHistory(history), room, glitches, goesOn: multipliers === undefined };
  return lookedAt(none, values.length);
}

/** `kept` and what stands behind it in its room, up to `count` slots. */
function lookedAt(kept: Kept, count: number): Kept {
  const from = kept.history.ratesRps.length;
  const ratesRps = kept.room.subarray(0, count);
  clean(ratesRps, from);
  const isDecided = kept.glitches.takeOut(ratesRps, from);
  const largestRps = Math.max(kept.history.largestRps, largestOf(ratesRps, from));
  const history: History = { ...kept.history, ratesRps, largestRps };
  return { ...kept, history, digest: digestHistory(history, kept.digest), goesOn: kept.goesOn && isDecided };
}

function roomFor(count: number, known: Float64Array): Float64Array {
  const room = new Float64Array(count + Math.max(LEAST_ROOM_SLOTS, Math.ceil(ROOM_RATIO * count)));
  room.set(known);
  return room;
}

/** Whether `values` begin with the samples that are known. */
function continues(known: Float64Array, values: Float64Array): boolean {
  if (known.length > values.length) return false;
  for (let i = 0; i < known.length; i += 1)
    if (known[i] !== values[i] && !areNone(known[i], values[i])) return false;
  return true;
}

function areNone(known: number, value: number): boolean {
  return Number.isNaN(known) && !isSample(value);
}
