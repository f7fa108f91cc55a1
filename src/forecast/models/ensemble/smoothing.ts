import type { History } from '../../history.ts';

/** Smoothing constants of the level and of the trend; the trend is damped by DAMPING per step. */
const LEVEL_CONSTANTS = [0.1, 0.2, 0.35, 0.6, 0.9] as const;
const TREND_CONSTANTS = [0, 0.1] as const;
const DAMPING = 0.9;
/** Slots smoothed over, and how fast old one-step errors are forgotten when the constants are compared. */
const REACH_SLOTS = 400;
const FORGETTING = 0.99;
const LEAST_ERRORS = 5;

interface Smoothed {
  readonly level: number;
  readonly trend: number;
  readonly meanError: number;
}

/**
 * Exponential smoothing with a damped trend (Gardner and McKenzie 1985) of the square root of the rate, with those of ten
 * pairs of constants that had the least one-step errors lately. Without a trend it is the simple smoothing that Theta
 * amounts to but for its drift (Hyndman and Billah 2003).
 */
export function writeSmoothed(history: History, originSlot: number, path: Float64Array): boolean {
  const roots = recentRoots(history, originSlot);
  if (roots.length <= LEAST_ERRORS) return false;
  let best: Smoothed | undefined;
  for (const level of LEVEL_CONSTANTS)
    for (const trend of TREND_CONSTANTS) {
      const smoothed = smooth(roots, level, trend);
      if (best === undefined || smoothed.meanError < best.meanError) best = smoothed;
    }
  if (best === undefined) return false;
  let value = best.level;
  let trend = best.trend;
  for (let step = 0; step < path.length; step += 1) {
    trend *= DAMPING;
    value += trend;
    path[step] = value > 0 ? value * value : 0;
  }
  return true;
}

/** Square roots of the last samples, missing ones left out. */
function recentRoots({ firstSlot, ratesRps }: History, originSlot: number): Float64Array {
  const end = originSlot - firstSlot;
  const from = Math.max(0, end - REACH_SLOTS);
  const roots = new Float64Array(end - from);
  let count = 0;
  for (let index = from; index < end; index += 1)
    if (!Number.isNaN(ratesRps[index])) roots[count++] = Math.sqrt(ratesRps[index]);
  return roots.subarray(0, count);
}

function smooth(roots: Float64Array, levelConstant: number, trendConstant: number): Smoothed {
  const trendGain = levelConstant * trendConstant;
  let level = roots[0];
  let trend = 0;
  let errors = 0;
  let weight = 0;
  for (let i = 1; i < roots.length; i += 1) {
    const expected = level + DAMPING * trend;
    const error = roots[i] - expected;
    errors = errors * FORGETTING + Math.abs(error);
    weight = weight * FORGETTING + 1;
    level = expected + levelConstant * error;
    trend = DAMPING * trend + trendGain * error;
  }
  return { level, trend, meanError: errors / weight };
}
