/**
 * The guard stage. Sizing says how many replicas the load needs; guards say how much of that may be done now.
 *
 * A guard is one pure question asked of one gathered input. It answers with the count that it lets through, a reason
 * from the closed list and a sentence with the numbers. All guards are asked, in the order of `GUARDS`
 * (guard-chain.ts); each gets the count that the one before it let through; every answer is recorded, also where it
 * changes nothing. A guard whose condition holds says so even where there was nothing left to hold back.
 *
 * No guard raises a count above maxReplicas or lowers one below minReplicas. `pause`, the last one, is the exception
 * that proves it: it undoes all of the above and leaves what runs exactly as it is.
 */
import type { DecisionMemory, GuardName } from '../domain/decision.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import type { Observation } from '../domain/observation.ts';
import type { Reason } from '../domain/reasons.ts';
import type { DependencyLimit } from '../domain/sizing.ts';
import type { Policy } from '../policy/policy.ts';

/** Everything that a guard may look at. */
export interface GuardInput {
  readonly observation: Observation;
  readonly forecast: ForecastResult;
  readonly policy: Policy;
  /** As `recall` (memory.ts) gives it: pruned, its holes known. */
  readonly memory: DecisionMemory;
  /** The dependency with the least room; absent: none limits. */
  readonly dependencyLimit?: DependencyLimit | undefined;
  readonly nowMs: number;
}

export interface GuardVerdict {
  readonly afterReplicas: number;
  readonly reason: Reason;
  readonly message: string;
}

export interface Guard {
  readonly name: GuardName;
  judge(input: GuardInput, beforeReplicas: number): GuardVerdict;
}

/** The count passes as it came. */
export function pass(beforeReplicas: number, reason: Reason, message: string): GuardVerdict {
  return { afterReplicas: beforeReplicas, reason, message };
}

/**
 * `proposedReplicas`, but not above maxReplicas when that raises the count, and not below minReplicas when that
 * lowers it: where the count came in outside, it is for the bounds guard to say so, not for this one to add to it.
 */
export function withinReach(input: GuardInput, beforeReplicas: number, proposedReplicas: number): number {
  const { minReplicas, maxReplicas } = input.policy;
  return proposedReplicas > beforeReplicas
    ? Math.min(proposedReplicas, Math.max(beforeReplicas, maxReplicas))
    : Math.max(proposedReplicas, Math.min(beforeReplicas, minReplicas));
}

/** Lets more replicas through and keeps what runs where the count asks for fewer. `why` opens the sentence. */
export function neverRemove(
  input: GuardInput,
  beforeReplicas: number,
  reason: Reason,
  why: string,
): GuardVerdict {
  const { currentReplicas } = input.observation;
  if (beforeReplicas >= currentReplicas) return pass(beforeReplicas, reason, `${why}; nothing to hold back`);
  const afterReplicas = withinReach(input, beforeReplicas, currentReplicas);
  return { afterReplicas, reason, message: `${why}; keeps ${afterReplicas} instead of ${beforeReplicas}` };
}
