/** A change of the replica count that was not ours. */
export interface ChangeElsewhere {
  readonly fromReplicas: number;
  readonly toReplicas: number;
  /** Field managers that own the count now; empty where the target does not tell. */
  readonly managers: readonly string[];
}

export interface ReplicasSeen {
  readonly replicas: number;
  readonly otherOwners: readonly string[];
}

/** What the count of each target was known to be, so that a change by somebody else is noticed. */
export interface ReplicaLedger {
  /** The newest change elsewhere, while it is at most `reportedReads` reads old. */
  seen(key: string, seen: ReplicasSeen): ChangeElsewhere | undefined;
  /** We asked for this count. */
  wrote(key: string, replicas: number): void;
  /** We asked for this count, and do not know what came of it. */
  mayHaveWritten(key: string, replicas: number): void;
  /**
   * Whether such a write is what is seen: the count that it found, once, and within `reportedReads` reads. Asked before
   * `seen`, which forgets what was there before.
   */
  reachedFrom(key: string, seen: ReplicasSeen): number | undefined;
  forget(key: string): void;
}

/** @param reportedReads a change is told for as many looks, so that who looks at the status has a chance to see it */
export function createReplicaLedger(reportedReads = 4): ReplicaLedger {
  const known = new Map<string, number>();
  const unanswered = new Map<string, { readonly replicas: number; readsLeft: number }>();
  const reports = new Map<string, { readonly change: ChangeElsewhere; readsLeft: number }>();

  const isElsewhere = (before: number | undefined, { replicas, otherOwners }: ReplicasSeen): boolean =>
    before !== undefined && before !== replicas && otherOwners.length > 0;

  return {
    seen(key, seen) {
      const before = known.get(key);
      known.set(key, seen.replicas);
      if (isElsewhere(before, seen)) {
        const change = { fromReplicas: before!, toReplicas: seen.replicas, managers: seen.otherOwners };
        reports.set(key, { change, readsLeft: reportedReads });
      }
      const report = reports.get(key);
      if (!report) return undefined;
      report.readsLeft -= 1;
      if (report.readsLeft === 0) reports.delete(key);
      return report.change;
    },
    wrote(key, replicas) {
      known.set(key, replicas);
      reports.delete(key);
      unanswered.delete(key);
    },
    mayHaveWritten: (key, replicas) => void unanswered.set(key, { replicas, readsLeft: reportedReads }),
    reachedFrom(key, { replicas, otherOwners }) {
      const asked = unanswered.get(key);
      if (asked === undefined) return undefined;
      asked.readsLeft -= 1;
      const hasReached = asked.replicas === replicas && otherOwners.length === 0;
      if (hasReached || asked.readsLeft === 0) unanswered.delete(key);
      return hasReached ? known.get(key) : undefined;
    },
    forget(key) {
      known.delete(key);
      reports.delete(key);
      unanswered.delete(key);
    },
  };
}
