import { decisionStepsOf } from '../../forecaster.ts';
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../../../domain/clock.ts';
import type { ExpertWeight, LoadChange } from '../../../domain/forecast.ts';
import { seriesEndMs, type TimeSeries } from '../../../domain/time-series.ts';
import { type DayProfile, isSameProfile } from '../../day-profile.ts';
import { readingsBeside } from '../../features/live-readings.ts';
import { endSlotOf, type History } from '../../history.ts';
import { HistoryMemory } from '../../history-memory.ts';
import { type ClockOf, createLocalClocks } from '../../local-clock.ts';
import { LruCache, remembered } from '../../lru-cache.ts';
import { memoryKeyOf } from '../../memory-key.ts';
import { MIN_ERRORS } from '../../past-origins.ts';
import { distributionAround } from '../../path-distribution.ts';
import { tooFewErrors, tooShort, withEvents } from '../../point-model.ts';
import { ScaleMemory } from '../../scale-memory.ts';
import type { Forecaster, ForecastOutcome, ForecastRequest } from '../../forecaster.ts';
import { borrowedShape, YOUNG_SECONDS } from './borrowed-shape.ts';
import type { Change } from './change-watch.ts';
import type { ExpertKind } from './expert.ts';
import { movedBy } from './followed-quantiles.ts';
import { MixMemory } from './mix-memory.ts';
import { PoolRooms } from './pool-memory.ts';
import { REGRESSIONS } from './regression-expert.ts';
import { RULES } from './rules.ts';

const MAX_REMEMBERED_SERIES = 10_000;
const REACH_SECONDS = 84 * SECONDS_PER_DAY;
/** Where the history is cut is fixed from midnight to midnight. */
const CUT_SECONDS = 2 * SECONDS_PER_DAY;
/** Slots before the first origin, and one after the last. */
const LEAST_SLOTS = 8;

/** History beyond this changes no forecast. In seconds. */
export const ENSEMBLE_LOOKBACK_SECONDS = REACH_SECONDS + CUT_SECONDS;

/** The experts of every ensemble: plain rules, and the regression in two scales. */
export const EXPERTS: readonly ExpertKind[] = [...RULES, ...REGRESSIONS];

interface Remembered {
  readonly history: HistoryMemory;
  readonly scale: ScaleMemory;
  mix: MixMemory;
  experts: readonly ExpertKind[];
  /** What the last of the experts follows. */
  borrowed: DayProfile | undefined;
}

/**
 * All experts at once: mixed by weights that follow their errors, with the quantiles of the mixture's own past errors
 * where the load and its volatility were similar. It serves a workload from its first minutes on, as the experts that
 * can say nothing yet count as the plainest. A function of the history, like every forecaster.
 */
export function createEnsemble(
  experts: readonly ExpertKind[] = EXPERTS,
  maxSeries = MAX_REMEMBERED_SERIES,
): Forecaster {
  const memories = new LruCache<Remembered>(maxSeries);
  const caches = { experts, memories, clockOf: createLocalClocks(), rooms: new PoolRooms() };
  return {
    name: 'ensemble',
    forecast: (requests) => requests.map((request) => forecastOne(request, caches)),
  };
}

interface Caches {
  readonly experts: readonly ExpertKind[];
  readonly memories: LruCache<Remembered>;
  readonly clockOf: ClockOf;
  readonly rooms: PoolRooms;
}

function weightsOf(experts: readonly ExpertKind[], shares: readonly number[]): readonly ExpertWeight[] {
  return experts.map(({ name }, index) => ({ expert: name, weightRatio: shares[index] }));
}

/** A young workload's history has one expert more, as long as it has a shape to follow. */
function takeExperts(memory: Remembered, borrowed: DayProfile | undefined, { experts, rooms }: Caches): void {
  if (isSameProfile(memory.borrowed, borrowed)) return;
  memory.borrowed = borrowed;
  memory.experts = borrowed ? [...experts, borrowedShape(borrowed)] : experts;
  memory.mix = new MixMemory(memory.experts, rooms);
}

function borrowedBy(request: ForecastRequest, { ratesRps, stepSeconds }: History): DayProfile | undefined {
  return ratesRps.length * stepSeconds <= YOUNG_SECONDS ? request.borrowedShape : undefined;
}

function forecastOne(request: ForecastRequest, caches: Caches): ForecastOutcome {
  const { memories, clockOf, rooms } = caches;
  const { series, horizonSteps, calendar, learningOffsetSeconds } = request;
  const clock = clockOf(calendar, series.stepSeconds);
  const memory = remembered(memories, memoryKeyOf(request), () => ({
    history: new HistoryMemory(),
    scale: new ScaleMemory(),
    mix: new MixMemory(caches.experts, rooms),
    experts: caches.experts,
    borrowed: undefined,
  }));
  const { history, digest } = memory.history.historyOf(
    series,
    calendar.events,
    REACH_SECONDS,
    learningOffsetSeconds,
  );
  const needed = LEAST_SLOTS + MIN_ERRORS + horizonSteps;
  if (history.ratesRps.length < needed) return tooShort(needed, history.ratesRps.length);
  takeExperts(memory, borrowedBy(request, history), caches);
  const scale = memory.scale.scaleFor(history, digest);
  const mixed = memory.mix.mixedAt({
    history,
    digest,
    clock,
    events: calendar.events,
    horizonSteps,
    scale,
    live: request.live && readingsBeside(request.live, series, history),
    workloadClass: request.workloadClass,
  });
  if (mixed === undefined) return tooFewErrors(0);
  const fewest = Math.min(...mixed.pools.map(({ errors }) => errors.length));
  if (fewest < MIN_ERRORS) return tooFewErrors(fewest);
  const moved = (quantilesRps: readonly number[]) => movedBy(mixed.moves, quantilesRps);
  const outcome = distributionAround(mixed.now, { ...mixed, history, moved }, decisionStepsOf(request));
  const change = mixed.change && loadChange(mixed.change, endSlotOf(history), series);
  const networkInUse = memory.mix.networkInUse();
  const told = {
    weights: weightsOf(memory.experts, mixed.shares),
    ...(change && { change }),
    ...(networkInUse && { networkInUse }),
  };
  return withEvents({ ...outcome, ...told }, request);
}

function loadChange({ slot, direction }: Change, endSlot: number, series: TimeSeries): LoadChange {
  return { atMs: seriesEndMs(series) - (endSlot - slot) * series.stepSeconds * MS_PER_SECOND, direction };
}
