import type { SeenPod } from '../../src/domain/startup-time.ts';

/** An instant of the API server's clock. */
export const POD_EPOCH_MS = Date.UTC(2026, 10, 26, 8);

export interface PodTimes {
  /** Seconds since the epoch of these tests. */
  readonly createdAt: number;
  /** From creation to its node; at once unless given, null: none yet. */
  readonly scheduledAfter?: number | null;
  /** From creation to ready; null: not ready. */
  readonly readyAfter: number | null;
  readonly isDisturbed?: boolean;
}

export function aSeenPod(uid: string, times: PodTimes): SeenPod {
  const { createdAt, scheduledAfter = 0, readyAfter, isDisturbed = false } = times;
  const createdAtMs = POD_EPOCH_MS + createdAt * 1000;
  const after = (seconds: number | null): number | null =>
    seconds === null ? null : createdAtMs + seconds * 1000;
  return {
    uid,
    createdAtMs,
    scheduledAtMs: after(scheduledAfter),
    readyAtMs: after(readyAfter),
    isDisturbed,
  };
}
