/**
 * Upper quantiles that follow how they held: where the load has come to a new level, its experts hold on to the usual one for
 * hours, errors go on to one side, and what was rare before is no longer.
 *
 * Sources: adaptive conformal inference (Gibbs and Candès 2021), in the steps of a quantile tracker (Angelopoulos, Candès and
 * Tibshirani 2023), each forecast judged as it was made at its own time. A quantile that was missed goes up by a share of
 * the width of the forecast, one that held too often goes down, what it has gone fades, and it counts only so far as the
 * rates since are plainly on one side of their forecasts: load that comes and goes is no level.
 */
import { SECONDS_PER_HOUR } from '../../../domain/clock.ts';
import { MEDIAN_INDEX, QUANTILE_LEVELS } from '../../../domain/forecast.ts';
import type { History } from '../../history.ts';
import { KEPT_LEVELS, type Served } from './served-quantiles.ts';

/** What lies beyond stays, so far as it is not overtaken: an hour tells nothing of one rate in a hundred. */
const FOLLOWED = [0.9, 0.95] as const;
/** Widths that a quantile goes in an hour in which every rate was above it, at most, and after how long it has come back half. */
const WIDTHS_PER_HOUR = 4;
const MOST_WIDTHS = 0.9;
const HALF_LIFE_HOURS = 3;
/** A width is so many times the way from this quantile to the median: the upper one is as wide as the rarest flash crowd. */
const WIDTH_LEVEL = 0.2;
const WIDTH_RATIO = 2;
/** Rates of the newest minutes tell on which side of their forecasts the load is. */
const SIDE_SECONDS = 4500;
/**
 * From which mean place among the quantiles (-1 below all, 1 above all) a move counts, and from which in full; for a move
 * down more, as a load that has sunk comes back.
 */
const UP_FROM = 0.1;
const DOWN_FROM = 0.3;
const IN_FULL_AFTER = 0.2;
/** Where a slot is longer, hours hold too few of them to tell. */
const LONGEST_STEP_SECONDS = 300;
/** Of a young history, whose origins are nearer, quantiles are not known well enough to be judged by how often they held. */
const LEAST_STRIDE_SECONDS = 900;
/** A hair of rounding is no miss. */
const ROUNDING = 1 + 1e-6;

const [MEDIAN, WIDTH] = [0.5, WIDTH_LEVEL].map((level) => (KEPT_LEVELS as readonly number[]).indexOf(level));

/** Where the actual rates stand. */
type KnownRates = Pick<History, 'ratesRps' | 'firstSlot' | 'stepSeconds'>;

/** In widths, of each of FOLLOWED. */
export type Moves = readonly number[];

/** Whether quantiles are followed where slots and origins lie so far apart. */
export function isFollowed(stepSeconds: number, strideSlots: number): boolean {
  return stepSeconds <= LONGEST_STEP_SECONDS && strideSlots * stepSeconds >= LEAST_STRIDE_SECONDS;
}

/** How far the quantiles of a forecast made now go, from those served (the oldest first, at `steps`) and what came of them. */
export function movesAfter(
  served: readonly Served[],
  steps: readonly number[],
  history: KnownRates,
  strideSlots: number,
): Moves {
  const side = sideOf(served, steps, history);
  const isUp = side > 0;
  const plainness = (Math.abs(side) - (isUp ? UP_FROM : DOWN_FROM)) / IN_FULL_AFTER;
  const share = Math.min(1, Math.max(0, plainness));
  if (share === 0) return FOLLOWED.map(() => 0);
  const strideHours = (strideSlots * history.stepSeconds) / SECONDS_PER_HOUR;
  return FOLLOWED.map((level) => share * moveOf(level, isUp, { served, steps, history, strideHours }));
}

