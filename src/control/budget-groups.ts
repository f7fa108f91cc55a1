import type { Problem } from '../domain/errors.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import { pricesOf } from '../size/prices.ts';

/** A policy that shares a budget. */
export type Sharing = Policy & { readonly budget: NonNullable<Policy['budget']> };

export function sharesBudget(policy: Policy): policy is Sharing {
  return policy.budget !== undefined;
}

/** Groups are of one namespace: who may not write there has no part in its budgets. */
export function budgetKey({ workload: { namespace }, budget: { group } }: Sharing): string {
  return `${namespace}/${group}`;
}

/** What a replica of the policy takes from its group's budget. */
export function budgetPrice({ budget, cost }: Sharing): number {
  return budget.unit === 'replicas' ? 1 : cost.perReplicaHour!;
}

/** By workload, what is wrong with policies that share a budget and do not fit together: nobody could divide it. */
export function budgetProblems(policies: readonly Policy[]): ReadonlyMap<string, Problem> {
  const groups = new Map<string, Sharing[]>();
  for (const policy of policies.filter(sharesBudget))
    groups.set(budgetKey(policy), [...(groups.get(budgetKey(policy)) ?? []), policy]);
  return new Map(
    [...groups.values()].flatMap((group) => {
      const problem = problemOf(group);
      return problem ? group.map(({ workload }) => [workloadKey(workload), problem] as const) : [];
    }),
  );
}

function problemOf(group: readonly Sharing[]): Problem | undefined {
  return disagreement(group) ?? mixedPrices(group) ?? tooSmall(group);
}

function disagreement(group: readonly Sharing[]): Problem | undefined {
  const [first] = group;
  const other = group.find(
    ({ budget }) => budget.unit !== first.budget.unit || budget.most !== first.budget.most,
  );
  if (other === undefined) return undefined;
  return {
    path: `spec.budget.${fieldOf(other)}`,
    got: `${capText(first)} and ${capText(other)} for the group ${first.budget.group}`,
    allowed: 'the same budget in all policies of a group',
  };
}

/** Lateness is weighed by what it costs, which has to be told of all or of none. */
function mixedPrices(group: readonly Sharing[]): Problem | undefined {
  const [first] = group;
  const label = ({ cost }: Sharing): string => (pricesOf(cost) === undefined ? 'none' : cost.currency);
  const other = group.find((one) => label(one) !== label(first));
  if (other === undefined) return undefined;
  return {
    path: 'spec.cost',
    got: `prices in ${label(first)} (${first.workload.name}) and in ${label(other)} (${other.workload.name})`,
    allowed: `prices in one currency, or none, in all policies of the group ${first.budget.group}`,
  };
}

function tooSmall(group: readonly Sharing[]): Problem | undefined {
  const [{ budget }] = group;
  const least = group.reduce((sum, policy) => sum + policy.minReplicas * budgetPrice(policy), 0);
  if (least <= budget.most) return undefined;
  return {
    path: `spec.budget.${fieldOf(group[0])}`,
    got: String(budget.most),
    allowed: `at least ${least}: what minReplicas of all policies of the group ${budget.group} take`,
  };
}

const fieldOf = ({ budget }: Sharing): string =>
  budget.unit === 'replicas' ? 'maxReplicas' : 'maxCostPerHour';

const capText = (policy: Sharing): string =>
  `${fieldOf(policy)} ${policy.budget.most} (${policy.workload.name})`;
