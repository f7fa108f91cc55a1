/** What the referee says of a replica plan. */
import { writeFileSync } from 'node:fs';
import { planCsv } from '../../../src/replay/plan-rows.ts';
import { askReferee } from './ask-referee.ts';

/** Null: no setting, or no oracle, is as punctual as the plan. */
export interface PlanScore {
  readonly latePercent: number;
  readonly replicaHours: number;
  /** Cost over that of the oracle, and of the best-tuned HPA, at the plan's own lateness. */
  readonly overOracle: number | null;
  readonly overHpa: number | null;
  /** Share saved of what the best-tuned HPA, and the best reactive rule, pay over the oracle. */
  readonly gapHpa: number | null;
  readonly gapReactive: number | null;
}

export interface AskedScore {
  readonly python: string;
  readonly referee: string;
  readonly traceFile: string;
  readonly startupSeconds: number;
  /** What the referee's `baselines --out` wrote. */
  readonly results: string;
  /** Where the plan is written to. */
  readonly planFile: string;
  /** `instant,replicas`, a line for each change. */
  readonly plan: readonly string[];
}

interface Told {
  readonly late_pct: number;
  readonly replica_hours: number;
  readonly hpa_cost_at_equal_violation: number | null;
  readonly oracle_cost_at_equal_violation: number | null;
  readonly closed_gap: number | null;
  readonly closed_gap_vs_best_reactive: number | null;
}

export function scorePlan({ python, referee, traceFile, startupSeconds, ...asked }: AskedScore): PlanScore {
  const { results, planFile, plan } = asked;
  writeFileSync(planFile, planCsv(plan));
  const world = ['--trace', traceFile, '--plan', planFile, '--delay', String(startupSeconds)];
  const text = askReferee(python, [referee, 'score', ...world, '--results', results, '--json']);
  const told = JSON.parse(text.trim().split('\n').at(-1)!) as Told;
  const over = (hours: number | null): number | null => (hours === null ? null : told.replica_hours / hours);
  return {
    latePercent: told.late_pct,
    replicaHours: told.replica_hours,
    overOracle: over(told.oracle_cost_at_equal_violation),
    overHpa: over(told.hpa_cost_at_equal_violation),
    gapHpa: told.closed_gap,
    gapReactive: told.closed_gap_vs_best_reactive,
  };
}
