/** What a budget is counted in: replicas, or what they cost in an hour in the currency of the group's policies. */
export const BUDGET_UNITS = ['replicas', 'costPerHour'] as const;
export type BudgetUnit = (typeof BUDGET_UNITS)[number];

/** The part of a shared budget that a workload may use now; stored in the Decision as it was judged. */
export interface BudgetShare {
  /** Unique within the namespace. */
  readonly group: string;
  readonly unit: BudgetUnit;
  /** What all workloads of the group may have together. */
  readonly most: number;
  /** What all of them asked for, in the same unit. */
  readonly asked: number;
  /** The share, in replicas of this workload. */
  readonly mostReplicas: number;
}
