/** What is to serve at each step, and what has to be asked for so that it does. */
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { restartSeconds } from '../policy/restart-seconds.ts';
import { createPlan, type PlannedPath, type PlanStep, type SurplusBounds } from './horizon-plan.ts';
import type { SizedLoad } from './sized-load.ts';
import type { SizedSteps } from './sized-steps.ts';
import type { SizingInput } from './sizing-input.ts';
import { firstServed } from './steps-ahead.ts';
import type { PlanQuestion } from './sizing-question.ts';

/** Gains are looked at more closely than this share of a replica's price only where that decides. */
const BOUNDS_RATIO = 0.05;

export interface Plan {
  /** At a step of window or horizon: the count that is to serve. */
  readonly serving: (index: number) => number;
  /** Now: the most that is to serve within the window, of what can still be had. */
  readonly askedReplicas: number;
  /** At each step that a whole window follows, this one first: the most that is to serve within it. */
  readonly path: () => readonly number[];
}

/** Only as much of it is found as is asked for. */
export function planOf(
  steps: SizedSteps,
  { windowSteps, servedFrom: served, currentReplicas }: PlanQuestion,
  policy: SizingInput['policy'],
): Plan {
  const planned = plannedPath(steps, currentReplicas, policy);
  // From the end, as loads that rise are usual: of most steps no more is asked than whether they need more than that.
  const most = (from: number, to: number, atLeast = 0): number => {
    let highest = atLeast;
    for (let index = to - 1; index >= from; index -= 1)
      if (highest === 0 || planned.isAbove(index, highest)) highest = planned.at(index);
    return highest;
  };
  const asked = Math.max(1, most(served, windowSteps));
  // Nobody who is asked for now comes in time for the first steps: for these what runs is kept, and no more.
  const askedReplicas = currentReplicas > asked ? Math.min(currentReplicas, most(0, served, asked)) : asked;
  const later = (_: unknown, index: number): number => most(index + 1, index + 1 + windowSteps);
  return {
    serving: planned.at,
    askedReplicas,
    path: () => [askedReplicas, ...Array.from({ length: steps.count - windowSteps }, later)],
  };
}

/** The first step of the window that a replica asked for now is ready in before it ends; the last one at the latest. */
export function firstServedStep({ window, policy }: Pick<SizingInput, 'window' | 'policy'>): number {
  return firstServed(window.length, (step) => window[step].atMs, policy.capacity.startupSeconds);
}

/** A replica that gets into others' way breaks the plan's premise, that levels do not depend on each other. */
function plannedPath(steps: SizedSteps, startReplicas: number, policy: SizingInput['policy']): PlannedPath {
  const { prices, curve } = steps.at(0).sized.demand;
  const needOf = (index: number): number => steps.at(index).sized.need.replicas;
  if (prices === undefined || curve.model.scalability !== undefined)
    return { at: needOf, isAbove: (index, replicas) => needOf(index) > replicas };
  const perReplicaSecond = prices.perReplicaHour / SECONDS_PER_HOUR;
  const { perViolation } = prices;
  const known: PlanStep[] = [];
  const at = (index: number): PlanStep =>
    (known[index] ??= new PricedStep(steps.at(index).sized, { perReplicaSecond, perViolation }));
  return createPlan(
    { count: steps.count, at },
    {
      stepSeconds: policy.forecast.stepSeconds,
      perStart: perReplicaSecond * restartSeconds(policy),
      startReplicas,
    },
  );
}

interface PricesPerSecond {
  readonly perReplicaSecond: number;
  readonly perViolation: number;
}

/** A class: a sizing has one for each step that it looks at. */
class PricedStep implements PlanStep {
  readonly #sized: SizedLoad;
  readonly #prices: PricesPerSecond;

  constructor(sized: SizedLoad, prices: PricesPerSecond) {
    this.#sized = sized;
    this.#prices = prices;
  }

  get need(): number {
    return this.#sized.need.replicas;
  }

  get floor(): number {
    return this.#sized.objectiveReplicas;
  }

  surplusPerSecond(replicas: number): number {
    return this.#surplusOf(this.#sized.gainRps(replicas));
  }

  surplusBounds(replicas: number): SurplusBounds {
    const { perReplicaSecond, perViolation } = this.#prices;
    const resolutionRps = (BOUNDS_RATIO * perReplicaSecond) / perViolation;
    const { leastRps, mostRps } = this.#sized.gainBounds(replicas, resolutionRps);
    return { least: this.#surplusOf(leastRps), most: this.#surplusOf(mostRps) };
  }

  #surplusOf(gainRps: number): number {
    return this.#prices.perViolation * gainRps - this.#prices.perReplicaSecond;
  }
}
