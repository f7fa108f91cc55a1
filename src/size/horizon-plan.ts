/**
 * The cheapest path of serving replicas over the horizon, starting a replica being a cost of its own. Costs are convex
 * in the count and the start cost is linear, so the path falls apart into levels: whether the n-th replica runs at a
 * step does not depend on the others. For each level one number says it all, what having the replica is worth over not
 * having it: worth(k) = min(start cost, max(0, surplus(k) + worth(k + 1))), since it can be started for that and
 * dropped for nothing. The paths of the levels are nested: the n-th replica never runs without the one before it.
 *
 * Nothing is looked at before it is asked for: worth never leaves [0, start cost], so that a few steps ahead mostly
 * tell what is to be done at one, whatever comes after them. Likewise what a level saves is found out only as closely as
 * it takes: worth grows with it, so that what follows from the least and the most that it can be holds for what it is.
 */
import { MOST_REPLICAS, smallestCount } from './smallest-count.ts';

export interface PlanStep {
  /** The count without a start cost: no level at or above it is worth its price at this step. */
  readonly need: number;
  /** No path goes below it. */
  readonly floor: number;
  /** What the replica after the first `replicas` saves per second, less its own price. */
  readonly surplusPerSecond: (replicas: number) => number;
  /** What it lies between, where that is easier to say. */
  readonly surplusBounds?: (replicas: number) => { readonly least: number; readonly most: number };
}

export interface PlanSteps {
  /** At least 1. */
  readonly count: number;
  readonly at: (index: number) => PlanStep;
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
  const planned = createPlan({ count: steps.length, at: (index) => steps[index] }, costs);
  return steps.map((_, index) => planned(index));
}

/** The same, for steps that are costly to look at: the count at one of them, each found once. */
export function createPlan(steps: PlanSteps, costs: PlanCosts): (index: number) => number {
  if (costs.perStart === 0) return (index) => steps.at(index).need;
  const paths = new Map<number, (index: number) => boolean>();
  const runs = (level: number, index: number): boolean => {
    const path = paths.get(level) ?? levelPath(steps, level, costs);
    paths.set(level, path);
    return path(index);
  };
  const found: number[] = [];
  return (index) =>
    (found[index] ??=
      smallestCount(
        { from: 0, limit: MOST_REPLICAS, near: found[index - 1] ?? steps.at(index).need },
        (level) => !runs(level, index),
      ) ?? MOST_REPLICAS);
}

/** Whether replica number `level` + 1 runs at a step. */
function levelPath(steps: PlanSteps, level: number, costs: PlanCosts): (index: number) => boolean {
  const { perStart, startReplicas } = costs;
  const gainAt = gainsOf(steps, level, costs.stepSeconds);
  const isWorthMoreThan = createLookAhead(gainAt, steps.count, perStart);
  const runs: boolean[] = [];
  return (index) => {
    for (let k = runs.length; k <= index; k += 1)
      runs.push(
        (k === 0 ? level < startReplicas : runs[k - 1])
          ? isWorthMoreThan(k, 0)
          : isWorthMoreThan(k, perStart),
      );
    return runs[index];
  };
}

/** What a level saves over a step, less its price. */
type GainAt = (index: number) => number;

interface Gains {
  readonly least: GainAt;
  readonly most: GainAt;
  readonly exact: GainAt;
}

/** Each computed once. Below the floor no price is too high. */
function gainsOf(steps: PlanSteps, level: number, stepSeconds: number): Gains {
  const gainsBy = (surplusPerSecond: (step: PlanStep) => number): GainAt => {
    const known: number[] = [];
    const gainOf = (step: PlanStep): number =>
      level < step.floor ? Infinity : surplusPerSecond(step) * stepSeconds;
    return (index) => (known[index] ??= gainOf(steps.at(index)));
  };
  const boundsOf = (step: PlanStep): { readonly least: number; readonly most: number } => {
    if (step.surplusBounds) return step.surplusBounds(level);
    const surplus = step.surplusPerSecond(level);
    return { least: surplus, most: surplus };
  };
  return {
    least: gainsBy((step) => boundsOf(step).least),
    most: gainsBy((step) => boundsOf(step).most),
    exact: gainsBy((step) => step.surplusPerSecond(level)),
  };
}

/**
 * Whether a step's gain and the worth after it exceed `bar`, 0 or the start cost. With worth taken as all of a start
 * cost (as nothing) some steps ahead, worth at the step comes out no less (no more) than it is: looked at from ever
 * further ahead until both say the same. Where what gains lie between does not tell, once more with what they are.
 */
function createLookAhead(
  { least, most, exact }: Gains,
  count: number,
  perStart: number,
): (index: number, bar: number) => boolean {
  const isSurely = exceedance(least, perStart);
  const isPossibly = exceedance(most, perStart);
  const isReally = exceedance(exact, perStart);
  return (index, bar) => {
    const look = (atLeast: Exceedance, atMost: Exceedance): boolean | undefined => {
      for (let until = index; until < count - 1; until += 1) {
        if (atLeast(index, bar, { until, worth: 0 })) return true;
        if (!atMost(index, bar, { until, worth: perStart })) return false;
      }
      return undefined;
    };
    const told = look(isSurely, isPossibly) ?? look(isReally, isReally);
    if (told !== undefined) return told;
    const worth = exact(count - 1) > 0 ? perStart : 0;
    return isReally(index, bar, { until: count - 1, worth });
  };
}

/** `worth` is what the replica is worth after step `until`. */
type Exceedance = (
  index: number,
  bar: number,
  after: { readonly until: number; readonly worth: number },
) => boolean;

function exceedance(gainAt: GainAt, perStart: number): Exceedance {
  const worthBefore = (index: number, next: number): number => {
    const gain = gainAt(index);
    if (next === perStart && gain > 0) return next;
    return Math.min(perStart, Math.max(0, gain + next));
  };
  return (index, bar, { until, worth }) => {
    let next = worth;
    for (let k = until; k > index; k -= 1) next = worthBefore(k, next);
    const gain = gainAt(index);
    // What is worth all of a start is started, however little this step adds to it.
    return gain + next > bar || (gain > 0 && next === perStart);
  };
}
