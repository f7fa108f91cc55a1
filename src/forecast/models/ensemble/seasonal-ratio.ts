import { isCrowded } from '../../flash-crowds.ts';
import type { History } from '../../history.ts';
import { recentMean } from '../moving-average/moving-average.ts';
import { newestSampleBefore } from '../naive/naive.ts';

/** Seasonal values are means over this much on each side. */
const SMOOTHED_SECONDS = 450;
const LEVEL_SECONDS = 600;
/** Days back that are averaged, by the age of the history in days. */
const FORTNIGHT_LAGS = [7, 14, 1, 2];
const WEEK_LAGS = [7, 1, 2, 3];
const DAY_LAGS = [1, 2, 3, 4, 5, 6, 7];
/** A change of the shape is followed by this power of it, and no further than a factor of 5. */
const DAMPING = 0.8;
const MOST_CHANGE = 5;
/** Added to both sides of a ratio, as a share of the level: a shape near 0 says little. */
const FLOOR_RATIO = 0.05;

/**
 * The level of now, changed as the shape of the last days changes from now to then: y(t) (S(t+h) / S(t))^0.8. The level
 * alone where the shape is not known.
 */
export function writeSeasonalRatio(history: History, originSlot: number, path: Float64Array): boolean {
  const levelSlots = Math.max(1, Math.round(LEVEL_SECONDS / history.stepSeconds));
  const level = recentMean(history, originSlot, levelSlots) ?? newestSampleBefore(history, originSlot);
  if (level === undefined) return false;
  const lags = lagsFor((originSlot - history.firstSlot) / history.slotsPerDay);
  const now = shapeAt(history, originSlot - 1, originSlot, lags);
  for (let step = 0; step < path.length; step += 1) {
    const then = shapeAt(history, originSlot + step, originSlot, lags);
    const ratio = (then + FLOOR_RATIO * level) / (now + FLOOR_RATIO * level);
    // NaN where the shape is not known, and 0 / 0.
    const known = ratio > 0 && ratio < Infinity;
    path[step] = known ? level * Math.min(MOST_CHANGE, Math.max(1 / MOST_CHANGE, ratio)) ** DAMPING : level;
  }
  return true;
}

function lagsFor(ageDays: number): readonly number[] {
  if (ageDays >= 15) return FORTNIGHT_LAGS;
  return ageDays >= 8 ? WEEK_LAGS : DAY_LAGS;
}

/** Mean over the days (without those of a flash crowd) of the smoothed rate at the same time; NaN where no day has any. Reads nothing from the origin on. */
function shapeAt(history: History, slot: number, originSlot: number, lags: readonly number[]): number {
  const { firstSlot, slotsPerDay, stepSeconds, ratesRps, passedOver } = history;
  const reach = Math.round(SMOOTHED_SECONDS / stepSeconds);
  let sum = 0;
  let days = 0;
  for (const lag of lags) {
    const centre = slot - lag * slotsPerDay - firstSlot;
    const to = Math.min(originSlot - firstSlot, centre + reach + 1);
    const stretch = { fromSlot: firstSlot + centre - reach, toSlot: firstSlot + to, originSlot };
    if (passedOver.length > 0 && isCrowded(passedOver, stretch)) continue;
    let daySum = 0;
    let count = 0;
    for (let index = Math.max(0, centre - reach); index < to; index += 1) {
      const rate = ratesRps[index];
      if (rate !== rate) continue;
      daySum += rate;
      count += 1;
    }
    if (count === 0) continue;
    sum += daySum / count;
    days += 1;
  }
  return days > 0 ? sum / days : Number.NaN;
}
