/** The arrival rate that the simulated world has, control step by control step, from recorded rows. */
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { TimeSeries, SlotValues } from '../domain/time-series.ts';
import type { Interpolation, ReplayPhysics } from './physics.ts';

export interface LoadPath {
  readonly startAtMs: number;
  readonly stepSeconds: number;
  readonly stepsPerRow: number;
  /** As recorded; NaN: no row. */
  readonly rows: TimeSeries;
  /** So many of the world's steps; they are numbered from 0. */
  readonly steps: number;
  /**
   * Requests per second of a step; NaN: nothing is known, nothing arrives and nothing is scored. Made of the rows each
   * time: steps are many more than rows.
   */
  readonly rateAt: (step: number) => number;
  /** Whether all steps of a row have one rate. */
  readonly isConstantInRow: boolean;
  /**
   * The newest step at or before `step` whose rate follows from rows that have begun by then alone, and that was
   * recorded; -1 where there is none. What a controller may be told without being told the future.
   */
  readonly newestKnowable: (step: number) => number;
}

/** Gaps of up to so many rows are bridged by a straight line; in longer ones nothing arrives. */
const LONGEST_BRIDGED_ROWS = 3;

/** The rows' step must be a whole multiple of the physics' step. */
export function loadPathFrom(rows: TimeSeries, physics: ReplayPhysics): LoadPath {
  const { stepSeconds, interpolation } = physics;
  const stepsPerRow = rows.stepSeconds / stepSeconds;
  if (!Number.isInteger(stepsPerRow))
    throw new RangeError(`loadPathFrom: rows of ${rows.stepSeconds} s, steps of ${stepSeconds} s`);
  const rateOf = interpolation === 'constant' ? constantRate : midpointRate;
  return {
    startAtMs: rows.startAtMs,
    stepSeconds,
    stepsPerRow,
    rows,
    steps: rows.values.length * stepsPerRow,
    rateAt: (step) => rateOf(rows.values, step, stepsPerRow),
    isConstantInRow: interpolation === 'constant',
    newestKnowable: (step) => newestKnowable(rows.values, { step, stepsPerRow, interpolation }),
  };
}

/** The instant at which a step begins. */
export function stepStartMs(path: LoadPath, step: number): number {
  return path.startAtMs + step * path.stepSeconds * MS_PER_SECOND;
}

/** The row's rate, in a short gap on the straight line between the rows around it; NaN in a longer one. */
function bridgedRate(rows: SlotValues, row: number): number {
  if (!Number.isNaN(rows[row])) return rows[row];
  const before = nearestKnown(rows, row, -1);
  const after = nearestKnown(rows, row, 1);
  if (before === undefined || after === undefined || after - before - 1 > LONGEST_BRIDGED_ROWS)
    return Number.NaN;
  return rows[before] + ((rows[after] - rows[before]) * (row - before)) / (after - before);
}

/** The first row with a rate in that direction; undefined where it is too far to be bridged to. */
function nearestKnown(rows: SlotValues, row: number, direction: 1 | -1): number | undefined {
  for (let distance = 1; distance <= LONGEST_BRIDGED_ROWS; distance += 1) {
    const other = row + direction * distance;
    if (other >= 0 && other < rows.length && !Number.isNaN(rows[other])) return other;
  }
  return undefined;
}

function constantRate(rows: SlotValues, step: number, stepsPerRow: number): number {
  return bridgedRate(rows, Math.floor(step / stepsPerRow));
}

/** Linear between the middles of the rows; flat towards a gap and at both ends. NaN within a gap. */
function midpointRate(rows: SlotValues, step: number, stepsPerRow: number): number {
  const row = Math.floor(step / stepsPerRow);
  const own = bridgedRate(rows, row);
  if (Number.isNaN(own)) return own;
  const position = (step + 0.5) / stepsPerRow - 0.5;
  const before = Math.floor(position);
  const from = rateOr(rows, before, own);
  const to = rateOr(rows, before + 1, own);
  return from + (to - from) * (position - before);
}

function rateOr(rows: SlotValues, row: number, instead: number): number {
  const rate = row >= 0 && row < rows.length ? bridgedRate(rows, row) : Number.NaN;
  return Number.isNaN(rate) ? instead : rate;
}

function newestKnowable(
  rows: SlotValues,
  at: { readonly step: number; readonly stepsPerRow: number; readonly interpolation: Interpolation },
): number {
  const { step, stepsPerRow, interpolation } = at;
  for (let row = Math.min(rows.length - 1, Math.floor(step / stepsPerRow)); row >= 0; row -= 1) {
    if (Number.isNaN(rows[row])) continue;
    // Beyond a row's middle the rate depends on the next row, which has not begun.
    const steps = interpolation === 'constant' ? stepsPerRow : Math.ceil(stepsPerRow / 2);
    return Math.min(step, row * stepsPerRow + steps - 1);
  }
  return -1;
}
