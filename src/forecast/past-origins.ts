import { SECONDS_PER_DAY } from '../domain/clock.ts';
import { endSlotOf, type History } from './history.ts';

/** How many past origins the errors are taken from, and how far back they are looked for, in origins. */
export const ERROR_ORIGINS = 400;
const SEARCHED_ORIGINS = 800;
/** Below this many known errors no quantile is stated. */
export const MIN_ERRORS = 10;

/** So few slots apart, origins may always stand at the same minutes of the hour. */
const MOST_FIXED_STRIDE = 2;

/** Past origins lie this far apart, the coarsest that leaves enough of them. */
const STRIDES_SECONDS = [900, 300, 60] as const;
const ENOUGH_ORIGINS = 200;

/**
 * Slots between two past origins: about 15 minutes (or a slot, where that is longer); less where the history is short.
 * 50 hours of history are enough for 15 minutes.
 */
export function originStrideSlots(
  history: Pick<History, 'ratesRps' | 'stepSeconds' | 'slotsPerDay'>,
): number {
  const { ratesRps, stepSeconds, slotsPerDay } = history;
  for (const strideSeconds of STRIDES_SECONDS) {
    const wanted = Math.max(1, Math.round(strideSeconds / stepSeconds));
    if (ratesRps.length >= ENOUGH_ORIGINS * wanted) return strideNear(wanted, slotsPerDay);
  }
  return 1;
}

/**
 * The nearest to `wanted` (of two the larger) without a divisor in common with the slots of a day: in time origins stand at
 * every minute of the hour. Always at the same ones, they would take what a scheduled job does every hour for an error of
 * the model (17 at one-minute slots, 5 at five minutes). Slots of ten minutes stay two apart: one apart, what is learnt would
 * be forgotten twice as fast.
 */
function strideNear(wanted: number, slotsPerDay: number): number {
  if (wanted <= MOST_FIXED_STRIDE) return wanted;
  for (let away = 0; away < wanted; away += 1)
    for (const stride of [wanted + away, wanted - away])
      if (commonDivisor(stride, slotsPerDay) === 1) return stride;
  return 1;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** How far back the errors can reach, in seconds. */
export function errorReachSeconds(stepSeconds: number): number {
  const wanted = Math.max(1, Math.round(STRIDES_SECONDS[0] / stepSeconds));
  const strideSlots = strideNear(wanted, Math.max(1, Math.round(SECONDS_PER_DAY / stepSeconds)));
  return (SEARCHED_ORIGINS + 1) * Math.max(strideSlots, wanted) * stepSeconds;
}

/**
 * The newest past origins whose first slot is known, ascending, at multiples of `strideSlots` since the epoch, none
 * before `earliestSlot`. At most ERROR_ORIGINS.
 */
export function pastOrigins(history: History, strideSlots: number, earliestSlot: number): Int32Array {
  const { firstSlot, ratesRps } = history;
  const newest = Math.floor((endSlotOf(history) - 1) / strideSlots) * strideSlots;
  const oldest = Math.max(earliestSlot, firstSlot + 1, newest - SEARCHED_ORIGINS * strideSlots);
  const found: number[] = [];
  for (let slot = newest; slot >= oldest && found.length < ERROR_ORIGINS; slot -= strideSlots)
    if (!Number.isNaN(ratesRps[slot - firstSlot])) found.push(slot);
  return Int32Array.from(found.reverse());
}
