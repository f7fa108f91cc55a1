/**
 * The actuate stage. A scaler reads and writes how many replicas a target has. `read` answers what is; `write` asks
 * for a count, on the condition that nothing has changed since the read (`version`).
 */
import type { ActuationResult } from '../domain/actuation.ts';
import type { LearnedStartup } from '../domain/startup-time.ts';
import type { Policy } from '../policy/policy.ts';
import type { TargetRollout } from './rollout-state.ts';
import type { ChangeElsewhere } from './replica-ledger.ts';

export interface ReplicaStatus {
  readonly currentReplicas: number;
  readonly readyReplicas: number;
  readonly rollingOut: boolean;
  /** The newest one; absent where the target does not tell, or nothing is read. */
  readonly rollout?: TargetRollout;
  /** How long its replicas have taken to start, as far as that was seen. */
  readonly learnedStartup?: LearnedStartup;
  /** Where its pods are to be found; absent where nothing tells. */
  readonly pods?: TargetPods;
  /** Opaque; handed back to `write` for optimistic concurrency. */
  readonly version: string;
  /** The count that a write found whose answer had not come, and which has been made since: told once. */
  readonly writtenLateFrom?: number;
  /** Somebody else changed the count a moment ago. */
  readonly changedElsewhere?: ChangeElsewhere;
}

export interface TargetPods {
  /** Selects them in the target's namespace; never empty. */
  readonly selector: string;
  /** When the count was last written, by the API server's clock; null where the target does not tell. */
  readonly countSetAtMs: number | null;
}

export interface ScaleRequest {
  readonly policy: Policy;
  readonly toReplicas: number;
  readonly version: string;
  readonly nowMs: number;
}

/** What became of a write. */
export interface Written {
  readonly result: ActuationResult;
  readonly message: string;
}

export const NOT_LEADER: Written = {
  result: 'notLeader',
  message: 'this replica of the controller does not lead: nothing is written',
};

export interface Scaler {
  read(policy: Policy, nowMs: number, signal: AbortSignal): Promise<ReplicaStatus>;
  write(request: ScaleRequest, signal: AbortSignal): Promise<Written>;
}
