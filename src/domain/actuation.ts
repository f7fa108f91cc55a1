import type { WorkloadRef } from './workload.ts';

/** What became of a decision; written beside it, never into it. */
export type ActuationResult =
  | 'applied'
  | 'unchanged'
  | 'dryRun'
  /** The target changed after it was read. */
  | 'conflict'
  | 'notLeader'
  /** Something else scales the target. */
  | 'refused'
  | 'failed';

export interface ActuationRecord {
  readonly workload: WorkloadRef;
  readonly decidedAtMs: number;
  readonly result: ActuationResult;
  readonly toReplicas: number;
  readonly message: string;
}
