import type { SlotValues } from '../domain/time-series.ts';
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../domain/clock.ts';
import { SlidingMaximum } from './sliding-maximum.ts';

/** A load far beyond all of the week before, that was gone in hours: no day or week is expected to be like it again. */
export interface FlashCrowd {
  readonly firstSlot: number;
  /** One past its last slot. It is known once the sample of this slot is. */
  readonly endSlot: number;
}

/** It begins above so many times the largest sample of the week before, and ends below so many times that. */
const BEGINS_ABOVE = 3;
const ENDS_BELOW = 1.2;
/** Of longer slots a crowd is one or two, which the models bear; there, passing over them cost more than it gained. */
const LONGEST_STEP_SECONDS = 900;
/** What stays longer is a new level. */
const LONGEST_SECONDS = 6 * SECONDS_PER_HOUR;
/** "The week before" ends so long before now: the way up to a crowd must not hide it. */
const LAG_SECONDS = SECONDS_PER_HOUR;
const REACH_DAYS = 7;
/** Less history says too little about what is usual. */
const LEAST_KNOWN_SECONDS = SECONDS_PER_DAY;
/** One that comes at about the same time as another, days or a week later, is a habit. */
const SAME_TIME_SECONDS = 2 * SECONDS_PER_HOUR;
export const HABIT_DAYS = 8;

interface OpenCrowd {
  readonly first: number;
  readonly endsBelowRps: number;
}

/** Finds the crowds of a history that grows: each sample is looked at once, in order. Slots are counted from 0. */
export class CrowdFinder {
  readonly #found: FlashCrowd[] = [];
  readonly #week: SlidingMaximum;
  readonly #slotsPerDay: number;
  readonly #slotsIn: (seconds: number) => number;
  readonly #looks: boolean;
  #open: OpenCrowd | undefined;
  /** The next sample to count as usual. */
  #next = 0;

  constructor(stepSeconds: number) {
    this.#looks = stepSeconds <= LONGEST_STEP_SECONDS;
    this.#slotsIn = (seconds) => Math.max(1, Math.round(seconds / stepSeconds));
    this.#slotsPerDay = this.#slotsIn(SECONDS_PER_DAY);
    this.#week = new SlidingMaximum(REACH_DAYS * this.#slotsPerDay);
  }

  /** Those that have ended, ascending; slot `firstSlot` is the first of `ratesRps`, of which those before `from` have been looked at. */
  look(ratesRps: SlotValues, from: number, firstSlot: number): readonly FlashCrowd[] {
    if (!this.#looks) return [];
    const before = this.#found.length;
    for (let slot = from; slot < ratesRps.length; slot += 1) this.#add(ratesRps, slot);
    return this.#found
      .slice(before)
      .map((crowd) => ({ firstSlot: firstSlot + crowd.firstSlot, endSlot: firstSlot + crowd.endSlot }));
  }

  #add(ratesRps: SlotValues, slot: number): void {
    const rate = ratesRps[slot];
    this.#countUsual(ratesRps, slot - this.#slotsIn(LAG_SECONDS));
    if (this.#open === undefined) {
      const usualRps = slot < this.#slotsIn(LEAST_KNOWN_SECONDS) ? 0 : this.#week.before(ratesRps, slot);
      if (usualRps > 0 && rate > BEGINS_ABOVE * usualRps) this.#begin(ratesRps, slot, ENDS_BELOW * usualRps);
    } else if (rate <= this.#open.endsBelowRps) this.#end(this.#open, slot);
    else if (slot - this.#open.first >= this.#slotsIn(LONGEST_SECONDS)) this.#open = undefined;
  }

  /** Also what led up to it, as far as it is not counted as usual. */
  #begin(ratesRps: SlotValues, slot: number, endsBelowRps: number): void {
    let first = slot;
    while (first > this.#next && ratesRps[first - 1] > endsBelowRps) first -= 1;
    this.#open = { first, endsBelowRps };
  }

  #end({ first }: OpenCrowd, endSlot: number): void {
    this.#open = undefined;
    if (this.#isHabit(first)) return;
    this.#found.push({ firstSlot: first, endSlot });
    this.#next = endSlot;
  }

  #isHabit(first: number): boolean {
    const near = this.#slotsIn(SAME_TIME_SECONDS);
    return this.#found.some(({ firstSlot }) =>
      isDaysLater(first - firstSlot, { near, perDay: this.#slotsPerDay }),
    );
  }

  #countUsual(ratesRps: SlotValues, end: number): void {
    const stop = this.#open === undefined ? end : Math.min(end, this.#open.first);
    for (; this.#next < stop; this.#next += 1) this.#week.add(ratesRps, this.#next);
  }
}

/** Whether what comes `apart` slots (or hours) after another is at about the same time of a day, days or a week later. */
export function isDaysLater(
  apart: number,
  { near, perDay }: { readonly near: number; readonly perDay: number },
): boolean {
  const inDay = apart % perDay;
  return Math.min(inDay, perDay - inDay) <= near && apart <= HABIT_DAYS * perDay;
}

/** A stretch of slots, as it is seen at an origin. */
export interface Stretch {
  readonly fromSlot: number;
  /** Not in it. */
  readonly toSlot: number;
  readonly originSlot: number;
}

/** Whether any slot of the stretch is in a crowd that is known at the origin. */
export function isCrowded(crowds: readonly FlashCrowd[], { fromSlot, toSlot, originSlot }: Stretch): boolean {
  for (let i = crowds.length - 1; i >= 0; i -= 1) {
    const { firstSlot, endSlot } = crowds[i];
    if (firstSlot < toSlot && fromSlot < endSlot && endSlot < originSlot) return true;
  }
  return false;
}

/** A seasonal look back goes back farther by so many times at most. */
const MOST_MOVES = 7;

/** `slot`, or so many times `strideSlots` before it that no slot within `reachSlots` of it is in a crowd that is known. */
export function beforeCrowds(
  crowds: readonly FlashCrowd[],
  slot: number,
  {
    reachSlots,
    strideSlots,
    originSlot,
  }: { readonly reachSlots: number; readonly strideSlots: number; readonly originSlot: number },
): number {
  if (crowds.length === 0) return slot;
  for (let moves = 0; moves < MOST_MOVES; moves += 1) {
    const moved = slot - moves * strideSlots;
    const stretch = { fromSlot: moved - reachSlots, toSlot: moved + reachSlots + 1, originSlot };
    if (!isCrowded(crowds, stretch)) return moved;
  }
  return slot;
}
