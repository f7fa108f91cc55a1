/** The arrival rate that the simulated world has, control step by control step, from recorded rows. */
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { Interpolation, ReplayPhysics } from './physics.ts';

export interface LoadPath {
  readonly startAtMs: number;
  readonly stepSeconds: number;
  readonly stepsPerRow: number;
  /** As recorded; NaN: no row. */
  readonly rows: TimeSeries;
  /** Requests per second of each step; NaN: nothing is known, nothing arrives and nothing is scored. */
  readonly ratesRps: Float64Array;
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
  const bridged = bridgeGaps(rows.values);
  const rateAt = interpolation === 'constant' ? constantRate : midpointRate;
  const ratesRps = new Float64Array(bridged.length * stepsPerRow);
  for (let step = 0; step < ratesRps.length; step += 1) ratesRps[step] = rateAt(bridged, step, stepsPerRow);
  return {
    startAtMs: rows.startAtMs,
    stepSeconds,
    stepsPerRow,
    rows,
    ratesRps,
    newestKnowable: (step) => newestKnowable(rows.values, { step, stepsPerRow, interpolation }),
  };
}

/** The instant at which a step begins. */
export function stepStartMs(path: LoadPath, step: number): number {
  return path.startAtMs + step * path.stepSeconds * MS_PER_SECOND;
}

function bridgeGaps(values: Float64Array): Float64Array {
  const bridged = values.slice();
  let last = -1;
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isNaN(values[i])) continue;
    const missing = i - last - 1;
    if (last >= 0 && missing > 0 && missing <= LONGEST_BRIDGED_ROWS)
      for (let k = 1; k <= missing; k += 1)
        bridged[last + k] = values[last] + ((values[i] - values[last]) * k) / (missing + 1);
    last = i;
  }
  return bridged;
}

function constantRate(rows: Float64Array, step: number, stepsPerRow: number): number {
  return rows[Math.floor(step / stepsPerRow)];
}

/** Linear between the middles of the rows; flat towards a gap and at both ends. NaN within a gap. */
function midpointRate(rows: Float64Array, step: number, stepsPerRow: number): number {
  const row = Math.floor(step / stepsPerRow);
  if (Number.isNaN(rows[row])) return Number.NaN;
  const position = (step + 0.5) / stepsPerRow - 0.5;
  const before = Math.floor(position);
  const from = rateOr(rows[before], rows[row]);
  const to = rateOr(rows[before + 1], rows[row]);
  return from + (to - from) * (position - before);
}

function rateOr(rate: number | undefined, instead: number): number {
  return rate === undefined || Number.isNaN(rate) ? instead : rate;
}

function newestKnowable(
  rows: Float64Array,
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
