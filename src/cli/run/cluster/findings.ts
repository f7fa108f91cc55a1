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

export interface FindingsDeps {
  /** Who else scales the target, in one sentence. */
  readonly conflictOf: (policy: Policy) => string | undefined;
  /** What a policy in mode Floor lacks, in one sentence. */
  readonly lacksHolder: (policy: Policy) => string | undefined;
}

export function keepFindings(scaler: Scaler, { conflictOf, lacksHolder }: FindingsDeps): Findings {
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
      const conflict = policy.mode === 'Recommend' ? undefined : conflictOf(policy);
      if (conflict !== undefined) return { reason: 'ConflictingAutoscaler', message: conflict };
      const lack = policy.mode === 'Floor' ? lacksHolder(policy) : undefined;
      if (lack !== undefined) return { reason: 'NoAutoscaler', message: lack };
      return met.get(workloadKey(policy.workload));
    },
    forget: (key) => void met.delete(key),
  };
}

/** Only in mode Scale is nobody else meant to change the count. */
function changeElsewhere({ mode }: Policy, { changedElsewhere }: ReplicaStatus): Finding | undefined {
  if (mode !== 'Scale' || changedElsewhere === undefined) return undefined;
  const { fromReplicas, toReplicas, managers } = changedElsewhere;
  const message = `${managers.join(', ')} changed the count from ${fromReplicas} to ${toReplicas}; it is decided on as it is`;
  return { reason: 'ReplicasChangedElsewhere', message };
}
