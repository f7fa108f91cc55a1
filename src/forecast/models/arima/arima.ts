import { decisionStepsOf } from '../../forecaster.ts';
import { SECONDS_PER_DAY } from '../../../domain/clock.ts';
import type { Forecaster, ForecastOutcome, ForecastRequest } from '../../forecaster.ts';
import { HistoryMemory } from '../../history-memory.ts';
import { endSlotOf, type History } from '../../history.ts';
import { type ClockOf, createLocalClocks, type LocalClock } from '../../local-clock.ts';
import { LruCache, remembered } from '../../lru-cache.ts';
import { memoryKeyOf } from '../../memory-key.ts';
import { ScaleMemory } from '../../scale-memory.ts';
import { MIN_ERRORS, originStrideSlots, pastOrigins } from '../../past-origins.ts';
import type { ErrorPool } from '../../error-pool.ts';
import type { PastPaths } from '../../past-paths.ts';
import { distributionAround, type ScaledPath } from '../../path-distribution.ts';
import { tooFewErrors, tooShort, type Unavailable, withEvents } from '../../point-model.ts';
import { fitSlotFor, LEAST_FIT_SLOTS } from './fit-schedule.ts';
import { type Known, SeriesMemory } from './series-memory.ts';

/** About 250 kB each at one-minute slots and a horizon of 15. */
const MAX_REMEMBERED_SERIES = 10_000;

/**
 * An ARIMA-like model: for each step of the horizon a regression of the rate (its square root or logarithm, as its noise
 * asks for) on its newest values and means (the autoregressive part), the same time yesterday and last week with daily and
 * weekly profiles (the seasonal part), and the time of day. The coefficients are those of a ridge regression in which a
 * row counts half after three weeks and outliers count less; they are brought up to date at midnight (UTC; more often
 * while the history is young) by adding the rows since then to the normal equations. A second regression expects the size
 * of the error, and the quantiles come from the model's own past out-of-sample errors, standardised by it. Known events
 * are divided out of the history and multiplied back.
 *
 * Guarantees. The forecast is a function of the history from its fixed start on (see historyFrom) to the origin: a
 * fresh instance, one that has answered before, and one that was shown other histories answer the same, to the bit.
 * A history longer than ARIMA_LOOKBACK_SECONDS answers as one cut to it; a shorter one is fitted on what there is.
 */
export function createArima(paths: ArimaPaths = createArimaPaths()): Forecaster {
  return { name: 'arima', forecast: (requests) => requests.map((request) => forecastOne(request, paths)) };
}

/** What a forecast of this model is made of: the path it expects now, those it expected before, and their errors. */
export interface ArimaPath {
  readonly kind: 'path';
  readonly history: History;
  readonly clock: LocalClock;
  readonly now: ScaledPath<Float64Array>;
  readonly paths: PastPaths<Float64Array>;
  /** One object for each of `paths.origins`: the same object as long as nothing it was computed from has changed. */
  readonly identities: readonly object[];
  readonly pools: readonly ErrorPool[];
}

interface Remembered {
  readonly history: HistoryMemory;
  readonly scale: ScaleMemory;
  readonly series: SeriesMemory;
}

/** The paths behind the forecasts; models that build on this one share it, and with it what is remembered. */
export type ArimaPaths = (request: ForecastRequest) => ArimaPath | Unavailable;

export function createArimaPaths(maxSeries = MAX_REMEMBERED_SERIES): ArimaPaths {
  const memories = new LruCache<Remembered>(maxSeries);
  const clockOf = createLocalClocks();
  // A chain asks every model with the same object.
  const answered = new WeakMap<ForecastRequest, ArimaPath | Unavailable>();
  return (request) => {
    const known = answered.get(request);
    if (known !== undefined) return known;
    const path = pathOf(request, memories, clockOf);
    answered.set(request, path);
    return path;
  };
}

/** Older samples weigh less than a fifteenth. In seconds. */
const REACH_SECONDS = 84 * SECONDS_PER_DAY;
/** Where the history is cut is fixed from midnight to midnight. */
const CUT_SECONDS = 2 * SECONDS_PER_DAY;

/** History beyond this changes no forecast. In seconds. */
export const ARIMA_LOOKBACK_SECONDS = REACH_SECONDS + CUT_SECONDS;

function forecastOne(request: ForecastRequest, pathsFor: ArimaPaths): ForecastOutcome {
  const path = pathsFor(request);
  if (path.kind === 'unavailable') return path;
  return withEvents(distributionAround(path.now, path, decisionStepsOf(request)), request);
}

function pathOf(
  request: ForecastRequest,
  memories: LruCache<Remembered>,
  clockOf: ClockOf,
): ArimaPath | Unavailable {
  const { series, horizonSteps, calendar, learningOffsetSeconds } = request;
  const clock = clockOf(calendar, series.stepSeconds);
  const memory = remembered(memories, memoryKeyOf(request), () => ({
    history: new HistoryMemory(),
    scale: new ScaleMemory(),
    series: new SeriesMemory(),
  }));
  const { history, digest } = memory.history.historyOf(
    series,
    calendar.events,
    REACH_SECONDS,
    learningOffsetSeconds,
  );
  const needed = LEAST_FIT_SLOTS + MIN_ERRORS + horizonSteps;
  if (history.ratesRps.length < needed) return tooShort(needed, history.ratesRps.length);
  const scale = memory.scale.scaleFor(history, digest);
  const known: Known = { scale, history, digest, clock, horizonSteps };
  return pathFrom(memory.series, known, endSlotOf(history));
}

function pathFrom(memory: SeriesMemory, known: Known, origin: number): ArimaPath | Unavailable {
  const { history, clock } = known;
  const now = memory.pathAt(known, origin);
  if (now === undefined) return noFit(history, origin);
  const origins = pastOrigins(history, originStrideSlots(history), history.firstSlot + LEAST_FIT_SLOTS);
  const { paths, identities, pools } = memory.pastErrors(known, origins);
  memory.forgetBefore(known, origins.length > 0 ? origins[0] : origin);
  const fewest = Math.min(...pools.map(({ errors }) => errors.length));
  if (fewest < MIN_ERRORS) return tooFewErrors(fewest);
  return { kind: 'path', history, clock, now, paths, identities, pools };
}

function noFit(history: History, origin: number): Unavailable {
  const fitSlot = fitSlotFor(history, origin);
  if (fitSlot === undefined) return tooShort(LEAST_FIT_SLOTS, history.ratesRps.length);
  let samples = 0;
  for (const rate of history.ratesRps) if (!Number.isNaN(rate)) samples += 1;
  const message = `too few complete rows to fit: ${samples} samples in ${history.ratesRps.length} slots`;
  return { kind: 'unavailable', reason: 'TooManyGaps', message };
}
