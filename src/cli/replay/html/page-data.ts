/** What the page's charts are drawn from: columns of numbers, nothing that has to be computed in the browser. */
import type { ForecastResult } from '../../../domain/forecast.ts';
import { QUANTILE_LEVELS } from '../../../domain/forecast.ts';
import { MS_PER_SECOND } from '../../../domain/clock.ts';
import { slotStartMs, type TimeSeries } from '../../../domain/time-series.ts';
import type { Course } from '../../../replay/report-series.ts';

export interface PageData {
  readonly names: readonly string[];
  /** Of the columns that follow, but for the fan's. */
  readonly bucketSeconds: number;
  /** Seconds since the epoch, then one column each: the load, each policy's replicas, each policy's late requests. */
  readonly load: readonly (readonly (number | null)[])[];
  readonly replicas: readonly (readonly (number | null)[])[];
  readonly late: readonly (readonly (number | null)[])[];
  /** Seconds, 0.05, 0.5 and 0.95 quantiles as forecast a lead time before, and what came. */
  readonly fan: readonly (readonly (number | null)[])[];
}

export function pageData(course: Course, fan: PageData['fan']): PageData {
  const seconds = course.startMs.map((ms) => ms / MS_PER_SECOND);
  const policies = [...course.policies];
  return {
    names: policies.map(([name]) => name),
    bucketSeconds: course.bucketSeconds,
    load: [seconds, rounded(course.rateRps)],
    replicas: [seconds, ...policies.map(([, { readyReplicas }]) => readyReplicas)],
    late: [seconds, ...policies.map(([, { lateRequests }]) => rounded(lateRequests))],
    fan,
  };
}

export interface FanQuestion {
  readonly history: TimeSeries;
  readonly fromSlot: number;
  /** How many slots before its slot a forecast had to be made for a decision to act on it in time. */
  readonly aheadSlots: number;
}

export interface FanRecorder {
  /** `forecast` knows the slots before `slot`. */
  readonly add: (slot: number, forecast: ForecastResult) => void;
  readonly fan: () => PageData['fan'];
}

const MOST_FAN_POINTS = 1500;
const FAN_LEVELS = [0.05, 0.5, 0.95] as const;

/** The newest slots, so many as a chart takes. */
export function createFanRecorder({ history, fromSlot, aheadSlots }: FanQuestion): FanRecorder {
  const { values } = history;
  const first = Math.max(fromSlot + aheadSlots, values.length - MOST_FAN_POINTS);
  const slots = Array.from({ length: Math.max(0, values.length - first) }, (_, i) => first + i);
  const rows = new Map<number, readonly number[]>();
  const level = (quantile: (typeof FAN_LEVELS)[number]): (number | null)[] =>
    rounded(slots.map((slot) => rows.get(slot)?.[QUANTILE_LEVELS.indexOf(quantile)] ?? null));
  return {
    add(slot, forecast) {
      const seen = slot + aheadSlots - 1;
      if (seen < first || forecast.kind === 'unavailable') return;
      const row = forecast.quantilesRps.at(aheadSlots - 1);
      if (row !== undefined) rows.set(seen, row);
    },
    fan: () => [
      slots.map((slot) => slotStartMs(history, slot) / MS_PER_SECOND),
      ...FAN_LEVELS.map(level),
      rounded(slots.map((slot) => (Number.isNaN(values[slot]) ? null : values[slot]))),
    ],
  };
}

/** Four digits: a page is no archive. */
function rounded(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value) => (value === null ? null : Number(value.toPrecision(4))));
}
