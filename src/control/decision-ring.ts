import { decisionId } from '../domain/decision.ts';
import { workloadKey, type WorkloadRef } from '../domain/workload.ts';
import type { DecisionStore, StoredDecision } from './decision-store.ts';

export interface DecisionRingLimits {
  readonly perWorkload: number;
  /** Shared evenly among the workloads when there are more of them than `perWorkload` leaves room for. */
  readonly total: number;
}

/** A DecisionStore in memory that keeps the newest decisions of each workload and forgets the rest. */
export interface DecisionRing extends DecisionStore {
  /** Drops a workload that is no longer looked after. */
  forget(workload: WorkloadRef): void;
}

export function createDecisionRing(limits: DecisionRingLimits): DecisionRing {
  // Oldest first. An array is trimmed when it is twice as long as it may be read: appending stays O(1).
  const byWorkload = new Map<string, StoredDecision[]>();
  const kept = (): number =>
    Math.max(1, Math.min(limits.perWorkload, Math.floor(limits.total / Math.max(1, byWorkload.size) / 2)));
  const newest = (workload: WorkloadRef): readonly StoredDecision[] =>
    byWorkload.get(workloadKey(workload))?.slice(-kept()) ?? [];

  return {
    append(batch) {
      for (const stored of batch) {
        const key = workloadKey(stored.decision.workload);
        const list = byWorkload.get(key) ?? [];
        if (list.length === 0) byWorkload.set(key, list);
        list.push(stored);
      }
      const keep = kept();
      for (const list of byWorkload.values()) if (list.length >= 2 * keep) list.splice(0, list.length - keep);
    },
    list(workload, { limit, beforeMs = Infinity }) {
      return newest(workload)
        .filter((stored) => stored.decision.decidedAtMs < beforeMs)
        .slice(-Math.max(1, limit))
        .reverse();
    },
    get(workload, id) {
      return newest(workload).find((stored) => decisionId(stored.decision) === id);
    },
    forget(workload) {
      byWorkload.delete(workloadKey(workload));
    },
  };
}
