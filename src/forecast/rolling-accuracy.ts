import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../domain/clock.ts';
import { type Forecast, type ForecastResult, MEDIAN_INDEX } from '../domain/forecast.ts';
import type { ForecastAccuracy } from '../domain/forecast-accuracy.ts';
import { bandOf, coverageOf } from './accuracy.ts';
import { seriesEndMs, slotIndexAt, type TimeSeries } from '../domain/time-series.ts';

/** A slot counts half after so long, and after so many slots where they are long. */
const HALF_LIFE_SECONDS = 6 * SECONDS_PER_HOUR;
const LEAST_HALF_LIFE_SLOTS = 48;
/** Forecasts that wait for what comes: with longer horizons not every one is kept. */
const MOST_PENDING = 15;

/** Keeps the score of one workload's forecasts while they come true. */
export interface RollingAccuracy {
  /** `result` was forecast from `history`; what has become known in it is scored first. */
  forecast(history: TimeSeries, result: ForecastResult): void;
  /** undefined before the first scored slot, and where nothing has arrived at all. */
  accuracy(): ForecastAccuracy | undefined;
}

/** Of a forecast what is scored, and how much of it has come. */
interface Pending extends Pick<Forecast, 'originAtMs' | 'stepSeconds'> {
  readonly steps: number;
  /** [step * 3]: the quantiles of 0.05, 0.5 and 0.95. */
  readonly scoredRps: Float64Array;
  /** The newest rate that it knew, in requests per second. */
  readonly newestRps: number;
  scoredSteps: number;
}

interface Sums {
  weight: number;
  actual: number;
  error: number;
  absoluteError: number;
  naiveError: number;
  covered: number;
  below: number;
}

/**
 * Every forecast of a slot is scored once, when the slot is known: those of one slot, made at different times before,
 * count as one in all. A slot without a sample is not scored.
 */
export function createRollingAccuracy(): RollingAccuracy {
  const sums: Sums = {
    weight: 0,
    actual: 0,
    error: 0,
    absoluteError: 0,
    naiveError: 0,
    covered: 0,
    below: 0,
  };
  let pending: Pending[] = [];
  let seenEndMs = -Infinity;
  return {
    forecast(history, result) {
      const endMs = seriesEndMs(history);
      if (endMs > seenEndMs) for (const one of pending) scoreKnown(one, history, sums, pending.length);
      seenEndMs = endMs;
      pending = pending.filter(({ steps, scoredSteps }) => scoredSteps < steps);
      const newest = newestRpsOf(history);
      if (result.kind === 'forecast' && newest !== undefined && isDue(pending.at(-1), result))
        pending.push(pendingOf(result, newest));
    },
    accuracy: () => accuracyFrom(sums),
  };
}

function pendingOf({ originAtMs, stepSeconds, quantilesRps }: Forecast, newestRps: number): Pending {
  const steps = quantilesRps.length;
  const scoredRps = new Float64Array(3 * steps);
  quantilesRps.forEach((row, step) => {
    const { lowerRps, upperRps } = bandOf(row);
    scoredRps[3 * step] = lowerRps;
    scoredRps[3 * step + 1] = row[MEDIAN_INDEX];
    scoredRps[3 * step + 2] = upperRps;
  });
  return { originAtMs, stepSeconds, steps, scoredRps, newestRps, scoredSteps: 0 };
}

/** With long horizons forecasts are kept some steps apart. A new step size or an earlier origin is due at once. */
function isDue(before: Pending | undefined, now: Forecast): boolean {
  if (before === undefined || before.stepSeconds !== now.stepSeconds) return true;
  const strideMs = Math.ceil(now.meanRps.length / MOST_PENDING) * now.stepSeconds * MS_PER_SECOND;
  return Math.abs(now.originAtMs - before.originAtMs) >= strideMs;
}

function scoreKnown(one: Pending, history: TimeSeries, sums: Sums, among: number): void {
  const { originAtMs, stepSeconds, steps, newestRps: naiveRps } = one;
  const stepMs = stepSeconds * MS_PER_SECOND;
  const endMs = seriesEndMs(history);
  for (; one.scoredSteps < steps; one.scoredSteps += 1) {
    const startMs = originAtMs + one.scoredSteps * stepMs;
    if (startMs + stepMs > endMs) return;
    const actualRps = history.values[slotIndexAt(history, startMs)] ?? Number.NaN;
    if (Number.isNaN(actualRps)) continue;
    addTo(sums, scoreOf(one, actualRps, naiveRps), {
      weight: 1 / among,
      halfLifeSlots: Math.max(LEAST_HALF_LIFE_SLOTS, HALF_LIFE_SECONDS / stepSeconds),
    });
  }
}

/** Of the step that is next. */
function scoreOf({ scoredRps, scoredSteps }: Pending, actualRps: number, naiveRps: number): Sums {
  const at = 3 * scoredSteps;
  const [lowerRps, medianRps, upperRps] = [scoredRps[at], scoredRps[at + 1], scoredRps[at + 2]];
  const error = medianRps - actualRps;
  const { isBelow, isCovered } = coverageOf({ lowerRps, upperRps }, actualRps);
  return {
    weight: 1,
    actual: actualRps,
    error,
    absoluteError: Math.abs(error),
    naiveError: Math.abs(naiveRps - actualRps),
    covered: isCovered ? 1 : 0,
    below: isBelow ? 1 : 0,
  };
}

/** All that was added before counts a little less. */
function addTo(
  sums: Sums,
  score: Sums,
  { weight, halfLifeSlots }: { readonly weight: number; readonly halfLifeSlots: number },
): void {
  const kept = 0.5 ** (weight / halfLifeSlots);
  sums.weight = kept * sums.weight + weight * score.weight;
  sums.actual = kept * sums.actual + weight * score.actual;
  sums.error = kept * sums.error + weight * score.error;
  sums.absoluteError = kept * sums.absoluteError + weight * score.absoluteError;
  sums.naiveError = kept * sums.naiveError + weight * score.naiveError;
  sums.covered = kept * sums.covered + weight * score.covered;
  sums.below = kept * sums.below + weight * score.below;
}

function accuracyFrom(sums: Sums): ForecastAccuracy | undefined {
  const { weight, actual, error, absoluteError, naiveError, covered, below } = sums;
  if (!(weight > 0) || !(actual > 0)) return undefined;
  return {
    slots: weight,
    absoluteErrorRatio: absoluteError / actual,
    biasRatio: error / actual,
    coverage90Ratio: covered / weight,
    upper95Ratio: below / weight,
    ...(naiveError > 0 && { toNaiveRatio: absoluteError / naiveError }),
  };
}

/** The newest rate that is known; undefined where none is. */
function newestRpsOf({ values }: TimeSeries): number | undefined {
  for (let slot = values.length - 1; slot >= 0; slot -= 1)
    if (!Number.isNaN(values[slot])) return values[slot];
  return undefined;
}
