import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../domain/clock.ts';
import { percentText } from '../domain/figures.ts';
import type { LearnedRate, RateDrop, RateSource } from '../domain/service-rate.ts';
import { findRateChanges, type RateChange } from './rate-changes.ts';
import { estimateServiceRate, MIN_RATE_SAMPLES } from './service-rate.ts';
import type { WorkSample } from './work-sample.ts';

/** How far back the rate is learned from: far enough to know it well, near enough to be that of today. */
export const LEARNING_SECONDS = 3 * SECONDS_PER_HOUR;
/** Where steps are long, so many slots, however far back. */
const MIN_LEARNING_SLOTS = 60;
/** Below this nothing is said yet. After a change four slots do: something must be sized with at once. */
const MIN_SAMPLES = 10;
/** An interval that reaches further down than this share of the rate tells nothing to size with. */
const MAX_ERROR_RATIO = 0.5;
/** How long a drop is told. */
const DROP_TOLD_SECONDS = SECONDS_PER_HOUR;

/** Seconds of history that the rate is learned from at this step. */
export function learningSeconds(stepSeconds: number): number {
  return Math.max(LEARNING_SECONDS, MIN_LEARNING_SLOTS * stepSeconds);
}

export interface WorkHistory {
  /** Ascending in time. */
  readonly samples: readonly WorkSample[];
  readonly stepSeconds: number;
  readonly source: RateSource;
}

/**
 * The rate as the newest slots have it: of those since the last change, as far back as `learningSeconds`. A function
 * of the history alone, so that a restart learns the same.
 */
export function learnServiceRate({ samples, stepSeconds, source }: WorkHistory): LearnedRate {
  const change = findRateChanges(samples, stepSeconds).at(-1);
  const own = samples.slice(change?.startIndex ?? 0);
  const needed = change === undefined ? MIN_SAMPLES : MIN_RATE_SAMPLES;
  if (own.length < needed)
    return unknown(`${own.length} of the ${needed} slots with throughput and ${source} that it takes`);
  const estimate = estimateServiceRate(own);
  const errorRatio = 1 - estimate.lowerRps / estimate.rateRps;
  if (!(errorRatio <= MAX_ERROR_RATIO))
    return unknown(
      `throughput and ${source} of ${own.length} slots leave it uncertain by ${percentText(errorRatio)}, more than ${percentText(MAX_ERROR_RATIO)}`,
    );
  return {
    kind: 'learned',
    ...estimate,
    source,
    samples: own.length,
    sinceAtMs: own[0].atMs - stepSeconds * MS_PER_SECOND,
    drop: dropOf(change, own[own.length - 1].atMs),
  };
}

function unknown(message: string): LearnedRate {
  return { kind: 'unknown', message };
}

function dropOf(change: RateChange | undefined, nowMs: number): RateDrop | null {
  if (change?.kind !== 'drop' || nowMs - change.atMs > DROP_TOLD_SECONDS * MS_PER_SECOND) return null;
  return { atMs: change.atMs, beforeRps: change.beforeRps };
}
