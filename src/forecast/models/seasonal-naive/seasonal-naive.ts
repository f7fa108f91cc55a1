import { SECONDS_PER_DAY } from '../../../domain/clock.ts';
import { isCrowded } from '../../flash-crowds.ts';
import type { Forecaster } from '../../forecaster.ts';
import type { History } from '../../history.ts';
import { forecasterFromRule } from '../../point-model.ts';
import { newestSampleBefore } from '../naive/naive.ts';

export const DAYS_PER_WEEK = 7;
const WEEKS_BACK = 3;
/** With three weeks behind it, last week is the better yesterday. */
export const WEEKLY_FROM_DAYS = 21;

/**
 * The same time a day ago, or a week ago once there are 21 days of history. Where that slot holds no sample: the next
 * one further back (two and three weeks, then one to seven days), else the newest sample; likewise where it is in a flash crowd. Hyndman and Athanasopoulos,
 * Forecasting: Principles and Practice, "seasonal naive method".
 */
export function createSeasonalNaive(): Forecaster {
  return forecasterFromRule({
    name: 'seasonal-naive',
    reachSeconds: WEEKLY_FROM_DAYS * SECONDS_PER_DAY,
    minSlots: ({ slotsPerDay }) => slotsPerDay,
    write: writeSeasonalNaive,
  });
}

/** Writes the same time a day or a week ago, requests per second; false where no sample is known. */
export function writeSeasonalNaive(history: History, originSlot: number, path: Float64Array): boolean {
  const newest = newestSampleBefore(history, originSlot);
  if (newest === undefined) return false;
  const lags = seasonalLags(history, originSlot);
  for (let step = 0; step < path.length; step += 1)
    path[step] = firstSampleAt(history, originSlot, step, lags) ?? newest;
  return true;
}

/** Lags in slots, the preferred one first. */
function seasonalLags({ firstSlot, slotsPerDay }: History, originSlot: number): readonly number[] {
  const days = Array.from({ length: DAYS_PER_WEEK }, (_, i) => (i + 1) * slotsPerDay);
  const weeks = Array.from({ length: WEEKS_BACK }, (_, i) => (i + 1) * DAYS_PER_WEEK * slotsPerDay);
  return originSlot - firstSlot >= WEEKLY_FROM_DAYS * slotsPerDay ? [...weeks, ...days] : days;
}

function firstSampleAt(
  { firstSlot, ratesRps, passedOver }: History,
  originSlot: number,
  step: number,
  lags: readonly number[],
): number | undefined {
  for (const lag of lags) {
    const slot = originSlot + step - lag;
    const rate = slot < originSlot && slot >= firstSlot ? ratesRps[slot - firstSlot] : Number.NaN;
    if (Number.isNaN(rate)) continue;
    if (!isCrowded(passedOver, { fromSlot: slot, toSlot: slot + 1, originSlot })) return rate;
  }
  return undefined;
}
