import { CLOCK_LADDER_SECONDS, type History, tickUpTo } from '../../history.ts';

/** A model is fitted again when its history has grown by about a sixth, at the latest every midnight (UTC). */
const AGE_PER_REFIT = 6;
/** Slots of history before the first fit. */
export const LEAST_FIT_SLOTS = 60;

export type ScheduledHistory = Pick<History, 'firstSlot' | 'offsetSlots' | 'stepSeconds'>;

/**
 * The slot at which the fit in force at `slot` was made: the newest midnight (then six hours, full hour, quarter) at
 * which the history was six times as old as that clock is long (all of them later by the history's offset). A function of
 * the history's start, its offset and the clock alone, so every instance fits at the same instants. undefined before the first fit.
 */
export function fitSlotFor(
  { firstSlot, offsetSlots, stepSeconds }: ScheduledHistory,
  slot: number,
): number | undefined {
  for (const tickSeconds of CLOCK_LADDER_SECONDS) {
    const tickSlots = Math.max(1, Math.round(tickSeconds / stepSeconds));
    const at = tickUpTo(slot, tickSlots, offsetSlots);
    const ageSlots = at - firstSlot;
    if (ageSlots >= LEAST_FIT_SLOTS && ageSlots >= AGE_PER_REFIT * tickSlots) return at;
  }
  return undefined;
}

/** The slots after `afterSlot`, up to `lastSlot` with it, at which a fit is made, ascending. */
export function fitSlotsBetween(history: ScheduledHistory, afterSlot: number, lastSlot: number): number[] {
  const shortestTick = CLOCK_LADDER_SECONDS[CLOCK_LADDER_SECONDS.length - 1];
  const tickSlots = Math.max(1, Math.round(shortestTick / history.stepSeconds));
  const slots: number[] = [];
  const first = tickUpTo(afterSlot, tickSlots, history.offsetSlots) + tickSlots;
  for (let slot = first; slot <= lastSlot; slot += tickSlots)
    if (fitSlotFor(history, slot) === slot) slots.push(slot);
  return slots;
}
