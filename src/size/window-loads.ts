/** The distributions that the steps of a window bring, what a backlog adds included. */
import { MS_PER_SECOND } from '../domain/clock.ts';
import { backlogAfter } from './fluid-backlog.ts';
import {
  distributionFromQuantiles,
  distributionFromRate,
  meanRateRps,
  shiftedBy,
} from './rate-distribution.ts';
import type { RateDistribution } from './rate-distribution.ts';

/** One step of the window: a forecast's quantiles (as QUANTILE_LEVELS) or a rate taken as certain. */
export type SizingStep = { readonly atMs: number } & (
  { readonly quantilesRps: readonly number[] } | { readonly rateRps: number }
);

export interface TimedLoad {
  readonly atMs: number;
  readonly load: RateDistribution;
}

/**
 * The steps' distributions, with the backlog on top: it is worked off within one step, as that much more arriving,
 * and while `readyRps` is all there is, overload adds to it from step to step.
 */
export function loadsOf(
  steps: readonly SizingStep[],
  backlog: { readonly requests: number; readonly readyRps: number; readonly stepSeconds: number },
): TimedLoad[] {
  let requests = backlog.requests;
  return steps.map((step, i) => {
    const load =
      'rateRps' in step ? distributionFromRate(step.rateRps) : distributionFromQuantiles(step.quantilesRps);
    const timed = { atMs: step.atMs, load: shiftedBy(load, requests / backlog.stepSeconds) };
    const next = steps[i + 1];
    requests = backlogAfter(requests, {
      arrivalRateRps: meanRateRps(load),
      capacityRps: backlog.readyRps,
      seconds: next === undefined ? 0 : (next.atMs - step.atMs) / MS_PER_SECOND,
    });
    return timed;
  });
}
