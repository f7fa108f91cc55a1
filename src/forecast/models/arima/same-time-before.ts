/** Where the same local time lies on the days and weeks before a slot, and what is usual there. */
import { SECONDS_PER_HOUR } from '../../../domain/clock.ts';
import { beforeCrowds, isCrowded } from '../../flash-crowds.ts';
import type { FeaturePlan } from './feature-plan.ts';
import type { FeatureSource } from './feature-source.ts';

const PROFILE_DAYS = 7;
export const PROFILE_WEEKS = 3;
export const DAYS_PER_WEEK = 7;
/** Thursday, 1 January 1970, counted from Sunday. */
const EPOCH_WEEKDAY = 4;

/** The days to go back from step `step` so that the smoothed slot, moved by a clock change, is known at the origin. */
export function daysBack(plan: FeaturePlan, step: number): number {
  const hourSlots = Math.ceil(SECONDS_PER_HOUR / plan.stepSeconds);
  return Math.ceil((step + 2 + plan.smoothSlots + hourSlots) / plan.slotsPerDay);
}

/** The slot at the same local time `days` days before. */
function daysBefore({ plan, clock }: FeatureSource, slot: number, days: number): number {
  const before = slot - days * plan.slotsPerDay;
  return before + clock.offsetSlots(slot) - clock.offsetSlots(before);
}

/** A slot that is looked back from, and the origin at which that is done. */
export interface Seen {
  readonly slot: number;
  readonly origin: number;
}

/** The same local time `days` days before, or as many more as a flash crowd asks for. */
export function yesterdayOf(source: FeatureSource, { slot, origin }: Seen, days: number): number {
  return usual(source, daysBefore(source, slot, days), { origin, strideDays: 1 });
}

/** The same `weeks` weeks before. */
export function lastWeekOf(source: FeatureSource, { slot, origin }: Seen, weeks: number): number {
  return usual(source, weeksBefore(source, slot, weeks), { origin, strideDays: DAYS_PER_WEEK });
}

function usual(
  { plan, view }: FeatureSource,
  slot: number,
  { origin, strideDays }: { readonly origin: number; readonly strideDays: number },
): number {
  const reachSlots = plan.smoothSlots + 1;
  const strideSlots = strideDays * plan.slotsPerDay;
  return beforeCrowds(view.passedOver, slot, { reachSlots, strideSlots, originSlot: origin });
}

function isSpoilt({ plan, view }: FeatureSource, slot: number, originSlot: number): boolean {
  const stretch = { fromSlot: slot - plan.smoothSlots, toSlot: slot + plan.smoothSlots + 1, originSlot };
  return view.passedOver.length > 0 && isCrowded(view.passedOver, stretch);
}

/** Mean of the slots around `slot`, as far as the step smooths; NaN where none is known. */
export function smoothed({ plan, view }: FeatureSource, slot: number): number {
  return view.mean(slot - plan.smoothSlots, slot + plan.smoothSlots + 1);
}

/** Mean of the same local time over seven days, the newest of them `days` days before. */
export function profileAt(source: FeatureSource, seen: Seen, days: number): number {
  return meanOverDays(source, seen, { first: days, stride: 1, count: PROFILE_DAYS });
}

/** Mean of the same local time of the week over three weeks, the newest of them `weeks` weeks before. */
export function weeklyProfileAt(source: FeatureSource, seen: Seen, weeks: number): number {
  return meanOverDays(source, seen, {
    first: weeks * DAYS_PER_WEEK,
    stride: DAYS_PER_WEEK,
    count: PROFILE_WEEKS,
  });
}

export function meanOverDays(
  source: FeatureSource,
  { slot, origin }: Seen,
  days: { readonly first: number; readonly stride: number; readonly count: number },
): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < days.count; i += 1) {
    const before = daysBefore(source, slot, days.first + i * days.stride);
    if (source.plan.hasHolidays && isHoliday(source, before)) continue;
    if (isSpoilt(source, before, origin)) continue;
    const value = smoothed(source, before);
    if (value !== value) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}

/** From Sunday, 0. */
export function weekdayOf(source: FeatureSource, slot: number): number {
  return (dayOf(source, slot) + EPOCH_WEEKDAY) % DAYS_PER_WEEK;
}

/** Days since the epoch, local. */
function dayOf({ plan, clock }: FeatureSource, slot: number): number {
  return Math.floor((slot + clock.offsetSlots(slot)) / plan.slotsPerDay);
}

export function isHoliday(source: FeatureSource, slot: number): boolean {
  return source.clock.holidays?.has(dayOf(source, slot)) ?? false;
}

/** The same time `weeks` weeks before, or on the first such day before that which is no holiday. */
function weeksBefore(source: FeatureSource, slot: number, weeks: number): number {
  const before = daysBefore(source, slot, weeks * DAYS_PER_WEEK);
  if (!source.plan.hasHolidays) return before;
  for (let more = 0; more < PROFILE_WEEKS; more += 1) {
    const usual = daysBefore(source, slot, (weeks + more) * DAYS_PER_WEEK);
    if (!isHoliday(source, usual)) return usual;
  }
  return before;
}

export function weeksOf(days: number): number {
  return Math.ceil(days / DAYS_PER_WEEK);
}
