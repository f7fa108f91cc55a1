import type { TimeSeries, SlotValues } from '../domain/time-series.ts';
import { CrowdFinder, type FlashCrowd } from './flash-crowds.ts';
import { GlitchFilter } from './glitches.ts';
import {
  byEnd,
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
import { OutageFinder } from './outages.ts';
import { type CalendarEvent, eventMultipliers } from './known-events.ts';

/** A history and its digest. */
export interface KnownHistory {
  readonly history: History;
  readonly digest: HistoryDigest;
}

const NOTHING_FOUND = { crowds: [], passedOver: [] };

/** Room for new samples, as a share of those there are, and in slots. */
const ROOM_RATIO = 1 / 32;
const LEAST_ROOM_SLOTS = 60;

interface Kept extends KnownHistory {
  /** What `history.ratesRps` is the beginning of. */
  readonly room: SlotValues;
  /** Else it is the series' own memory, which is only read. */
  readonly isOwnRoom: boolean;
  readonly glitches: GlitchFilter;
  readonly crowdFinder: CrowdFinder;
  readonly outageFinder: OutageFinder;
  /** Errors of measurement as they were recorded, by index; they are NaN in the history. */
  readonly takenOut: ReadonlyMap<number, number>;
  /** What was asked about last, where it is in shared memory. */
  readonly source?: SlotValues | undefined;
  /** Whether new samples change nothing of what is known. */
  readonly goesOn: boolean;
}

/**
 * The history of one series, continued from that of the question before: the samples that are known are compared, only new
 * ones are looked at closely. Answers what historyFrom answers, bit by bit. A series in shared memory, which is never written
 * again once it is shown (SlotStore), is not copied as long as all of it is used as it is: not where events are divided out.
 */
export class HistoryMemory {
  #kept: Kept | undefined;

  /** `offsetSeconds`: the same at every question (see History.offsetSlots). */
  historyOf(
    series: TimeSeries,
    events: readonly CalendarEvent[],
    reachSeconds: number,
    offsetSeconds = 0,
  ): KnownHistory {
    const part = usedPart(series, reachSeconds, offsetSeconds);
    const { stepSeconds, startAtMs, values } = part;
    const multipliers = eventMultipliers({ startAtMs, stepSeconds, count: values.length }, events);
    const usual = multipliers === undefined ? part : { ...part, values: usualRates(values, multipliers) };
    const kept = this.#continued(usual) ?? madeAnew(usual);
    this.#kept = { ...kept, source: isShared(usual.values) ? usual.values : undefined };
    return this.#kept;
  }

  #continued({ firstSlot, stepSeconds, values }: UsedPart): Kept | undefined {
    const kept = this.#kept;
    if (kept?.goesOn !== true || kept.history.firstSlot !== firstSlot) return undefined;
    const known = kept.history.ratesRps;
    if (kept.history.stepSeconds !== stepSeconds || !continues(kept, values)) return undefined;
    if (!kept.isOwnRoom && isShared(values)) return lookedAt({ ...kept, room: values }, values.length);
    const isRoom = kept.isOwnRoom && values.length <= kept.room.length;
    const room = isRoom ? kept.room : roomFor(values.length, known);
    room.set(values.subarray(known.length), known.length);
    return lookedAt({ ...kept, room, isOwnRoom: true }, values.length);
  }
}

function usualRates(values: SlotValues, multipliers: Float64Array): SlotValues {
  const usual = values.slice();
  divideOut(usual, multipliers);
  return usual;
}

function madeAnew({ firstSlot, offsetSlots, stepSeconds, values }: UsedPart): Kept {
  const isOwnRoom = !isShared(values);
  const room = isOwnRoom ? roomFor(values.length, values) : values;
  const slots = { stepSeconds, slotsPerDay: slotsPerDayOf(stepSeconds), firstSlot, offsetSlots };
  const history: History = { ...slots, ratesRps: room.subarray(0, 0), largestRps: 0, ...NOTHING_FOUND };
  const finders = {
    glitches: new GlitchFilter(stepSeconds),
    crowdFinder: new CrowdFinder(stepSeconds),
    outageFinder: new OutageFinder(stepSeconds),
  };
  return lookedAt(
    {
      history,
      digest: digestHistory(history),
      room,
      isOwnRoom,
      ...finders,
      takenOut: new Map(),
      goesOn: true,
    },
    values.length,
  );
}

