import { MS_PER_SECOND } from '../domain/clock.ts';
import type { TimedReplicas } from '../domain/decision.ts';

/** What one look at a workload gave, as the fleet's limits need it. */
export interface Look {
  readonly key: string;
  readonly currentReplicas: number;
  /** Whether its load was measured: what is not measured tells nothing about what may go. */
  readonly isMeasured: boolean;
}

/** What ran of each workload within the window, by looking alone: a replica that stands by knows as much as the leader. */
export interface FleetPast {
  /** One look at the fleet; who is not among them, as its replicas could not be read, is known for as long as the window. */
  see(looks: readonly Look[], nowMs: number): void;
  /** The most that ran within the window; 0 of a workload that was never seen. */
  highestReplicas(key: string): number;
  lowestReplicas(key: string): number;
  /** For how long it has been measured without a gap. */
  measuredSeconds(key: string): number;
}

export interface FleetPastOptions {
  readonly windowSeconds: number;
  /** Not measured for longer than this is a gap. */
  readonly gapSeconds: number;
}

interface Known {
  /** Each count with the instant that it was first seen at, oldest first; the first may have begun before the window. */
  counts: readonly TimedReplicas[];
  measured: { readonly sinceMs: number; readonly lastMs: number } | undefined;
  readonly seenAtMs: number;
}

export function createFleetPast({ windowSeconds, gapSeconds }: FleetPastOptions): FleetPast {
  let known = new Map<string, Known>();
  let seenAtMs = -Infinity;
  const countsOf = (key: string): readonly number[] =>
    known.get(key)?.counts.map(({ replicas }) => replicas) ?? [0];

  return {
    see(looks, nowMs) {
      // A clock that has gone back: what was seen "later" would never grow old.
      const before = nowMs < seenAtMs ? new Map<string, Known>() : known;
      seenAtMs = nowMs;
      const cutoffMs = nowMs - windowSeconds * MS_PER_SECOND;
      known = new Map([...before].filter(([, one]) => one.seenAtMs > cutoffMs));
      for (const look of looks) known.set(look.key, after(before.get(look.key), look, nowMs));
    },
    highestReplicas: (key) => Math.max(...countsOf(key)),
    lowestReplicas: (key) => Math.min(...countsOf(key)),
    measuredSeconds(key) {
      const measured = known.get(key)?.measured;
      return measured ? (seenAtMs - measured.sinceMs) / MS_PER_SECOND : 0;
    },
  };

  function after(before: Known | undefined, look: Look, nowMs: number): Known {
    return {
      counts: countsAfter(before, look, nowMs),
      measured: measuredAfter(before, look, nowMs),
      seenAtMs: nowMs,
    };
  }

  function countsAfter(before: Known | undefined, { currentReplicas }: Look, nowMs: number) {
    const cutoffMs = nowMs - windowSeconds * MS_PER_SECOND;
    const counts = before?.counts ?? [];
    // A count lasted until the next one was seen.
    const within = counts.filter((_, index) => (counts[index + 1]?.atMs ?? nowMs) > cutoffMs);
    if (within.at(-1)?.replicas === currentReplicas) return within;
    return [...within, { atMs: nowMs, replicas: currentReplicas }];
  }

  function measuredAfter(before: Known | undefined, { isMeasured }: Look, nowMs: number): Known['measured'] {
    const measured = before?.measured;
    const hasGap = measured === undefined || nowMs - measured.lastMs > gapSeconds * MS_PER_SECOND;
    if (!isMeasured) return hasGap ? undefined : measured;
    return { sinceMs: hasGap ? nowMs : measured.sinceMs, lastMs: nowMs };
  }
}