/** A forecast's quantiles at one step, moved; the same object where nothing moves. None falls below the median, or a lower one. */
export function movedBy(moves: Moves, row: readonly number[]): readonly number[] {
  if (!moves.some((move) => move !== 0)) return row;
  const median = row[MEDIAN_INDEX];
  const width = WIDTH_RATIO * (median - row[QUANTILE_LEVELS.indexOf(WIDTH_LEVEL)]);
  const moved = [...row];
  const first = QUANTILE_LEVELS.indexOf(FOLLOWED[0]);
  moves.forEach((move, i) => {
    moved[first + i] = Math.max(median, row[first + i] + move * width);
  });
  for (let i = MEDIAN_INDEX + 1; i < first; i += 1) moved[i] = Math.min(moved[i], moved[first]);
  for (let i = first + 1; i < moved.length; i += 1) moved[i] = Math.max(moved[i], moved[i - 1]);
  return moved;
}

/** The mean place of the newest rates among their quantiles, -1 below all to 1 above all; 0 where none is known. */
function sideOf(served: readonly Served[], steps: readonly number[], history: KnownRates): number {
  const { ratesRps, firstSlot, stepSeconds } = history;
  const oldest = Math.ceil(ratesRps.length - SIDE_SECONDS / stepSeconds);
  let sum = 0;
  let count = 0;
  for (const { slot, quantilesRps } of served) {
    for (let i = 0; i < steps.length; i += 1) {
      const at = slot + steps[i] - firstSlot;
      if (at < oldest || !(ratesRps[at] >= 0)) continue;
      sum += placeOf(ratesRps[at], quantilesRps, i * KEPT_LEVELS.length);
      count += 1;
    }
  }
  return count > 0 ? sum / count : 0;
}

/** The middle of the levels that a rate lies between, as -1..1. */
function placeOf(rateRps: number, quantilesRps: Float32Array, from: number): number {
  const levels: readonly number[] = KEPT_LEVELS;
  let above = 0;
  while (above < levels.length && rateRps > quantilesRps[from + above] * ROUNDING) above += 1;
  return (above > 0 ? levels[above - 1] : 0) + (above < levels.length ? levels[above] : 1) - 1;
}

interface Judged {
  readonly served: readonly Served[];
  readonly steps: readonly number[];
  readonly history: KnownRates;
  readonly strideHours: number;
}

/** How far, in widths, one quantile has gone to one side. */
function moveOf(level: number, isUp: boolean, judged: Judged): number {
  const { served, steps, history, strideHours } = judged;
  const [least, most] = isUp ? [0, MOST_WIDTHS] : [-MOST_WIDTHS, 0];
  const end = history.firstSlot + history.ratesRps.length;
  let move = 0;
  served.forEach((one, at) => {
    move += (WIDTHS_PER_HOUR * strideHours * excessOf(one, level, move, judged)) / steps.length;
    const hours = (((served[at + 1]?.slot ?? end) - one.slot) * history.stepSeconds) / SECONDS_PER_HOUR;
    move = Math.min(most, Math.max(least, move)) * 0.5 ** (hours / HALF_LIFE_HOURS);
  });
  return move;
}

/** By how many of the known rates more than it should one forecast's quantile, moved by so many widths, was missed. */
function excessOf(
  { slot, quantilesRps }: Served,
  level: number,
  move: number,
  { steps, history: { ratesRps, firstSlot } }: Judged,
): number {
  const index = (KEPT_LEVELS as readonly number[]).indexOf(level);
  let excess = 0;
  for (let i = 0; i < steps.length; i += 1) {
    const rateRps = ratesRps[slot + steps[i] - firstSlot];
    if (!(rateRps >= 0)) continue;
    const from = i * KEPT_LEVELS.length;
    const median = quantilesRps[from + MEDIAN];
    const path = quantilesRps[from + index] + move * WIDTH_RATIO * (median - quantilesRps[from + WIDTH]);
    excess += level - (rateRps <= Math.max(median, path) * ROUNDING ? 1 : 0);
  }
  return excess;
}
