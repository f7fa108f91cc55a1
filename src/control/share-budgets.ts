import { sharesOfBudget, type RunningClaim } from '../coordinate/share-of-budget.ts';
import type { BudgetShare } from '../domain/budget-share.ts';
import { desiredReplicas, type Decision } from '../domain/decision.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import { lateCostPerHour } from '../size/late-curve.ts';
import { pricesOf } from '../size/prices.ts';
import { budgetKey, budgetPrice, sharesBudget, type Sharing } from './budget-groups.ts';
import type { Fleet, Member } from './fleet.ts';

/** A first verdict, before anybody has looked at what others ask for. */
export interface Asking {
  readonly member: Member;
  readonly decision: Decision;
}

interface SharingAsking extends Asking {
  readonly policy: Sharing;
}

/**
 * By workload, what its group's budget leaves for it; of groups whose budget suffices for all, nothing is said. Who was
 * not decided for at this tick keeps what it had; who is paused, not measured, or in mode Recommend beside others that
 * scale, what runs of it.
 */
export function shareBudgets(fleet: Fleet, asking: readonly Asking[]): ReadonlyMap<string, BudgetShare> {
  const groups = new Map<string, SharingAsking[]>();
  for (const { member, decision } of asking) {
    const { policy } = member;
    if (!sharesBudget(policy)) continue;
    groups.set(budgetKey(policy), [...(groups.get(budgetKey(policy)) ?? []), { member, decision, policy }]);
  }
  return new Map([...groups].flatMap(([key, group]) => sharesOf(group, unseenUse(fleet, key, group))));
}

/** What those of the group take that no verdict is there for. */
function unseenUse(fleet: Fleet, key: string, group: readonly Asking[]): number {
  const seen = new Set(group.map(({ member }) => member));
  return fleet
    .members()
    .filter((member) => !seen.has(member))
    .reduce((sum, { policy, newest }) => {
      if (!sharesBudget(policy) || budgetKey(policy) !== key) return sum;
      return sum + (newest?.observed.currentReplicas ?? policy.minReplicas) * budgetPrice(policy);
    }, 0);
}

function sharesOf(
  group: readonly SharingAsking[],
  unseen: number,
): readonly (readonly [string, BudgetShare])[] {
  const { budget } = group[0].policy;
  const isScaled = group.some(({ policy }) => policy.mode === 'Scale');
  const isOpen = ({ decision, policy }: SharingAsking): boolean =>
    decision.sizing !== undefined && !policy.paused && (!isScaled || policy.mode === 'Scale');
  const open = group.filter(isOpen);
  const fixed = sumOf(
    group.filter((one) => !isOpen(one)),
    ({ decision, policy }) => decision.observed.currentReplicas * budgetPrice(policy),
  );
  const used = unseen + fixed;
  const asked = used + sumOf(open, ({ decision, policy }) => desiredReplicas(decision) * budgetPrice(policy));
  const peak = used + sumOf(open, ({ decision, policy }) => mostOf(decision) * budgetPrice(policy));
  if (peak <= budget.most) return [];
  const shares = sharesOfBudget(open.map(claimOf), budget.most - used);
  return open.map(({ policy }, index) => [
    workloadKey(policy.workload),
    { ...budget, asked, mostReplicas: shares[index] },
  ]);
}

/** While the others still run what they give back. */
function mostOf(decision: Decision): number {
  return Math.max(decision.observed.currentReplicas, desiredReplicas(decision));
}

function claimOf({ decision, policy }: SharingAsking): RunningClaim {
  const wantedReplicas = desiredReplicas(decision);
  return {
    currentReplicas: decision.observed.currentReplicas,
    leastReplicas: Math.min(policy.minReplicas, wantedReplicas),
    wantedReplicas,
    price: budgetPrice(policy),
    lateCost: lateCostPerHour(policy, decision.sizing!, decision.forecast, violationPrice(policy)),
  };
}

/** In a group without prices each late request counts the same. */
function violationPrice({ cost }: Policy): number {
  return pricesOf(cost) === undefined ? 1 : cost.perViolation!;
}

function sumOf<One>(all: readonly One[], of: (one: One) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0);
}
