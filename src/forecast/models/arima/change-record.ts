import { type LinearModel, predict, type Row } from '../../numeric/normal-equations.ts';
import type { FeaturePlan } from './feature-plan.ts';

/**
 * The furthest and the second furthest (scaled) that what came has been below (0 or less) and above (0 or more) the newest
 * rate known before it.
 */
export interface ChangeRecord {
  readonly lowest: number;
  readonly secondLowest: number;
  readonly highest: number;
  readonly secondHighest: number;
}

export const NO_CHANGE: ChangeRecord = { lowest: 0, secondLowest: 0, highest: 0, secondHighest: 0 };

/** How far (scaled) below (0 or less) and above (0 or more) the levels of late a regression is believed. */
export interface Reach {
  readonly lowest: number;
  readonly highest: number;
}

const MOST_EXTRAPOLATION = 1.5;

/** With what came after each row of regressors, of which the newest rate is the first. */
export function withChanges(record: ChangeRecord, matrix: Float64Array, targets: Float64Array): ChangeRecord {
  const columns = matrix.length / targets.length;
  let { lowest, secondLowest, highest, secondHighest } = record;
  for (let row = 0; row < targets.length; row += 1) {
    const change = targets[row] - matrix[row * columns];
    secondLowest = Math.min(secondLowest, Math.max(lowest, change));
    lowest = Math.min(lowest, change);
    secondHighest = Math.max(secondHighest, Math.min(highest, change));
    highest = Math.max(highest, change);
  }
  return { lowest, secondLowest, highest, secondHighest };
}

/** Half as far again as the load has gone twice: what came once may never come again. */
export function reachOf({ secondLowest, secondHighest }: ChangeRecord): Reach {
  return { lowest: MOST_EXTRAPOLATION * secondLowest, highest: MOST_EXTRAPOLATION * secondHighest };
}

/**
 * What the regression says, within reach of the levels in its row: the newest rate and the means over the last windows. A
 * reading unlike all that was learnt from (a steady rate that dips) would otherwise be multiplied by coefficients that
 * nothing tested so far out.
 */
export function predictWithin(
  { value, reach }: { readonly value: LinearModel; readonly reach: Reach },
  row: Row,
  { lags, windowSlots }: Pick<FeaturePlan, 'lags' | 'windowSlots'>,
): number {
  let lowest = row.values[row.start];
  let highest = lowest;
  for (let column = lags; column < lags + windowSlots.length; column += 1) {
    const level = row.values[row.start + column];
    lowest = Math.min(lowest, level);
    highest = Math.max(highest, level);
  }
  return Math.min(highest + reach.highest, Math.max(lowest + reach.lowest, predict(value, row)));
}
