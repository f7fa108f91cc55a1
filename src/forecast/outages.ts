import type { SlotValues } from '../domain/time-series.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { type FlashCrowd, HABIT_DAYS, isDaysLater } from './flash-crowds.ts';

/** It begins below this share of the smallest sample of the same hours of the week before, and ends above that one. */
const BEGINS_BELOW = 1 / 3;
const ENDS_ABOVE = 1 / 1.2;
/** What stays longer is a new level, or a day off. */
const LONGEST_SECONDS = 6 * SECONDS_PER_HOUR;
const REACH_DAYS = 7;
/** Fewer days say too little about what is usual. */
const LEAST_DAYS = 2;
const HOURS_PER_DAY = 24;
/** Hours of which the smallest sample is kept. */
const KEPT_HOURS = (REACH_DAYS + 1) * HOURS_PER_DAY;
/** One that comes at about the same hour as another, days or a week later, is a habit. */
const SAME_TIME_HOURS = 2;

/** Known, and of slots, as a flash crowd is. */
export type Outage = FlashCrowd;

interface OpenOutage {
  readonly first: number;
  /** Since the first slot. */
  readonly hour: number;
  /** Too long to be one: it counts as usual. */
  readonly isUsual: boolean;
}

/**
 * Finds the outages of a history that grows: a load far below all that the hours around the same time have seen in a week,
 * that came back in hours. Each sample is looked at once, in order. Slots are counted from 0.
 */
export class OutageFinder {
  readonly #hourSlots: number;
  readonly #longestSlots: number;
  readonly #looks: boolean;
  /** By hour, outages left out; Infinity where there is no sample. */
  readonly #leastRps = new Float32Array(KEPT_HOURS).fill(Infinity);
  #newestHour = 0;
  /** Hours at which those before began. */
  #before: readonly number[] = [];
  #open: OpenOutage | undefined;
  #usual = { hour: -1, leastRps: Infinity };

  constructor(stepSeconds: number) {
    this.#looks = Number.isInteger(SECONDS_PER_HOUR / stepSeconds);
    this.#hourSlots = SECONDS_PER_HOUR / stepSeconds;
    this.#longestSlots = Math.floor(LONGEST_SECONDS / stepSeconds);
  }

  /** Those that have ended, ascending; slot `firstSlot` is the first of `ratesRps`, of which those before `from` have been looked at. */
  look(ratesRps: SlotValues, from: number, firstSlot: number): readonly Outage[] {
    if (!this.#looks) return [];
    const found: Outage[] = [];
    for (let slot = from; slot < ratesRps.length; slot += 1) {
      const first = this.#add(ratesRps, slot);
      if (first !== undefined) found.push({ firstSlot: firstSlot + first, endSlot: firstSlot + slot });
    }
    return found;
  }

  /** The first slot of the outage that ended before `slot`. */
  #add(ratesRps: SlotValues, slot: number): number | undefined {
    const rate = ratesRps[slot];
    if (rate !== rate) return undefined;
    const hour = this.#hourOf(slot);
    const usualRps = this.#usualAt(hour);
    const open = this.#open;
    let found: number | undefined;
    if (open === undefined) {
      if (usualRps < Infinity && rate < BEGINS_BELOW * usualRps) this.#begin(ratesRps, slot, usualRps);
    } else if (rate > ENDS_ABOVE * usualRps) {
      this.#open = undefined;
      found = this.#end(ratesRps, open, slot);
    } else if (!open.isUsual && slot - open.first >= this.#longestSlots) {
      this.#open = { ...open, isUsual: true };
      this.#countAll(ratesRps, open.first, slot);
    }
    if (this.#open === undefined || this.#open.isUsual) this.#count(hour, rate);
    return found;
  }

  /** Also what led down to it, within an hour. */
  #begin(ratesRps: SlotValues, slot: number, usualRps: number): void {
    let first = slot;
    while (first > 0 && slot - first < this.#hourSlots && ratesRps[first - 1] < ENDS_ABOVE * usualRps)
      first -= 1;
    this.#open = { first, hour: this.#hourOf(slot), isUsual: false };
  }

  #end(ratesRps: SlotValues, { first, hour, isUsual }: OpenOutage, endSlot: number): number | undefined {
    if (isUsual) return undefined;
    const isHabit = this.#before.some((other) => isSameTime(hour - other));
    const near = this.#before.filter((other) => hour - other <= HABIT_DAYS * HOURS_PER_DAY);
    this.#before = [...near, hour];
    if (!isHabit) return first;
    this.#countAll(ratesRps, first, endSlot);
    return undefined;
  }

  #hourOf(slot: number): number {
    return Math.floor(slot / this.#hourSlots);
  }

  #countAll(ratesRps: SlotValues, from: number, to: number): void {
    for (let slot = from; slot < to; slot += 1) this.#count(this.#hourOf(slot), ratesRps[slot]);
  }

  #count(hour: number, rate: number): void {
    for (; this.#newestHour < hour; this.#newestHour += 1)
      this.#leastRps[(this.#newestHour + 1) % KEPT_HOURS] = Infinity;
    if (rate < this.#leastRps[hour % KEPT_HOURS]) this.#leastRps[hour % KEPT_HOURS] = rate;
  }

  /** The smallest sample of this hour and the ones beside it on the days before; Infinity where too few days are known. */
  #usualAt(hour: number): number {
    if (this.#usual.hour === hour) return this.#usual.leastRps;
    let least = Infinity;
    let days = 0;
    for (let day = 1; day <= REACH_DAYS; day += 1) {
      const leastOfDay = this.#leastAround(hour - day * HOURS_PER_DAY);
      if (leastOfDay < Infinity) days += 1;
      least = Math.min(least, leastOfDay);
    }
    this.#usual = { hour, leastRps: days >= LEAST_DAYS ? least : Infinity };
    return this.#usual.leastRps;
  }

  #leastAround(hour: number): number {
    let least = Infinity;
    for (let at = Math.max(0, hour - 1); at <= Math.min(hour + 1, this.#newestHour); at += 1)
      least = Math.min(least, this.#leastRps[at % KEPT_HOURS]);
    return least;
  }
}

function isSameTime(apartHours: number): boolean {
  return (
    apartHours > SAME_TIME_HOURS && isDaysLater(apartHours, { near: SAME_TIME_HOURS, perDay: HOURS_PER_DAY })
  );
}
