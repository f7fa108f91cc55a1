import { MS_PER_SECOND } from './clock.ts';
import { recommendedReplicas, type Decision } from './decision.ts';

/** What a figure did over a stretch of time: no peak and no dip of it is lost when stretches are put together. */
export interface Spread {
  readonly min: number;
  readonly max: number;
  readonly last: number;
}

/** All decisions of a workload in one stretch of time, as a chart of weeks shows them. */
export interface TrendRow {
  /** Begin of the stretch. */
  readonly atMs: number;
  readonly decisions: number;
  /** null where there was no trusted value in it. */
  readonly arrivalRateRps: (Spread & { readonly sum: number; readonly count: number }) | null;
  readonly currentReplicas: Spread;
  readonly readyReplicas: Spread;
  /** null where nothing was recommended. */
  readonly recommendedReplicas: Spread | null;
  /** The highest; null where nothing was sized. */
  readonly sloViolationProbability: number | null;
}

/** What is kept for longest, and the unit of all longer stretches. */
export const TREND_SLOT_SECONDS = 300;
const SLOT_MS = TREND_SLOT_SECONDS * MS_PER_SECOND;

/** The begin of the stretch that an instant is in. */
export function trendSlotMs(atMs: number): number {
  return Math.floor(atMs / SLOT_MS) * SLOT_MS;
}

/** The row of one decision alone. */
export function trendOf(decision: Decision): TrendRow {
  const { observed, decidedAtMs, sizing } = decision;
  const { arrivalRate } = observed;
  const recommended = recommendedReplicas(decision);
  return {
    atMs: trendSlotMs(decidedAtMs),
    decisions: 1,
    arrivalRateRps:
      arrivalRate.kind === 'value' ? { ...still(arrivalRate.value), sum: arrivalRate.value, count: 1 } : null,
    currentReplicas: still(observed.currentReplicas),
    readyReplicas: still(observed.readyReplicas),
    recommendedReplicas: recommended === undefined ? null : still(recommended),
    sloViolationProbability: sizing?.sloViolationProbability ?? null,
  };
}

function still(value: number): Spread {
  return { min: value, max: value, last: value };
}

/** Two rows as one, which begins where the earlier does. */
export function mergeTrend(earlier: TrendRow, later: TrendRow): TrendRow {
  const [rate, laterRate] = [earlier.arrivalRateRps, later.arrivalRateRps];
  const worst = [earlier.sloViolationProbability, later.sloViolationProbability].filter(
    (one) => one !== null,
  );
  return {
    atMs: earlier.atMs,
    decisions: earlier.decisions + later.decisions,
    arrivalRateRps:
      rate && laterRate
        ? { ...spread(rate, laterRate), sum: rate.sum + laterRate.sum, count: rate.count + laterRate.count }
        : (laterRate ?? rate),
    currentReplicas: spread(earlier.currentReplicas, later.currentReplicas),
    readyReplicas: spread(earlier.readyReplicas, later.readyReplicas),
    recommendedReplicas:
      earlier.recommendedReplicas && later.recommendedReplicas
        ? spread(earlier.recommendedReplicas, later.recommendedReplicas)
        : (later.recommendedReplicas ?? earlier.recommendedReplicas),
    sloViolationProbability: worst.length > 0 ? Math.max(...worst) : null,
  };
}

function spread(earlier: Spread, later: Spread): Spread {
  return {
    min: Math.min(earlier.min, later.min),
    max: Math.max(earlier.max, later.max),
    last: later.last,
  };
}

/** Rows, oldest first, put together to stretches of `stepSeconds` that begin at whole multiples of it since the epoch. */
export function resampleTrend(rows: readonly TrendRow[], stepSeconds: number): readonly TrendRow[] {
  const stepMs = stepSeconds * MS_PER_SECOND;
  const byStart = new Map<number, TrendRow>();
  for (const row of rows) {
    const atMs = Math.floor(row.atMs / stepMs) * stepMs;
    const before = byStart.get(atMs);
    byStart.set(atMs, before ? mergeTrend(before, row) : { ...row, atMs });
  }
  return [...byStart.values()];
}
