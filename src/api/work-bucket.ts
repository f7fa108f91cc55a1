import { MS_PER_SECOND } from '../domain/clock.ts';

/** A leaky bucket of work: what was done is poured in, and it drains at the share of the time that the work may take. */
export interface WorkBucket {
  pour(workedMs: number): void;
  /** Seconds of work in it that have not drained yet. */
  owedSeconds(): number;
}

/** `drainRatio`: seconds of work that drain in a second, now. */
export function createWorkBucket(drainRatio: () => number, nowMs: () => number): WorkBucket {
  let owed = 0;
  let drainedAtMs = nowMs();
  const drain = (): number => {
    const now = nowMs();
    if (owed > 0) owed = Math.max(0, owed - (drainRatio() * (now - drainedAtMs)) / MS_PER_SECOND);
    drainedAtMs = now;
    return owed;
  };
  return {
    pour(workedMs) {
      owed = drain() + workedMs / MS_PER_SECOND;
    },
    owedSeconds: drain,
  };
}
