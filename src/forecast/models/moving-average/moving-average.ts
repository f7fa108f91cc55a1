import { SECONDS_PER_DAY } from '../../../domain/clock.ts';
import type { Forecaster } from '../../forecaster.ts';
import type { History } from '../../history.ts';
import { forecasterFromRule } from '../../point-model.ts';
import { newestSampleBefore } from '../naive/naive.ts';

const WINDOW_SLOTS = 5;
const WINDOW_SECONDS = 300;

/** The mean of the last 5 slots (5 minutes where slots are shorter), repeated; the newest sample where all are missing. */
export function createMovingAverage(): Forecaster {
  return forecasterFromRule({
    name: 'moving-average',
    reachSeconds: 7 * SECONDS_PER_DAY,
    minSlots: () => WINDOW_SLOTS,
    write(history, originSlot, path) {
      const mean =
        recentMean(history, originSlot, windowSlots(history)) ?? newestSampleBefore(history, originSlot);
      if (mean === undefined) return false;
      path.fill(mean);
      return true;
    },
  });
}

function windowSlots({ stepSeconds }: History): number {
  return Math.max(WINDOW_SLOTS, Math.ceil(WINDOW_SECONDS / stepSeconds));
}

/** Mean of the samples in the last `slots` slots before `originSlot`; undefined where there is none. */
export function recentMean(
  { firstSlot, ratesRps }: History,
  originSlot: number,
  slots: number,
): number | undefined {
  let sum = 0;
  let count = 0;
  for (let slot = Math.max(firstSlot, originSlot - slots); slot < originSlot; slot += 1) {
    const rate = ratesRps[slot - firstSlot];
    if (Number.isNaN(rate)) continue;
    sum += rate;
    count += 1;
  }
  return count > 0 ? sum / count : undefined;
}
