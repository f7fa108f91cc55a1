/** What one replica of a source has been like lately, by its answers alone. */
export interface ReplicaHealth {
  /** Not to be waited for: it has kept us waiting in vain at `MISSES_TO_OPEN` times in a row. */
  isOpen(): boolean;
  answered(latencyMs: number): void;
  /** It was given up, or another replica answered before it. */
  missed(nowMs: number): void;
  /** How long it takes for 95 of 100 answers; undefined before there are a few. */
  p95Ms(): number | undefined;
}

const MISSES_TO_OPEN = 3;
/** Of the requests of one batch that all miss, one counts: what is counted is times, not requests. */
const MISS_SPACING_MS = 1000;
const KEPT_LATENCIES = 100;
const LEAST_LATENCIES = 5;

/** A circuit breaker (Nygard, Release It!, 2nd ed., 2018, ch. 5) that any answer closes. */
export function createReplicaHealth(): ReplicaHealth {
  const latenciesMs: number[] = [];
  let misses = 0;
  let missedAtMs = -Infinity;
  return {
    isOpen: () => misses >= MISSES_TO_OPEN,
    answered(latencyMs) {
      misses = 0;
      latenciesMs.push(latencyMs);
      if (latenciesMs.length > KEPT_LATENCIES) latenciesMs.shift();
    },
    missed(nowMs) {
      if (nowMs - missedAtMs < MISS_SPACING_MS) return;
      missedAtMs = nowMs;
      misses += 1;
    },
    p95Ms() {
      if (latenciesMs.length < LEAST_LATENCIES) return undefined;
      const sorted = [...latenciesMs].sort((a, b) => a - b);
      return sorted[Math.ceil(0.95 * sorted.length) - 1];
    },
  };
}
