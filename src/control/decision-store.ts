/** Where decisions go, and come from for the API: newest first. */
import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { WorkloadRef } from '../domain/workload.ts';

export interface StoredDecision {
  readonly decision: Decision;
  readonly actuation: ActuationRecord;
}

export interface DecisionStore {
  append(batch: readonly StoredDecision[]): void;
  /** At most `limit` decisions of the workload made before `beforeMs`, newest first. */
  list(
    workload: WorkloadRef,
    options: { readonly limit: number; readonly beforeMs?: number },
  ): readonly StoredDecision[];
  get(workload: WorkloadRef, decisionId: string): StoredDecision | undefined;
}
