/** What an autoscaler's replicas would have come to beside another's, on the same measured load. */
import { SECONDS_PER_HOUR } from './clock.ts';

/** Sums since a ledger began. */
export interface LedgerSide {
  /** Ready and starting: what is paid for. */
  replicaSeconds: number;
  lateRequests: number;
  /** Seconds in which more requests were late than the objective allows. */
  violatedSeconds: number;
}

/** Both sides are modelled alike: the same load, the same start-up time, the same queues. */
export interface Ledger {
  readonly sinceMs: number;
  /** Of which a trusted measurement was there. */
  readonly accountedSeconds: number;
  readonly requests: number;
  readonly prescale: Readonly<LedgerSide>;
  readonly hpa: Readonly<LedgerSide>;
}

/** In the policy's currency; null: not given, and counts as nothing. */
export interface LedgerPrices {
  readonly perReplicaHour: number | null;
  readonly perViolation: number | null;
}

export interface LedgerFigures {
  readonly replicaHours: number;
  readonly lateRequests: number;
  readonly violatedSeconds: number;
  readonly cost: { readonly replicas: number; readonly violations: number; readonly total: number };
}

export function ledgerFigures(
  side: LedgerSide,
  { perReplicaHour, perViolation }: LedgerPrices,
): LedgerFigures {
  const replicaHours = side.replicaSeconds / SECONDS_PER_HOUR;
  const replicas = replicaHours * (perReplicaHour ?? 0);
  const violations = side.lateRequests * (perViolation ?? 0);
  const { lateRequests, violatedSeconds } = side;
  return {
    replicaHours,
    lateRequests,
    violatedSeconds,
    cost: { replicas, violations, total: replicas + violations },
  };
}

/** What the first has less of than the second; negative where it has more. */
export function ledgerDifference(less: LedgerFigures, more: LedgerFigures): LedgerFigures {
  return {
    replicaHours: more.replicaHours - less.replicaHours,
    lateRequests: more.lateRequests - less.lateRequests,
    violatedSeconds: more.violatedSeconds - less.violatedSeconds,
    cost: {
      replicas: more.cost.replicas - less.cost.replicas,
      violations: more.cost.violations - less.cost.violations,
      total: more.cost.total - less.cost.total,
    },
  };
}
