import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../domain/clock.ts';
import { seriesEndMs, slotStartMs, type Samples, type TimeSeries } from '../domain/time-series.ts';
import type { MetricsPolicy } from '../policy/policy.ts';
import type { SeriesAnswer, SeriesRequest } from './metrics-source.ts';
import { SlotStore } from './slot-store.ts';

/** A stretch of time: slots that start at or after `fromMs` and end at or before `toMs`. */
export type Span = Pick<SeriesRequest, 'fromMs' | 'toMs'>;

/** How late a slot's value may come, and how long a missing one is waited for. */
export type Freshness = Pick<MetricsPolicy, 'delaySeconds' | 'staleAfterSeconds'>;

/**
 * What is known of one workload's arrival rate: at most the lookback, on a regular grid, in typed arrays. The whole
 * lookback is asked for once; from then on only what is new, or may have come late.
 */
export interface HistoryBuffer {
  readonly stepSeconds: number;
  /** Whether the load may be looked at between two slots: all that have ended are known. */
  isBetweenSlots(nowMs: number, freshness: Freshness): boolean;
  /** There was nothing between two slots: for some hours slots alone are to be asked for. */
  foundNothingBetween(nowMs: number): void;
  /** Whether the lookback has been read, and there was something in it. */
  isWhole(): boolean;
  /**
   * What to ask for at `nowMs`. Nothing that ends after now - delay: it may still change. Where the lookback has not been
   * read yet, it is asked for now (`whole`), or only what tells the load of now (`newest`), the rest at another time.
   */
  nextRequest(nowMs: number, freshness: Freshness, reach?: Reach): Span;
  /** Takes over the answer to a request for `asked`. Faults and partial answers change nothing: they are asked again. */
  append(answer: SeriesAnswer, asked: Span): void;
  /** What an earlier life has known: only what is new since, or may have come late, is asked for. */
  restore(series: TimeSeries): void;
  /**
   * The known slots up to the end of what was answered; a slot that the source has no usable sample for is NaN.
   * The same object until an answer changes it, and its values never change.
   */
  series(): TimeSeries;
}

export type Reach = 'whole' | 'newest';

export interface HistoryOptions {
  readonly stepSeconds: number;
  readonly lookbackSeconds: number;
  /** Whether the past that was not asked for stays unknown, where the newest alone was: nobody waits for it. */
  readonly isPastOptional?: boolean;
}

/** Slots that stay missing are asked for again this long: sources that fell behind have caught up by then. */
export const MAX_REREAD_SECONDS = 6 * SECONDS_PER_HOUR;

/** Enough to judge the load of now, and how complete its samples are. */
const NEWEST_SECONDS = SECONDS_PER_HOUR / 2;

/** Samples that are too far apart for a query at any instant mostly stay so. */
const SLOTS_ALONE_SECONDS = 6 * SECONDS_PER_HOUR;

/** The step to work at: the policy's, or the next multiple of what a coarser source has. */
export function effectiveStepSeconds(stepSeconds: number, resolutionSeconds: number | null): number {
  if (resolutionSeconds === null) return stepSeconds;
  return Math.max(1, Math.ceil(stepSeconds / resolutionSeconds)) * resolutionSeconds;
}

/** Seconds before the newest complete slot that are read at every tick: late samples come within staleAfter. */
export function rereadSeconds(stepSeconds: number, { staleAfterSeconds }: Freshness): number {
  return staleAfterSeconds + 2 * stepSeconds;
}

