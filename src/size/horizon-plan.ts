/**
 * The cheapest path of counts over the horizon, starting a replica being a cost of its own. Costs are convex in the
 * count and the start cost is linear, so the path falls apart into levels: whether the n-th replica runs at a step
 * does not depend on the others, and each level is a dynamic program of two states. The levels come out nested: the
 * n-th never runs without the one before it.
 */

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
  readonly perReplicaStart: number;
  /** The count that runs before the first step. */
  readonly startReplicas: number;
}

/** The count at each step; where two cost the same, the smaller. Every count is at least 1. */
export function planReplicas(steps: readonly PlanStep[], costs: PlanCosts): number[] {
  if (costs.perReplicaStart === 0) return steps.map(({ need }) => need);
  const floor = Math.max(1, Math.min(...steps.map((step) => lowestWorthwhile(step, costs))));
  const top = Math.max(...steps.map(({ need }) => need));
  const plan = steps.map(() => floor);
  for (let level = floor; level < top; level += 1)
    levelPath(steps, level, costs).forEach((runs, k) => (plan[k] += runs ? 1 : 0));
  return plan;
}

/** Below this count every replica is worth being started for this step alone: no path leaves it out. */
function lowestWorthwhile(step: PlanStep, { stepSeconds, perReplicaStart }: PlanCosts): number {
  let count = step.need;
  while (count > step.floor && step.surplusPerSecond(count - 1) * stepSeconds <= perReplicaStart) count -= 1;
  return count;
}

/** Whether replica number `level` + 1 runs at each step: backwards the value of either state, forwards the choice. */
function levelPath(steps: readonly PlanStep[], level: number, costs: PlanCosts): boolean[] {
  const { stepSeconds, perReplicaStart, startReplicas } = costs;
  const count = steps.length;
  const ifOn = new Float64Array(count + 1);
  const ifOff = new Float64Array(count + 1);
  const gains = steps.map((step) => surplusOf(step, level) * stepSeconds);
  for (let k = count - 1; k >= 0; k -= 1) {
    const on = gains[k] + ifOn[k + 1];
    const off = level < steps[k].floor ? -Infinity : ifOff[k + 1];
    ifOn[k] = Math.max(on, off);
    ifOff[k] = Math.max(on - perReplicaStart, off);
  }
  let runs = level < startReplicas;
  return steps.map((step, k) => {
    const on = gains[k] + ifOn[k + 1] - (runs ? 0 : perReplicaStart);
    runs = level < step.floor || on > ifOff[k + 1];
    return runs;
  });
}

/** Levels below the need are not asked for more than their worth; those far above it are never asked at all. */
function surplusOf(step: PlanStep, level: number): number {
  return level < step.floor ? 0 : step.surplusPerSecond(level);
}
