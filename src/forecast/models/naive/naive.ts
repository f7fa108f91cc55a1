import type { Forecaster } from '../../forecaster.ts';
import { SECONDS_PER_DAY } from '../../../domain/clock.ts';
import type { History } from '../../history.ts';
import { forecasterFromRule } from '../../point-model.ts';

/** A sample older than this says nothing about now. */
const REACH_SECONDS = 7 * SECONDS_PER_DAY;

/** The newest sample, repeated. The last of every chain: it needs a dozen slots and never fails while there are samples. */
export function createNaive(): Forecaster {
  return forecasterFromRule({
    name: 'naive',
    reachSeconds: REACH_SECONDS,
    minSlots: () => 1,
    write(history, originSlot, path) {
      const newest = newestSampleBefore(history, originSlot);
      if (newest === undefined) return false;
      path.fill(newest);
      return true;
    },
  });
}

/** Requests per second of the newest slot before `slot` that holds a sample, at most 7 days back. */
export function newestSampleBefore(history: History, slot: number): number | undefined {
  const reachSlots = Math.ceil(REACH_SECONDS / history.stepSeconds);
  const oldest = Math.max(0, slot - history.firstSlot - reachSlots);
  for (let i = slot - 1 - history.firstSlot; i >= oldest; i -= 1)
    if (!Number.isNaN(history.ratesRps[i])) return history.ratesRps[i];
  return undefined;
}
