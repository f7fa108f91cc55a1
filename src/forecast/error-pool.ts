/**
 * What a model got wrong before, one pool of known errors per step of the horizon: what quantiles are made of (see
 * local-weights). Errors are divided by the size that was expected of them (half standardised), so that those of a quiet
 * night and of a flash crowd can be compared.
 *
 * Sources: split conformal prediction (Vovk, Gammerman, Shafer 2005), locally weighted scores (Lei et al. 2018).
 */
import type { History } from './history.ts';
import { boostOf } from './level-change.ts';
import { argsort, sortAgain } from './numeric/argsort.ts';
import type { PastPaths } from './past-paths.ts';
import { boundedSize, type RankedBefore, rankKeys, type Ranking, writeOrderWithout } from './pool-ranking.ts';
import { type KnownErrors, PoolRoom } from './pool-room.ts';

/** The known errors of one horizon step, and how they stand to each other. */
export interface ErrorPool extends KnownErrors {
  readonly ranking: Ranking;
}

/** A size differs from the median of the pool by at most this factor. */
const MOST_SIZE_FACTOR = 4;

/**
 * Errors of step `step` at the origins whose actual is in the history. `rankedBefore`, how those of a question ago that are
 * still there stand to each other, only saves time.
 */
export function errorPool(
  paths: PastPaths,
  step: number,
  history: History,
  rankedBefore?: (origins: Int32Array) => RankedBefore | undefined,
): ErrorPool {
  const room = new PoolRoom(paths.origins.length);
  room.takeIn(paths, step, history);
  return poolIn(room, rankingOf(room, rankedBefore?.(room.origins)));
}

/** How the errors that `room` has taken in stand to each other; holds until the room takes in others. */
export function rankingOf(room: PoolRoom, before: RankedBefore | undefined): Ranking {
  const { scratch, count } = room;
  const { forecasts, sizes, errors } = scratch;
  const ranks = room.ranks();
  const ranksBefore = (old: Uint8Array) => ({ ranks: old, gone: before!.gone });
  rankKeys(forecasts, before && ranksBefore(before.forecastRanks), ranks.forecastRanks);
  const medianSize = rankKeys(sizes, before && ranksBefore(before.sizeRanks), ranks.sizeRanks);
  const bounds = { leastSize: medianSize / MOST_SIZE_FACTOR, mostSize: medianSize * MOST_SIZE_FACTOR };
  const standardised = scratch.standardised.subarray(0, count);
  for (let i = 0; i < count; i += 1) standardised[i] = errors[i] / boundedSize(bounds, sizes[i]);
  const byError = room.byError(count);
  if (before === undefined) byError.set(argsort(standardised));
  else {
    writeOrderWithout(before.byError, before.gone, byError);
    sortAgain(standardised, byError);
  }
  return { byError, ...ranks, ...bounds, boost: boostOf(standardised, byError) };
}

/** The pool of what `room` has taken in. */
export function poolIn(room: PoolRoom, ranking: Ranking): ErrorPool {
  return { ...room.standardised(ranking), ranking };
}

/** What a pool of a question ago says of the errors at `origins`; undefined where it says nothing. */
export function rankedIn(
  { origins: old, ranking }: ErrorPool,
  origins: Int32Array,
): RankedBefore | undefined {
  const gone = shiftFrom(old, origins);
  return gone === undefined ? undefined : { ...ranking, gone };
}

/** How many of the old origins are gone, where the others are still the first of the new; undefined where they are not. */
function shiftFrom(old: Int32Array, now: Int32Array): number | undefined {
  const gone = old.indexOf(now[0]);
  if (gone < 0 || old.length - gone > now.length) return undefined;
  for (let i = gone; i < old.length; i += 1) if (old[i] !== now[i - gone]) return undefined;
  return gone;
}
