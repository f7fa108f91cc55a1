/**
 * When a status is worth a write. Its figures (the forecast's peak, the rate in a condition's message) change with every
 * sample: each write of them would be one of etcd's, and an event for all who watch, per object and tick. What has
 * happened is told at once; figures come along, and by themselves every few minutes.
 */
import { isDeepStrictEqual } from 'node:util';
import { MS_PER_SECOND } from '../../../domain/clock.ts';
import type { PreviousStatus } from '../../../explain/status-of.ts';

export interface StatusPace {
  /** Whether the status of the object `key` is to be written, where the object says `before` now. */
  isDue(key: string, before: PreviousStatus, status: PreviousStatus, nowMs: number): boolean;
  wrote(key: string, nowMs: number): void;
}

const FIGURES_EVERY_MS = 300 * MS_PER_SECOND;

export function createStatusPace(): StatusPace {
  /** Oldest first. */
  const wroteAtMs = new Map<string, number>();
  return {
    isDue(key, before, status, nowMs) {
      if (!isDeepStrictEqual(withoutFigures(before), withoutFigures(status))) return true;
      const sinceMs = nowMs - (wroteAtMs.get(key) ?? -Infinity);
      return !(sinceMs >= 0 && sinceMs < FIGURES_EVERY_MS);
    },
    wrote(key, nowMs) {
      wroteAtMs.delete(key);
      wroteAtMs.set(key, nowMs);
      for (const [other, atMs] of wroteAtMs) {
        if (nowMs - atMs < FIGURES_EVERY_MS) break;
        wroteAtMs.delete(other);
      }
    },
  };
}

/** What a person would call another status. */
function withoutFigures({ forecast, conditions = [], ...status }: PreviousStatus): object {
  return {
    ...status,
    model: forecast?.model,
    conditions: conditions.map((condition) => ({ ...condition, message: undefined })),
  };
}
