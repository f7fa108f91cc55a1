import type { WorkloadRef } from './workload.ts';

/** What became of a decision; written beside it, never into it. */
export type ActuationResult = 'applied' | 'unchanged' | 'dryRun' | 'conflict' | 'notLeader' | 'failed';

export interface ActuationRecord {
  readonly workload: WorkloadRef;
  readonly decidedAtMs: number;
  readonly result: ActuationResult;
  readonly toReplicas: number;
  readonly message: string;
}
