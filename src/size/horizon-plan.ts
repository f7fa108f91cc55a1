/**
 * The cheapest path of serving replicas over the horizon, starting a replica being a cost of its own. Costs are convex
 * in the count and the start cost is linear, so the path falls apart into levels: whether the n-th replica runs at a
 * step does not depend on the others. For each level one number says it all, what having the replica is worth over not
 * having it: worth(k) = min(start cost, max(0, surplus(k) + worth(k + 1))), since it can be started for that and
 * dropped for nothing. The paths of the levels are nested: the n-th replica never runs without the one before it.
 */
import { smallestCount } from './smallest-count.ts';

export interface PlanStep {
  /** The count without a start cost: no level at or above it is worth its price at this step. */
  readonly need: number;
  /** No path goes below it. */
  readonly floor: number;
  /** What the replica after the first `replicas` saves per second, less its own price. */
  readonly surplusPerSecond: (replicas: number) => number;
}

export interface PlanCosts {
  readonly stepSeconds: number;
  /** From being asked for to being of use, in the currency. */
  readonly perStart: number;
  /** The count that runs before the first step. */
  readonly startReplicas: number;
}

/**
 * The count at each step. A step that has begun counts in full, and the last one is taken to last: what it needs is
 * needed after it as well. At least one step; a surplus that falls with the count.
 */
export function planReplicas(steps: readonly PlanStep[], costs: PlanCosts): number[] {
  const needs = steps.map(({ need }) => need);
  const lowest = Math.min(...needs);
  const highest = Math.max(...needs);
  if (lowest === highest || costs.perStart === 0) return needs;
  const paths = new Map<number, readonly boolean[]>();
  const pathOf = (level: number): readonly boolean[] => {
    const known = paths.get(level) ?? levelPath(steps, level, costs);
    paths.set(level, known);
    return known;
  };
  // Levels below `lowest` are worth their price at every step, those from `highest` on at none.
  return steps.map(
    (_, k) => smallestCount({ from: lowest, limit: highest - 1 }, (level) => !pathOf(level)[k]) ?? highest,
  );
}

/**
 * Whether replica number `level` + 1 runs at each step. Most of it is known from the needs: what is worth its price
 * stays worth all of a start, what is not stays worth nothing, and the surplus itself is asked for in between only.
 */
function levelPath(steps: readonly PlanStep[], level: number, costs: PlanCosts): boolean[] {
  const { stepSeconds, perStart, startReplicas } = costs;
  const gainAt = gainsOf(steps, level, stepSeconds);
  const isWorthIt = steps.map(({ need }) => level < need);
  const last = steps.length - 1;
  const worth = new Float64Array(steps.length + 1);
  worth[last + 1] = isWorthIt[last] ? perStart : 0;
  for (let k = last; k >= 0; k -= 1) {
    const next = worth[k + 1];
    worth[k] =
      next === (isWorthIt[k] ? perStart : 0) ? next : Math.min(perStart, Math.max(0, gainAt(k) + next));
  }
  let runs = level < startReplicas;
  return isWorthIt.map((isWorth, k) => {
    const next = worth[k + 1];
    if (next === (isWorth ? perStart : 0)) runs = isWorth;
    else if (!(isWorth && runs)) runs = gainAt(k) + next > (runs ? 0 : perStart);
    return runs;
  });
}

/** What the level saves over a step, less its price; each computed once. Below the floor no price is too high. */
function gainsOf(steps: readonly PlanStep[], level: number, stepSeconds: number): (index: number) => number {
  const known: number[] = [];
  return (index) => {
    const { floor, surplusPerSecond } = steps[index];
    return (known[index] ??= level < floor ? Infinity : surplusPerSecond(level) * stepSeconds);
  };
}
