/** What is to serve at each step, and what has to be asked for so that it does. */
import type { PlannedReplicas } from '../domain/sizing.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { restartSeconds } from '../policy/restart-seconds.ts';
import { planReplicas } from './horizon-plan.ts';
import { expectedGainRps } from './load-curve.ts';
import type { SizedStep, SizedSteps } from './sized-steps.ts';
import type { SizingInput } from './sizing-input.ts';

export interface Plan {
  /** At each step of window and horizon. */
  readonly serving: readonly number[];
  /** At each step that a whole window follows: the most that is to serve within it. */
  readonly asked: readonly PlannedReplicas[];
}

export function planOf(steps: SizedSteps, input: SizingInput): Plan {
  const windowSteps = input.window.length;
  const all = Array.from({ length: steps.count }, (_, index) => steps.at(index));
  const serving = servingReplicas(all, input);
  const asked = all.slice(0, steps.count - windowSteps + 1).map(({ atMs }, k) => ({
    atMs,
    replicas: Math.max(...serving.slice(k, k + windowSteps)),
  }));
  return { serving, asked };
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