export function createHistoryBuffer({
  stepSeconds,
  lookbackSeconds,
  isPastOptional = false,
}: HistoryOptions): HistoryBuffer {
  const stepMs = stepSeconds * MS_PER_SECOND;
  const slots = new SlotStore(Math.max(1, Math.ceil(lookbackSeconds / stepSeconds)));
  /** Offset of the source's grid from the epoch's; known from the first sample on. */
  let phaseMs: number | undefined;
  let answeredToMs = -Infinity;
  let lastKnownSlot: number | undefined;
  /** Only the newest stretch was asked for, and the rest is still to be. */
  let owesWhole = false;
  let slotsAloneUntilMs = -Infinity;
  let cached: TimeSeries | undefined;

  const take = ({ startsAtMs, values }: Samples): void => {
    phaseMs ??= startsAtMs.length === 0 ? undefined : startsAtMs[0] % stepMs;
    for (let i = 0; i < startsAtMs.length; i += 1) {
      const slot = Math.round((startsAtMs[i] - phaseMs!) / stepMs);
      const usable = values[i] >= 0 && Math.fround(values[i]) < Infinity;
      slots.set(slot, usable ? values[i] : Number.NaN);
      if (usable) lastKnownSlot = Math.max(lastKnownSlot ?? slot, slot);
    }
  };

  const isWhole = (): boolean => lastKnownSlot !== undefined && !owesWhole;

  const append: HistoryBuffer['append'] = (answer, { fromMs, toMs }) => {
    const complete = answer.kind === 'samples' && answer.partialMessage === null;
    if (!complete && answer.kind !== 'empty') return;
    if (toMs - fromMs > (lookbackSeconds - stepSeconds) * MS_PER_SECOND) owesWhole = false;
    if (answer.kind === 'samples') take(answer.samples);
    answeredToMs = Math.max(answeredToMs, toMs);
    if (phaseMs !== undefined) slots.extendTo(Math.floor((answeredToMs - phaseMs) / stepMs));
    if (slots.takeChanged()) cached = undefined;
  };

  return {
    stepSeconds,
    append,
    isWhole,

    isBetweenSlots(nowMs, { delaySeconds }) {
      if (!isWhole() || nowMs < slotsAloneUntilMs) return false;
      const usableToMs = nowMs - delaySeconds * MS_PER_SECOND;
      const newestSlot = Math.floor((usableToMs - phaseMs!) / stepMs) - 1;
      return lastKnownSlot! >= newestSlot;
    },

    foundNothingBetween(nowMs) {
      slotsAloneUntilMs = nowMs + SLOTS_ALONE_SECONDS * MS_PER_SECOND;
    },

    restore(series) {
      const span = { fromMs: series.startAtMs, toMs: seriesEndMs(series) };
      append({ kind: 'samples', samples: samplesOf(series), partialMessage: null }, span);
    },

    nextRequest(nowMs, freshness, reach = 'whole') {
      const toMs = nowMs - freshness.delaySeconds * MS_PER_SECOND;
      const earliestMs = toMs - lookbackSeconds * MS_PER_SECOND;
      const lateFromMs = toMs - rereadSeconds(stepSeconds, freshness) * MS_PER_SECOND;
      if (!isWhole()) {
        if (reach === 'whole') return { fromMs: earliestMs, toMs };
        owesWhole = !isPastOptional;
        const newestFromMs = Math.min(lateFromMs, toMs - NEWEST_SECONDS * MS_PER_SECOND);
        return { fromMs: Math.max(earliestMs, newestFromMs), toMs };
      }
      const missingFromMs = Math.max(
        phaseMs! + lastKnownSlot! * stepMs,
        toMs - MAX_REREAD_SECONDS * MS_PER_SECOND,
      );
      return { fromMs: Math.max(earliestMs, Math.min(answeredToMs, lateFromMs, missingFromMs)), toMs };
    },

    series() {
      cached ??= {
        startAtMs: (phaseMs ?? 0) + slots.firstSlot * stepMs,
        stepSeconds,
        values: slots.shown(),
      };
      return cached;
    },
  };
}

/** The slots that are known. */
function samplesOf(series: TimeSeries): Samples {
  const slots = [...series.values.keys()].filter((slot) => !Number.isNaN(series.values[slot]));
  return {
    startsAtMs: Float64Array.from(slots, (slot) => slotStartMs(series, slot)),
    values: Float64Array.from(slots, (slot) => series.values[slot]),
  };
}
