import { percentText } from '../domain/figures.ts';
import type { Policy } from '../policy/policy.ts';
import { type Guard, pass, withinReach } from './guard.ts';

/**
 * What the tolerances make of a recommendation: the current count where the ratio of the two lies within
 * [1 - scaleDown tolerance, 1 + scaleUp tolerance], both ends included (KEP-4951; HPA takes the ratio of the metric
 * to its target, which is the ratio of the counts before rounding up).
 */
export function toleratedReplicas(
  recommendedReplicas: number,
  currentReplicas: number,
  behavior: Policy['behavior'],
): number {
  if (currentReplicas === 0) return recommendedReplicas;
  const ratio = recommendedReplicas / currentReplicas;
  const tolerated =
    1 - behavior.scaleDown.toleranceRatio <= ratio && ratio <= 1 + behavior.scaleUp.toleranceRatio;
  return tolerated ? currentReplicas : recommendedReplicas;
}

/** A small change is not worth the restlessness: per direction, autoscaling/v2 `tolerance`. */
export const tolerance: Guard = {
  name: 'tolerance',
  judge(input, beforeReplicas) {
    const { currentReplicas } = input.observation;
    const { behavior } = input.policy;
    const proposed = toleratedReplicas(beforeReplicas, currentReplicas, behavior);
    const afterReplicas = withinReach(input, beforeReplicas, proposed);
    if (beforeReplicas === currentReplicas)
      return pass(beforeReplicas, 'ReadyForNewScale', 'no change is asked for');
    if (afterReplicas === beforeReplicas)
      return pass(beforeReplicas, 'ReadyForNewScale', `the change from ${currentReplicas} is large enough`);
    const rules = beforeReplicas > currentReplicas ? behavior.scaleUp : behavior.scaleDown;
    const change = percentText(Math.abs(beforeReplicas / currentReplicas - 1));
    const message = `a change of ${change} is within ${percentText(rules.toleranceRatio)}; keeps ${afterReplicas}`;
    return { afterReplicas, reason: 'WithinTolerance', message };
  },
};
