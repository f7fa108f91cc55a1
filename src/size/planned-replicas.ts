/** What is to serve at each step, and what has to be asked for so that it does. */
import type { PlannedReplicas } from '../domain/sizing.ts';
import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../domain/clock.ts';
import { restartSeconds } from '../policy/restart-seconds.ts';
import { planReplicas } from './horizon-plan.ts';
import { expectedGainRps } from './load-curve.ts';
import type { SizedStep, SizedSteps } from './sized-steps.ts';
import type { SizingInput } from './sizing-input.ts';

export interface Plan {
  /** At each step of window and horizon. */
  readonly serving: readonly number[];
  /** At each step that a whole window follows: the most that is to serve within it; now, of what can still be had. */
  readonly asked: readonly PlannedReplicas[];
}

export function planOf(steps: SizedSteps, input: SizingInput): Plan {
  const windowSteps = input.window.length;
  const all = Array.from({ length: steps.count }, (_, index) => steps.at(index));
  const serving = servingReplicas(all, input);
  const served = firstServedStep(input);
  const most = (from: number, to: number): number => Math.max(0, ...serving.slice(from, to));
  const asked = all.slice(0, steps.count - windowSteps + 1).map(({ atMs }, k) => ({
    atMs,
    replicas: most(k, k + windowSteps),
  }));
  // Nobody who is asked for now comes in time for the first steps: for these what runs is kept, and no more.
  const kept = Math.min(input.currentReplicas, most(0, served));
  asked[0].replicas = Math.max(1, kept, most(served, windowSteps));
  return { serving, asked };
}

/** The first step of the window that a replica asked for now is ready in before it ends; the last one at the latest. */
export function firstServedStep({ window, policy }: Pick<SizingInput, 'window' | 'policy'>): number {
  if (window.length === 0) throw new RangeError('sizeReplicas: the window has no steps');
  const readyAtMs = window[0].atMs + policy.capacity.startupSeconds * MS_PER_SECOND;
  const served = window.findIndex(
    (_, step) => step === window.length - 1 || window[step + 1].atMs > readyAtMs,
  );
  return Math.max(0, served);
}

/** A replica that gets into others' way breaks the plan's premise, that levels do not depend on each other. */
function servingReplicas(steps: readonly SizedStep[], { policy, currentReplicas }: SizingInput): number[] {
  const { prices, curve } = steps[0].demand;
  if (prices === undefined || curve.model.scalability !== undefined)
    return steps.map(({ need }) => need.replicas);
  const perReplicaSecond = prices.perReplicaHour / SECONDS_PER_HOUR;
  return planReplicas(
    steps.map(({ need, objectiveReplicas, demand }) => ({
      need: need.replicas,
      floor: objectiveReplicas,
      surplusPerSecond: (replicas) =>
        prices.perViolation * expectedGainRps(demand.curve, replicas, demand.overloadHarmRatio) -
        perReplicaSecond,
    })),
    {
      stepSeconds: policy.forecast.stepSeconds,
      perStart: perReplicaSecond * restartSeconds(policy),
      startReplicas: currentReplicas,
    },
  );
}
