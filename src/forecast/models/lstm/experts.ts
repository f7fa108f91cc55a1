import { SECONDS_PER_HOUR } from '../../../domain/clock.ts';
import type { FeatureContext } from '../../features/feature-context.ts';
import { dayProfileAt, seasonalAt, SMOOTH_SECONDS } from '../../features/rate-features.ts';

/**
 * What else could be expected of a slot: simple forecasts between which the network and its base choose. All are in
 * the series' scale and read nothing from the origin on; NaN where there is nothing to go by.
 */
export const EXPERT_NAMES = [
  'newest',
  'meanOfFive',
  'meanOfHour',
  'smoothed',
  'yesterday',
  'lastWeek',
  'dayProfile',
  'shapeFromNow',
  'lastErrorAgain',
  'meanErrorAgain',
] as const;
export const EXPERTS = EXPERT_NAMES.length;
/** Those that stand on their own; the rest repeat errors of the base. */
export const PLAIN_EXPERTS = 8;

type Known = Pick<FeatureContext, 'view' | 'clock' | 'slotsPerDay' | 'stepSeconds' | 'origin'>;

const FEW_SLOTS = 5;
const SMOOTHING = 0.3;
const SMOOTHED_SLOTS = 20;
/** How much of the usual change from now to then is believed. */
const SHAPE_DAMPING = 0.8;
const DAYS_PER_WEEK = 7;

/** The plain experts' forecasts of slot `origin + step`, [step][EXPERT_NAMES], into `into`. */
export function writeExperts(known: Known, steps: number, into: Float64Array): void {
  const { view, origin, stepSeconds, slotsPerDay } = known;
  const hourSlots = Math.max(3, Math.round(SECONDS_PER_HOUR / stepSeconds));
  const newest = view.filledAt(origin - 1);
  const meanOfFive = view.mean(origin - FEW_SLOTS, origin);
  const meanOfHour = view.mean(origin - hourSlots, origin);
  const smoothed = smoothedLevel(known);
  const profileNow = dayProfileAt(known, origin - 1);
  // So that what is smoothed, and moved by a clock change, is known at the origin.
  const margin = 1 + Math.ceil((SMOOTH_SECONDS + SECONDS_PER_HOUR) / stepSeconds);
  for (let step = 0, at = 0; step < steps; step += 1, at += EXPERTS) {
    const target = origin + step;
    const days = Math.ceil((step + margin) / slotsPerDay);
    const profile = dayProfileAt(known, target, days);
    into[at] = newest;
    into[at + 1] = meanOfFive;
    into[at + 2] = meanOfHour;
    into[at + 3] = smoothed;
    into[at + 4] = seasonalAt(known, target, days);
    into[at + 5] = seasonalAt(known, target, DAYS_PER_WEEK * Math.ceil(days / DAYS_PER_WEEK));
    into[at + 6] = profile;
    into[at + 7] = meanOfFive + SHAPE_DAMPING * (profile - profileNow);
  }
}

/** Simple exponential smoothing over the newest slots (Brown 1959); gaps are passed over. */
function smoothedLevel({ view, origin }: Known): number {
  let level = Number.NaN;
  for (let slot = origin - SMOOTHED_SLOTS; slot < origin; slot += 1) {
    const value = view.at(slot);
    if (value !== value) continue;
    level = level === level ? level + SMOOTHING * (value - level) : value;
  }
  return level;
}
