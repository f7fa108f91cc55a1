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
  readonly surplusBounds?: (replicas: number) => SurplusBounds;
}

export interface SurplusBounds {
  readonly least: number;
  readonly most: number;
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

/** The path, found as far as it is asked for, each number of it once. */
export interface PlannedPath {
  /** The count at a step. */
  readonly at: (index: number) => number;
  /** Whether it is above `replicas`: one level tells, where the count itself takes several. */
  readonly isAbove: (index: number, replicas: number) => boolean;
}

/**
 * The count at each step. A step that has begun counts in full, and the last one is taken to last: what it needs is
 * needed after it as well. At least one step; a surplus that falls with the count.
 */
export function planReplicas(steps: readonly PlanStep[], costs: PlanCosts): number[] {
  const path = createPlan({ count: steps.length, at: (index) => steps[index] }, costs);
  return steps.map((_, index) => path.at(index));
}

/** The same, for steps that are costly to look at. */
export function createPlan(steps: PlanSteps, costs: PlanCosts): PlannedPath {
  if (costs.perStart === 0)
    return {
      at: (index) => steps.at(index).need,
      isAbove: (index, replicas) => steps.at(index).need > replicas,
    };
  const levels = new Map<number, LevelPath>();
  const runs = (level: number, index: number): boolean => {
    let path = levels.get(level);
    if (path === undefined) levels.set(level, (path = new LevelPath(steps, level, costs)));
    return path.runsAt(index);
  };
  const found: number[] = [];
  const at = (index: number): number =>
    (found[index] ??=
      smallestCount(
        { from: 0, limit: MOST_REPLICAS, near: found[index - 1] ?? steps.at(index).need },
        (level) => !runs(level, index),
      ) ?? MOST_REPLICAS);
  return { at, isAbove: (index, replicas) => runs(replicas, index) };
}

/** What a level saves over a step, less its price: at least, at most, or to the last digit. */
type GainAt = (path: LevelPath, index: number) => number;

const least: GainAt = (path, index) => path.leastGain(index);
const most: GainAt = (path, index) => path.mostGain(index);
const exact: GainAt = (path, index) => path.exactGain(index);

/** What a level is at least worth is found from the one, what it is at most worth from the other. */
type Bounds = readonly [atLeast: GainAt, atMost: GainAt];

const WITHIN: Bounds = [least, most];
const TO_THE_DIGIT: Bounds = [exact, exact];

/** Below the floor no price is too high. */
const WITHOUT_PRICE: SurplusBounds = { least: Infinity, most: Infinity };

/** Whether replica number `level` + 1 runs at the steps. A class, with each number found once: a plan looks at several. */
class LevelPath {
  readonly #steps: PlanSteps;
  readonly #level: number;
  readonly #costs: PlanCosts;
  readonly #bounds: SurplusBounds[] = [];
  readonly #exact: number[] = [];
  readonly #runs: boolean[] = [];

  constructor(steps: PlanSteps, level: number, costs: PlanCosts) {
    this.#steps = steps;
    this.#level = level;
    this.#costs = costs;
  }

  runsAt(index: number): boolean {
    const { perStart, startReplicas } = this.#costs;
    const runs = this.#runs;
    for (let k = runs.length; k <= index; k += 1) {
      const isThere = k === 0 ? this.#level < startReplicas : runs[k - 1];
      runs.push(this.#isWorthMoreThan(k, isThere ? 0 : perStart));
    }
    return runs[index];
  }

  leastGain(index: number): number {
    return this.#boundsAt(index).least * this.#costs.stepSeconds;
  }

  mostGain(index: number): number {
    return this.#boundsAt(index).most * this.#costs.stepSeconds;
  }

  exactGain(index: number): number {
    return (this.#exact[index] ??= this.#gainOf(this.#steps.at(index)));
  }

  #gainOf(step: PlanStep): number {
    if (this.#level < step.floor) return Infinity;
    return step.surplusPerSecond(this.#level) * this.#costs.stepSeconds;
  }

  #boundsAt(index: number): SurplusBounds {
    return (this.#bounds[index] ??= this.#boundsOf(this.#steps.at(index)));
  }

  #boundsOf(step: PlanStep): SurplusBounds {
    if (this.#level < step.floor) return WITHOUT_PRICE;
    if (step.surplusBounds) return step.surplusBounds(this.#level);
    const surplus = step.surplusPerSecond(this.#level);
    return { least: surplus, most: surplus };
  }

  /**
   * Whether a step's gain and the worth after it exceed `bar`, 0 or the start cost. With worth taken as all of a start
   * cost (as nothing) some steps ahead, worth at the step comes out no less (no more) than it is: looked at from ever
   * further ahead until both say the same. Where what gains lie between does not tell, once more with what they are.
   */
  #isWorthMoreThan(index: number, bar: number): boolean {
    const told = this.#look(index, bar, WITHIN) ?? this.#look(index, bar, TO_THE_DIGIT);
    if (told !== undefined) return told;
    const last = this.#steps.count - 1;
    const worth = this.exactGain(last) > 0 ? this.#costs.perStart : 0;
    return this.#exceeds(bar, exact(this, index), this.#worthAfter(index, exact, { until: last, worth }));
  }

  #look(index: number, bar: number, [atLeast, atMost]: Bounds): boolean | undefined {
    const { perStart } = this.#costs;
    for (let until = index; until < this.#steps.count - 1; until += 1) {
      const little = this.#worthAfter(index, atLeast, { until, worth: 0 });
      if (this.#exceeds(bar, atLeast(this, index), little)) return true;
      const much = this.#worthAfter(index, atMost, { until, worth: perStart });
      if (!this.#exceeds(bar, atMost(this, index), much)) return false;
    }
    return undefined;
  }

  /** What having it is worth after a step, where it is worth that after step `until`. */
  #worthAfter(
    index: number,
    gainAt: GainAt,
    { until, worth }: { readonly until: number; readonly worth: number },
  ): number {
    let next = worth;
    for (let k = until; k > index; k -= 1) next = worthBefore(gainAt(this, k), next, this.#costs.perStart);
    return next;
  }

  /** What is worth all of a start is started, however little this step adds to it. */
  #exceeds(bar: number, gain: number, next: number): boolean {
    return gain + next > bar || (gain > 0 && next === this.#costs.perStart);
  }
}

function worthBefore(gain: number, next: number, perStart: number): number {
  if (next === perStart && gain > 0) return next;
  return Math.min(perStart, Math.max(0, gain + next));
}
