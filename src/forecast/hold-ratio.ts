import type { ErrorPool } from './error-pool.ts';
import { endSlotOf, type History } from './history.ts';
import { nearnessOfOrigins } from './local-weights.ts';
import { ERROR_ORIGINS } from './past-origins.ts';
import { type PastPaths, stepOfColumn } from './past-paths.ts';
import { boundedSize } from './pool-ranking.ts';
import { recencyWeights } from './recency-weights.ts';

/** The hold of the upper path is forgotten faster than the errors' sizes: half in about a day of 15-minute origins. */
const HOLD_RECENCY = recencyWeights(ERROR_ORIGINS, 100);
/** Pretended past origins of which half held. */
const PRIOR_ORIGINS = 1;

export interface HoldQuestion {
  readonly paths: PastPaths;
  /** One per column. */
  readonly pools: readonly ErrorPool[];
  readonly history: History;
  /** Forecasts and sizes now, by step of the horizon. */
  readonly now: Pick<PastPaths, 'forecasts' | 'sizes'>;
  /** [column], of the upper path now. */
  readonly upperErrors: Float64Array;
  /** Of the horizon, from the first on. */
  readonly decisionSteps: number;
}

/**
 * Of the past origins whose decision steps are known, the share at which the highest actual stayed at or below the highest
 * point of the upper path. The path of a past origin is drawn with the standardised errors that the path served now
 * is drawn with, and origins with a similar forecast and size at the last of the steps weigh more, as newer ones do: that
 * is what is promised now. Shrunk towards one half where they are few.
 */
export function holdRatio(question: HoldQuestion): number {
  const { paths, pools, history, now, decisionSteps } = question;
  const columns = columnsWithin(paths, decisionSteps);
  const last = columns - 1;
  const lastStep = stepOfColumn(paths, last);
  const pool = pools[last];
  const complete = Math.min(pool.origins.at(-1) ?? -Infinity, endSlotOf(history) - decisionSteps);
  const at = { forecast: now.forecasts[lastStep], size: now.sizes[lastStep] };
  const near = nearnessOfOrigins(pool, paths, last, at);
  let held = PRIOR_ORIGINS / 2;
  let total = PRIOR_ORIGINS;
  for (let i = paths.origins.length - 1, age = 0; i >= 0; i -= 1) {
    if (paths.origins[i] > complete) continue;
    const weight = HOLD_RECENCY[age] * near[i];
    age += 1;
    total += weight;
    if (holds(i, columns, question)) held += weight;
  }
  return held / total;
}

/** How many columns are steps before `decisionSteps`; one at least. */
function columnsWithin(paths: PastPaths, decisionSteps: number): number {
  let columns = 1;
  while (columns < paths.steps && stepOfColumn(paths, columns) < decisionSteps) columns += 1;
  return columns;
}

/** Whether the highest known rate of the decision's steps stayed at or below the highest point of the upper path. */
function holds(
  origin: number,
  columns: number,
  { paths, pools, history, upperErrors, decisionSteps }: HoldQuestion,
): boolean {
  const { scale, origins, forecasts, sizes } = paths;
  let highestPath = -Infinity;
  for (let column = 0, at = origin * paths.steps; column < columns; column += 1, at += 1) {
    const point = forecasts[at] + boundedSize(pools[column].ranking, sizes[at]) * upperErrors[column];
    if (point > highestPath) highestPath = point;
  }
  let highestRps = 0;
  const first = origins[origin] - history.firstSlot;
  for (let i = first; i < first + decisionSteps; i += 1)
    if (history.ratesRps[i] > highestRps) highestRps = history.ratesRps[i];
  // A hair of rounding is no breach: a constant series holds.
  return highestRps <= scale.rpsFromScaled(highestPath) * (1 + 1e-6);
}
