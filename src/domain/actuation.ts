import type { Hold } from './hold.ts';
import type { WorkloadRef } from './workload.ts';

/** What became of a decision; written beside it, never into it. */
export const ACTUATION_RESULTS = [
  'applied',
  'unchanged',
  'dryRun',
  /** The target changed after it was read. */
  'conflict',
  'notLeader',
  /** Something else scales the target. */
  'refused',
  /** A person has stopped all writes. */
  'stopped',
  'failed',
] as const;
export type ActuationResult = (typeof ACTUATION_RESULTS)[number];

export interface ActuationRecord {
  readonly workload: WorkloadRef;
  readonly decidedAtMs: number;
  readonly result: ActuationResult;
  readonly toReplicas: number;
  readonly message: string;
  /** Why less was asked for than was decided; absent where all of it was. */
  readonly hold?: Hold;
}
