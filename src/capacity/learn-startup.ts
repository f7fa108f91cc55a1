import type { LearnedStartup, StartupRecord } from '../domain/startup-time.ts';
import { median } from './median.ts';

/**
 * So many starts are kept. A start-up time that changes (a new release, another machine type) is the median after half of
 * them, and with the nearest rank the second largest of 30 is the 95th percentile: one late start is not believed.
 */
export const MOST_STARTS = 30;

const HIGH_RANK = 0.95;

/** Median and 95th percentile (nearest rank) of what was seen; undefined where nothing was. */
export function learnedStartup({ recentSeconds }: StartupRecord): LearnedStartup | undefined {
  const samples = recentSeconds.length;
  if (samples === 0) return undefined;
  const sorted = recentSeconds.toSorted((a, b) => a - b);
  const p95Seconds = sorted[Math.ceil(HIGH_RANK * samples) - 1];
  return { p50Seconds: median(sorted), p95Seconds, samples };
}
