import { MS_PER_SECOND } from '../../domain/clock.ts';
import type { LiveFeature, LiveHistory } from '../../domain/live-history.ts';
import type { TimeSeries, SlotValues } from '../../domain/time-series.ts';

/** Readings at any origin (the start of a slot, in whole steps since the epoch), of what was known there. */
export interface LiveReadings {
  /** The newest slot before the origin that has a sample, not older than LIVE_FRESH_SECONDS; NaN: not known. */
  now(metric: LiveFeature, origin: number): number;
  /** Mean of the samples of the day before the origin; NaN where there is none. */
  dayMean(metric: LiveFeature, origin: number): number;
  /** Start of the newest rollout at or before the origin, in milliseconds since the epoch; undefined: none is known. */
  lastRolloutAtMs(origin: number): number | undefined;
}

/** A reading whose slot ended longer ago is stale, where slots are shorter. */
export const LIVE_FRESH_SECONDS = 120;

/** What a series of arrival rates and its readings must agree on. */
export interface LiveGrid {
  readonly stepSeconds: number;
  readonly slotsPerDay: number;
  /** Of the arrival rates' grid: how long after a whole step since the epoch its slots begin. */
  readonly phaseMs: number;
}

/** On the grid of a series of arrival rates. */
export function readingsBeside(
  live: LiveHistory,
  { startAtMs }: TimeSeries,
  { stepSeconds, slotsPerDay }: Omit<LiveGrid, 'phaseMs'>,
): LiveReadings {
  return liveReadings(live, {
    stepSeconds,
    slotsPerDay,
    phaseMs: startAtMs % (stepSeconds * MS_PER_SECOND),
  });
}

/** Readings of `history`; a column at another step is not known. Sums of a column are made when it is first asked for. */
export function liveReadings({ metrics, rolloutsAtMs }: LiveHistory, grid: LiveGrid): LiveReadings {
  const columns = new Map<LiveFeature, Column>();
  const columnOf = (metric: LiveFeature): Column | undefined => {
    const series = metrics[metric];
    if (series?.stepSeconds !== grid.stepSeconds) return undefined;
    const column = columns.get(metric) ?? new Column(series, grid);
    columns.set(metric, column);
    return column;
  };
  return {
    now: (metric, origin) => columnOf(metric)?.now(origin) ?? Number.NaN,
    dayMean: (metric, origin) => columnOf(metric)?.dayMean(origin) ?? Number.NaN,
    lastRolloutAtMs(origin) {
      const originMs = origin * grid.stepSeconds * MS_PER_SECOND + grid.phaseMs;
      return rolloutsAtMs.findLast((atMs) => atMs <= originMs);
    },
  };
}

class Column {
  readonly #values: SlotValues;
  /** Of the arrival rates' grid, the one that the column's first slot ends within, or with: nothing is known early. */
  readonly #firstSlot: number;
  readonly #freshSlots: number;
  readonly #slotsPerDay: number;
  /** Before each slot: sum and number of the samples so far. */
  #sums: Float64Array | undefined;
  #counts: Int32Array | undefined;

  constructor({ startAtMs, values }: TimeSeries, { stepSeconds, slotsPerDay, phaseMs }: LiveGrid) {
    this.#values = values;
    this.#firstSlot = Math.ceil((startAtMs - phaseMs) / (stepSeconds * MS_PER_SECOND));
    this.#freshSlots = Math.max(1, Math.floor(LIVE_FRESH_SECONDS / stepSeconds));
    this.#slotsPerDay = slotsPerDay;
  }

  now(origin: number): number {
    const end = origin - this.#firstSlot;
    for (let index = end - 1; index >= end - this.#freshSlots; index -= 1)
      if (isReading(this.#values[index])) return this.#values[index];
    return Number.NaN;
  }

  dayMean(origin: number): number {
    const [sums, counts] = this.#summed();
    const within = (slot: number): number => Math.max(0, Math.min(this.#values.length, slot));
    const end = within(origin - this.#firstSlot);
    const from = within(origin - this.#firstSlot - this.#slotsPerDay);
    const count = counts[end] - counts[from];
    return count > 0 ? (sums[end] - sums[from]) / count : Number.NaN;
  }

  #summed(): readonly [Float64Array, Int32Array] {
    if (this.#sums !== undefined && this.#counts !== undefined) return [this.#sums, this.#counts];
    const sums = (this.#sums = new Float64Array(this.#values.length + 1));
    const counts = (this.#counts = new Int32Array(this.#values.length + 1));
    for (let index = 0; index < this.#values.length; index += 1) {
      const known = isReading(this.#values[index]);
      sums[index + 1] = sums[index] + (known ? this.#values[index] : 0);
      counts[index + 1] = counts[index] + (known ? 1 : 0);
    }
    return [sums, counts];
  }
}

/** No live metric can be below zero, or endless. */
function isReading(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value < Infinity;
}
