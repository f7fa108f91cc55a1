import type { Problem } from '../domain/errors.ts';
import type { Policy } from '../policy/policy.ts';
import { budgetProblems } from './budget-groups.ts';
import { cycleProblems } from './callers-of.ts';

/** By workload, what is wrong with policies that are each valid alone: who calls whom, and who shares which budget. */
export function fleetProblems(policies: readonly Policy[]): ReadonlyMap<string, Problem> {
  return new Map([...budgetProblems(policies), ...cycleProblems(policies)]);
}
