/** What is to serve at each step, and what has to be asked for so that it does. */
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { restartSeconds } from '../policy/restart-seconds.ts';
import { createPlan, type PlanStep } from './horizon-plan.ts';
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
  const serving = servingReplicas(steps, currentReplicas, policy);
  const most = (from: number, to: number): number => {
    let highest = 0;
    for (let index = from; index < to; index += 1) highest = Math.max(highest, serving(index));
    return highest;
  };
  // Nobody who is asked for now comes in time for the first steps: for these what runs is kept, and no more.
  const kept = Math.min(currentReplicas, most(0, served));
  const askedReplicas = Math.max(1, kept, most(served, windowSteps));
  const later = (_: unknown, index: number): number => most(index + 1, index + 1 + windowSteps);
  return {
    serving,
    askedReplicas,
    path: () => [askedReplicas, ...Array.from({ length: steps.count - windowSteps }, later)],
  };
}

/** The first step of the window that a replica asked for now is ready in before it ends; the last one at the latest. */
export function firstServedStep({ window, policy }: Pick<SizingInput, 'window' | 'policy'>): number {
  return firstServed(window.length, (step) => window[step].atMs, policy.capacity.startupSeconds);
}

/** A replica that gets into others' way breaks the plan's premise, that levels do not depend on each other. */
function servingReplicas(
  steps: SizedSteps,
  currentReplicas: number,
  policy: SizingInput['policy'],
): (index: number) => number {
  const { prices, curve } = steps.at(0).sized.demand;
  if (prices === undefined || curve.model.scalability !== undefined)
    return (index) => steps.at(index).sized.need.replicas;
  const perReplicaSecond = prices.perReplicaHour / SECONDS_PER_HOUR;
  const surplusPerSecond = (gainRps: number): number => prices.perViolation * gainRps - perReplicaSecond;
  const resolutionRps = (BOUNDS_RATIO * perReplicaSecond) / prices.perViolation;
  const known: PlanStep[] = [];
  const stepAt = (index: number): PlanStep => {
    const { sized } = steps.at(index);
    return {
      get need() {
        return sized.need.replicas;
      },
      get floor() {
        return sized.objectiveReplicas;
      },
      surplusPerSecond: (replicas) => surplusPerSecond(sized.gainRps(replicas)),
      surplusBounds: (replicas) => {
        const { leastRps, mostRps } = sized.gainBounds(replicas, resolutionRps);
        return { least: surplusPerSecond(leastRps), most: surplusPerSecond(mostRps) };
      },
    };
  };
  const at = (index: number): PlanStep => (known[index] ??= stepAt(index));
  return createPlan(
    { count: steps.count, at },
    {
      stepSeconds: policy.forecast.stepSeconds,
      perStart: perReplicaSecond * restartSeconds(policy),
      startReplicas: currentReplicas,
    },
  );
}
