/** Quantiles of any number of durations in constant memory, right within 2.5 %. */
export interface DurationHistogram {
  add(seconds: number): void;
  /** The duration that the share `level` (0..1) of all stays at or below; 0 where there is none. */
  quantileSeconds(level: number): number;
}

const SHORTEST_SECONDS = 1e-6;
const GROWTH = 1.05;
/** Up to 1e-6 * 1.05^500 = 39,000 s. */
const BUCKETS = 500;

/** Buckets that grow by 5 % each; a duration is told as its bucket's geometric middle. */
export function createDurationHistogram(): DurationHistogram {
  const counts = new Uint32Array(BUCKETS);
  let total = 0;
  return {
    add(seconds) {
      const index = Math.floor(
        Math.log(Math.max(seconds, SHORTEST_SECONDS) / SHORTEST_SECONDS) / Math.log(GROWTH),
      );
      counts[Math.min(BUCKETS - 1, index)] += 1;
      total += 1;
    },
    quantileSeconds(level) {
      if (total === 0) return 0;
      let seen = 0;
      const index = counts.findIndex((count) => (seen += count) >= level * total && count > 0);
      return SHORTEST_SECONDS * GROWTH ** (index + 0.5);
    },
  };
}
