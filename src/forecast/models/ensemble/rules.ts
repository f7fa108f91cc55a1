import { SECONDS_PER_HOUR } from '../../../domain/clock.ts';
import type { ExpertName } from '../../../domain/forecast.ts';
import type { History } from '../../history.ts';
import { recentMean } from '../moving-average/moving-average.ts';
import { newestSampleBefore } from '../naive/naive.ts';
import { writeSeasonalNaive } from '../seasonal-naive/seasonal-naive.ts';
import type { Expert, ExpertKind } from './expert.ts';
import { writeSeasonalRatio } from './seasonal-ratio.ts';
import { writeSmoothed } from './smoothing.ts';

/** Writes rates of requests per second from the slots before `originSlot`; false where there is nothing to go by. */
export type Rule = (history: History, originSlot: number, pathRps: Float64Array) => boolean;

/** A rule needs no memory: one expert serves all series. */
export function expertFromRule(name: ExpertName, rule: Rule): ExpertKind {
  const expert: Expert = {
    answerFor: ({ history }) => ({
      key: name,
      write: (originSlot, { ratesRps }) => rule(history, originSlot, ratesRps),
    }),
    forgetBefore: () => undefined,
    startAnew: () => undefined,
  };
  return { name, create: () => expert };
}

const LEAST_HOUR_SLOTS = 3;

/** The rules of the ensemble, from the plainest on. */
export const RULES: readonly ExpertKind[] = [
  expertFromRule('naive', (history, originSlot, path) => fill(path, newestSampleBefore(history, originSlot))),
  expertFromRule('moving-average', (history, originSlot, path) =>
    fill(path, recentMean(history, originSlot, 5)),
  ),
  expertFromRule('hour-mean', (history, originSlot, path) =>
    fill(path, recentMean(history, originSlot, hourSlots(history))),
  ),
  expertFromRule('smoothing', writeSmoothed),
  expertFromRule('seasonal-naive', writeSeasonalNaive),
  expertFromRule('seasonal-ratio', writeSeasonalRatio),
];

function hourSlots({ stepSeconds }: History): number {
  return Math.max(LEAST_HOUR_SLOTS, Math.round(SECONDS_PER_HOUR / stepSeconds));
}

function fill(path: Float64Array, rateRps: number | undefined): boolean {
  if (rateRps === undefined) return false;
  path.fill(rateRps);
  return true;
}
