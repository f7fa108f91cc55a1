import type { ReplicaStatus, Scaler } from '../../../actuate/scaler.ts';
import { workloadKey } from '../../../domain/workload.ts';
import type { Finding } from '../../../explain/status-of.ts';
import type { Policy } from '../../../policy/policy.ts';

/** What looking at the cluster has found out about each workload, beside what is decided. */
export interface Findings {
  /** The scaler, with an ear to what it meets. */
  readonly scaler: Scaler;
  of(policy: Policy): Finding | undefined;
  forget(key: string): void;
}

/** @param conflictOf who else scales the target, in one sentence */
export function keepFindings(scaler: Scaler, conflictOf: (policy: Policy) => string | undefined): Findings {
  const met = new Map<string, Finding | undefined>();
  return {
    scaler: {
      async read(policy, nowMs, signal) {
        const key = workloadKey(policy.workload);
        try {
          const status = await scaler.read(policy, nowMs, signal);
          met.set(key, changeElsewhere(policy, status));
          return status;
        } catch (error) {
          // A read that was given up tells nothing about the target.
          if (!signal.aborted) met.set(key, { reason: 'FailedGetScale', message: (error as Error).message });
          throw error;
        }
      },
      write: (request, signal) => scaler.write(request, signal),
    },
    of(policy) {
      const conflict = policy.mode === 'Scale' ? conflictOf(policy) : undefined;
      if (conflict !== undefined) return { reason: 'ConflictingAutoscaler', message: conflict };
      return met.get(workloadKey(policy.workload));
    },
    forget: (key) => void met.delete(key),
  };
}

/** Where we only recommend, somebody else is meant to change the count. */
function changeElsewhere({ mode }: Policy, { changedElsewhere }: ReplicaStatus): Finding | undefined {
  if (mode !== 'Scale' || changedElsewhere === undefined) return undefined;
  const { fromReplicas, toReplicas, managers } = changedElsewhere;
  const message = `${managers.join(', ')} changed the count from ${fromReplicas} to ${toReplicas}; it is decided on as it is`;
  return { reason: 'ReplicasChangedElsewhere', message };
}
