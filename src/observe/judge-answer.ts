import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Samples } from '../domain/time-series.ts';
import type { Freshness } from './history-buffer.ts';
import type { SeriesAnswer } from './metrics-source.ts';

export interface JudgeBy {
  readonly nowMs: number;
  /** The grid's real step: not finer than what the source has. */
  readonly stepSeconds: number;
  readonly freshness: Freshness;
  /** Whether a value below zero says something; a load cannot be negative, what a dependency has left can. */
  readonly mayBeNegative?: boolean;
}

/**
 * How old the end of the newest slot may be. With steps of an hour, a slot of 50 minutes ago is the newest that there
 * can be, whatever staleAfter says: a slot is stale when it is older than staleAfter AND the next one was due
 * (a step later) and its delay has passed. With 1m steps, 30s delay and staleAfter 2m that is after 2m; with 5m steps
 * after 5m30s.
 */
export function staleAgeSeconds(stepSeconds: number, { delaySeconds, staleAfterSeconds }: Freshness): number {
  return Math.max(staleAfterSeconds, stepSeconds + delaySeconds);
}

/** What one answer says about now. The kinds of faults stay what they are; a recorded zero is a value. */
export function judgeAnswer(answer: SeriesAnswer, by: JudgeBy): Measurement {
  if (answer.kind !== 'samples') return answer;
  if (answer.partialMessage !== null) return { kind: 'partial', message: answer.partialMessage };
  return judgeSamples(answer.samples, by);
}

function isPlausible(value: number, { mayBeNegative = false }: JudgeBy): boolean {
  return Number.isFinite(value) && (mayBeNegative || value >= 0);
}

function judgeSamples({ startsAtMs, values }: Samples, by: JudgeBy): Measurement {
  const stepMs = by.stepSeconds * MS_PER_SECOND;
  const usableToMs = by.nowMs - by.freshness.delaySeconds * MS_PER_SECOND;
  const newest = startsAtMs.findLastIndex((startAtMs) => startAtMs + stepMs <= usableToMs);
  if (newest < 0) return { kind: 'empty' };
  const value = values[newest];
  const endsAtMs = startsAtMs[newest] + stepMs;
  if (!isPlausible(value, by)) return { kind: 'notANumber', endsAtMs };
  const ageSeconds = (by.nowMs - endsAtMs) / MS_PER_SECOND;
  const stale = ageSeconds > staleAgeSeconds(by.stepSeconds, by.freshness);
  return { kind: stale ? 'stale' : 'value', value, endsAtMs };
}
