/**
 * Beside the decisions, for charts of weeks: what five minutes of each workload came to, a hundred bytes where their
 * decisions take tens of thousands. Nothing here can stop or slow the loop, and what is lost here is lost to charts alone.
 */
import type { TrendRow } from '../../domain/trend.ts';
import type { WorkloadRef } from '../../domain/workload.ts';

export interface TrendRange {
  readonly fromMs: number;
  readonly beforeMs: number;
}

/** Where rows go when their five minutes are over. */
export interface TrendArchive {
  /** Never throws. A row of the same workload and stretch that is there already is put together with this one. */
  put(workload: WorkloadRef, row: TrendRow): void;
  /** Rows that begin within the range, oldest first. What cannot be read is left out. */
  rows(workload: WorkloadRef, range: TrendRange): Promise<readonly TrendRow[]>;
  close(): Promise<void>;
}
