/** The distributions that the steps of a window bring, what a backlog adds included. */
import { MS_PER_SECOND } from '../domain/clock.ts';
import { waitingAfter } from './fluid-backlog.ts';
import {
  distributionFromQuantiles,
  distributionFromRate,
  meanRateRps,
  shiftedBy,
} from './rate-distribution.ts';
import type { RateDistribution } from './rate-distribution.ts';

/** A forecast's quantiles, as QUANTILE_LEVELS. */
export interface UncertainStep {
  readonly atMs: number;
  readonly quantilesRps: readonly number[];
}

/** One step of the window: a forecast's, or a rate taken as certain. */
export type SizingStep = UncertainStep | { readonly atMs: number; readonly rateRps: number };

export interface TimedLoad extends RateDistribution {
  readonly atMs: number;
}

/** What waits at the first step, and what will be there to serve it until more can be asked for. */
export interface Backlog {
  readonly requests: number;
  /** Of the replicas that serve now. */
  readonly readyRps: number;
  /** Of these and those that start: they serve a start-up time from now on, if not before. */
  readonly currentRps: number;
  readonly startupSeconds: number;
  /** From then on replicas that are asked for now serve: what waits is worked off, and nothing is left to wait. */
  readonly leadTimeSeconds: number;
  /** What waits is worked off in so long. */
  readonly drainSeconds: number;
}

/**
 * The steps' distributions, with the backlog on top: while it is worked off it counts as that much more arriving,
 * and until new replicas can serve, overload adds to it from step to step.
 */
export function loadsOf(steps: readonly SizingStep[], backlog: Backlog): TimedLoad[] {
  const loads: TimedLoad[] = [];
  let requests = backlog.requests;
  for (let i = 0; i < steps.length; i += 1) {
    const step = steps[i];
    const load =
      'rateRps' in step ? distributionFromRate(step.rateRps) : distributionFromQuantiles(step.quantilesRps);
    const { ratesRps } = shiftedBy(load, requests > 0 ? requests / backlog.drainSeconds : 0);
    loads.push({ atMs: step.atMs, ratesRps });
    const from = secondsUntil(steps, i);
    requests =
      from >= backlog.leadTimeSeconds
        ? 0
        : backlogLeft(
            { requests, arrivalRateRps: meanRateRps(load), from, to: secondsUntil(steps, i + 1) },
            backlog,
          );
  }
  return loads;
}

/** From the first step on; there is no end to the last one. */
function secondsUntil(steps: readonly SizingStep[], index: number): number {
  return index < steps.length ? (steps[index].atMs - steps[0].atMs) / MS_PER_SECOND : Infinity;
}

interface Span {
  /** Waiting at its beginning. */
  readonly requests: number;
  readonly arrivalRateRps: number;
  readonly from: number;
  readonly to: number;
}

/** What waits at the end of a step, or when new replicas serve, whichever comes first. */
function backlogLeft({ requests, arrivalRateRps, from, to }: Span, backlog: Backlog): number {
  const until = Math.min(to, backlog.leadTimeSeconds);
  const started = Math.min(Math.max(backlog.startupSeconds, from), until);
  const { readyRps, currentRps } = backlog;
  const left = waitingAfter(requests, { arrivalRateRps, capacityRps: readyRps, seconds: started - from });
  return waitingAfter(left, { arrivalRateRps, capacityRps: currentRps, seconds: until - started });
}
