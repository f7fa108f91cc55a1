import { divideBudget, type Claim } from './divide-budget.ts';

/** A claim of a workload that runs already. */
export interface RunningClaim extends Claim {
  readonly currentReplicas: number;
}

/** A replica moves from one workload to another only where that avoids more than this share of what lateness costs. */
const WORTH_MOVING_RATIO = 0.01;

/**
 * What each may have now, in the order of the claims. What runs stays where it is unless moving it pays; and what one
 * gives back another gets when it is back, at the next look: the group never has more than its budget because one
 * change was made and another was not. What runs above the budget is brought within it at once.
 */
export function sharesOfBudget(claims: readonly RunningClaim[], budget: number): readonly number[] {
  const target = settledDivision(claims, budget);
  const growing = claims.map((claim, index) => ({
    ...claim,
    leastReplicas: Math.min(claim.currentReplicas, target[index]),
    wantedReplicas: target[index],
  }));
  const leaving = growing.reduce(
    (sum, { currentReplicas, wantedReplicas, price }) =>
      sum + Math.max(0, currentReplicas - wantedReplicas) * price,
    0,
  );
  return divideBudget(growing, budget - leaving);
}

function settledDivision(claims: readonly RunningClaim[], budget: number): readonly number[] {
  const best = divideBudget(claims, budget);
  const staying = claims.map((claim) => ({
    ...claim,
    leastReplicas: Math.max(claim.leastReplicas, Math.min(claim.currentReplicas, claim.wantedReplicas)),
  }));
  const running = staying.reduce((sum, { leastReplicas, price }) => sum + leastReplicas * price, 0);
  if (running > budget) return best;
  const kept = divideBudget(staying, budget);
  return costOf(claims, kept) <= (1 + WORTH_MOVING_RATIO) * costOf(claims, best) ? kept : best;
}

function costOf(claims: readonly Claim[], counts: readonly number[]): number {
  return claims.reduce((sum, { lateCost }, index) => sum + lateCost(counts[index]), 0);
}
