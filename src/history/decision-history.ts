/**
 * The history stage: every decision with its full reasoning, on disk, for as long as there is room. Written after a
 * decision has been acted on, and read by who asks why. Nothing here can stop or slow the loop: what cannot be written
 * is lost, counted and told, and what is read says since when nothing is missing.
 *
 * A generation of decisions begins as a journal (lines, one write per tick, safe from the end of this process) and is
 * packed into a segment (blocks of one workload's decisions, compressed, written once) when it is large enough.
 */
import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { WorkloadRef } from '../domain/workload.ts';

export interface RecordedDecision {
  readonly decision: Decision;
  readonly actuation: ActuationRecord;
}

export interface HistoryPage {
  /** Newest first. */
  readonly decisions: readonly RecordedDecision[];
  /** Since when no decision is missing, of any workload, in milliseconds since the epoch; null while there is none. */
  readonly completeSinceMs: number | null;
}

export interface PageOptions {
  readonly limit: number;
  /** Only decisions made before. */
  readonly beforeMs?: number;
}

export interface DecisionHistory {
  /** Resolves when the batch is safe from the end of this process, or given up; never rejects, need not be awaited. */
  append(batch: readonly RecordedDecision[]): Promise<void>;
  /** What was appended before is part of the answer. What cannot be read is left out and reported. */
  read(workload: WorkloadRef, options: PageOptions): Promise<HistoryPage>;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}

/** Something that cost history. */
export interface HistoryFault {
  readonly kind: HistoryFaultKind;
  readonly message: string;
}

/** write: nothing can be stored; backlog: the disk is too slow; corrupt: what was stored is not what was written. */
export const HISTORY_FAULT_KINDS = ['write', 'backlog', 'corrupt'] as const;
export type HistoryFaultKind = (typeof HISTORY_FAULT_KINDS)[number];

/** Who hears of it. */
export interface HistoryEar {
  /** Once when it begins, not at each decision. */
  fault(fault: HistoryFault): void;
  recovered(): void;
  lost(decisions: number): void;
}
