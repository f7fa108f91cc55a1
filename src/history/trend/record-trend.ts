import type { Decision } from '../../domain/decision.ts';
import {
  resampleTrend,
  TREND_SLOT_SECONDS,
  trendOf,
  trendSlotMs,
  type TrendRow,
} from '../../domain/trend.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import type { RecordedDecision } from '../decision-history.ts';
import { addDecision, type OpenRow } from './open-row.ts';
import type { TrendArchive, TrendRange } from './trend-archive.ts';

export interface Trend {
  append(batch: readonly RecordedDecision[]): void;
  /** Rows of five minutes that begin within the range, oldest first, the one that is not over yet among them. */
  read(workload: WorkloadRef, range: TrendRange): Promise<readonly TrendRow[]>;
  /** Drops a workload's open row into the archive, and all that waits to be written. */
  close(): Promise<void>;
}

interface Open {
  readonly workload: WorkloadRef;
  readonly row: OpenRow;
}

/** Puts decisions together as they are made; a row goes to the archive when a decision of another five minutes comes. */
export function recordTrend(archive: TrendArchive): Trend {
  const open = new Map<string, Open>();
  let newestMs = -Infinity;
  const add = (atMs: number, decision: Decision): void => {
    const { workload } = decision;
    const key = workloadKey(workload);
    const before = open.get(key)?.row;
    if (before?.atMs === atMs) return addDecision(before, decision);
    if (before) archive.put(workload, before);
    open.set(key, { workload, row: trendOf(decision) });
  };
  /** Of workloads that are no longer looked after, too. */
  const archiveBefore = (atMs: number): void => {
    for (const [key, { workload, row }] of open) {
      if (row.atMs >= atMs) continue;
      archive.put(workload, row);
      open.delete(key);
    }
  };
  return {
    append(batch) {
      for (const { decision } of batch) {
        const atMs = trendSlotMs(decision.decidedAtMs);
        if (atMs > newestMs) archiveBefore(atMs);
        newestMs = atMs;
        add(atMs, decision);
      }
    },
    async read(workload, range) {
      const now = open.get(workloadKey(workload))?.row;
      const isAsked = now && now.atMs >= range.fromMs && now.atMs < range.beforeMs;
      const archived = await archive.rows(workload, range);
      // A stretch that was interrupted by a restart is one row.
      return resampleTrend(isAsked ? [...archived, structuredClone(now)] : archived, TREND_SLOT_SECONDS);
    },
    async close() {
      archiveBefore(Infinity);
      await archive.close();
    },
  };
}
