/** What the ticks took, out of `/metrics`: buckets of `prescale_tick_duration_seconds{stage="total"}`. */
export interface TickTimes {
  readonly ticks: number;
  readonly meanMs: number;
  /** Upper bound of the bucket in which the 99th percentile lies. */
  readonly p99AtMostMs: number;
}

interface Counts {
  readonly sumSeconds: number;
  /** Cumulative, by upper bound in seconds. */
  readonly buckets: ReadonlyMap<number, number>;
}

export function tickCounts(metricsText: string): Counts {
  const buckets = new Map<number, number>();
  for (const [, bound, count] of metricsText.matchAll(
    /^prescale_tick_duration_seconds_bucket\{le="([^"]+)",stage="total"\} (\S+)$/gm,
  ))
    buckets.set(bound === '+Inf' ? Infinity : Number(bound), Number(count));
  const [, sum] = /^prescale_tick_duration_seconds_sum\{stage="total"\} (\S+)$/m.exec(metricsText) ?? [];
  if (sum === undefined || buckets.size === 0) throw new Error('no tick durations in /metrics');
  return { sumSeconds: Number(sum), buckets };
}

export function ticksBetween(before: Counts, after: Counts): TickTimes {
  const rises = [...after.buckets].map(([bound, count]): readonly [number, number] => [
    bound,
    count - (before.buckets.get(bound) ?? 0),
  ]);
  const ticks = rises.at(-1)![1];
  const bound = rises.find(([, count]) => count >= 0.99 * ticks)![0];
  return {
    ticks,
    meanMs: (1000 * (after.sumSeconds - before.sumSeconds)) / ticks,
    p99AtMostMs: 1000 * bound,
  };
}