function isShared({ buffer }: SlotValues): boolean {
  return buffer instanceof SharedArrayBuffer;
}

/** `kept` and what stands behind it in its room, up to `count` slots. */
function lookedAt(kept: Kept, count: number): Kept {
  const from = kept.history.ratesRps.length;
  const cleaned = cleanedFrom(from, kept, count);
  const gone: (readonly [number, number])[] = [];
  const noLoad = (first: number, end: number): void => void gone.push([first, end]);
  const isDecided = kept.glitches.look(cleaned.room.subarray(0, count), from, noLoad);
  const { room, isOwnRoom } = gone.length > 0 ? withOwnRoom(cleaned, count) : cleaned;
  const ratesRps = room.subarray(0, count);
  const takenOut = gone.length > 0 ? withRuns(kept.takenOut, gone, ratesRps) : kept.takenOut;
  for (const [first, end] of gone) ratesRps.fill(Number.NaN, first, end);
  const largestRps = Math.max(kept.history.largestRps, largestOf(ratesRps, from));
  const { firstSlot } = kept.history;
  const crowds = kept.crowdFinder.look(ratesRps, from, firstSlot);
  const outages = kept.outageFinder.look(ratesRps, from, firstSlot);
  const history: History = {
    ...kept.history,
    ratesRps,
    largestRps,
    ...withFound(kept.history, crowds, outages),
  };
  const digest = digestHistory(history, kept.digest);
  return { ...kept, room, isOwnRoom, takenOut, history, digest, goesOn: kept.goesOn && isDecided };
}

/** `known` and the samples of the `runs`, by index. */
function withRuns(
  known: ReadonlyMap<number, number>,
  runs: readonly (readonly [number, number])[],
  ratesRps: SlotValues,
): ReadonlyMap<number, number> {
  const all = new Map(known);
  for (const [first, end] of runs)
    for (let index = first; index < end; index += 1) all.set(index, ratesRps[index]);
  return all;
}

type Found = Pick<History, 'crowds' | 'passedOver'>;

/** The same arrays where nothing was found. */
function withFound(known: Found, crowds: readonly FlashCrowd[], outages: readonly FlashCrowd[]): Found {
  if (crowds.length + outages.length === 0) return { crowds: known.crowds, passedOver: known.passedOver };
  return {
    crowds: [...known.crowds, ...crowds],
    passedOver: [...known.passedOver, ...byEnd(crowds, outages)],
  };
}

type Room = Pick<Kept, 'room' | 'isOwnRoom'>;

function cleanedFrom(from: number, kept: Room, count: number): Room {
  const added = kept.room.subarray(from, count);
  if (added.every((rate) => isSample(rate) || Number.isNaN(rate))) return kept;
  const own = withOwnRoom(kept, count);
  clean(own.room.subarray(0, count), from);
  return own;
}

function withOwnRoom(kept: Room, count: number): Room {
  return kept.isOwnRoom ? kept : { room: roomFor(count, kept.room.subarray(0, count)), isOwnRoom: true };
}

function roomFor(count: number, known: SlotValues): SlotValues {
  const room = new (known instanceof Float32Array ? Float32Array : Float64Array)(
    count + Math.max(LEAST_ROOM_SLOTS, Math.ceil(ROOM_RATIO * count)),
  );
  room.set(known);
  return room;
}

/** Whether `values` begin with the samples that are known. Nothing is compared where they stand in the memory that was looked at before. */
function continues({ history, takenOut, source }: Kept, values: SlotValues): boolean {
  const known = history.ratesRps;
  if (known.length > values.length) return false;
  if (source?.buffer === values.buffer && source.byteOffset === values.byteOffset) return true;
  for (let i = 0; i < known.length; i += 1)
    if (known[i] !== values[i] && !areNone(known[i], values[i]) && takenOut.get(i) !== values[i])
      return false;
  return true;
}

function areNone(known: number, value: number): boolean {
  return Number.isNaN(known) && !isSample(value);
}
