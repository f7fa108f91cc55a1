import { endSlotOf, type History } from './history.ts';

/** How many past origins the errors are taken from, and how far back they are looked for, in origins. */
export const ERROR_ORIGINS = 400;
const SEARCHED_ORIGINS = 800;
/** Below this many known errors no quantile is stated. */
export const MIN_ERRORS = 10;

/** Past origins lie this far apart, the coarsest that leaves enough of them. */
const STRIDES_SECONDS = [900, 300, 60] as const;
const ENOUGH_ORIGINS = 200;

/**
 * Slots between two past origins: 15 minutes (or a slot, where that is longer); less where the history is short.
 * 50 hours of history are enough for 15 minutes.
 */
export function originStrideSlots(history: History): number {
  const historySeconds = history.ratesRps.length * history.stepSeconds;
  for (const strideSeconds of STRIDES_SECONDS) {
    const strideSlots = Math.max(1, Math.round(strideSeconds / history.stepSeconds));
    if (historySeconds >= ENOUGH_ORIGINS * strideSlots * history.stepSeconds) return strideSlots;
  }
  return 1;
}

/** How far back the errors can reach, in seconds. */
export function errorReachSeconds(stepSeconds: number): number {
  return (SEARCHED_ORIGINS + 1) * Math.max(STRIDES_SECONDS[0], stepSeconds);
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
