import type { History } from '../../history.ts';
import type { RateScale } from '../../scale.ts';

const SLOTS = 12;
/** Share of the scale's unit that is as good as no change. */
const LEAST_CHANGE_RATIO = 1e-6;

/** Mean change from sample to sample over the last dozen slots before `slot`, in the scale; above 0. */
export function usualChange({ firstSlot, ratesRps }: History, scale: RateScale, slot: number): number {
  const end = slot - firstSlot;
  let sum = 0;
  let count = 0;
  let before = Number.NaN;
  let largestRps = 0;
  for (let index = Math.max(0, end - SLOTS); index < end; index += 1) {
    const rate = ratesRps[index];
    if (rate !== rate) continue;
    const value = scale.scaledFromRps(rate);
    largestRps = Math.max(largestRps, rate);
    if (before === before) {
      sum += Math.abs(value - before);
      count += 1;
    }
    before = value;
  }
  return (count > 0 ? sum / count : 0) + LEAST_CHANGE_RATIO * scale.unitOf(largestRps);
}
