import { durationFromSeconds } from '../domain/duration.ts';
import { type Guard, pass, withinReach } from './guard.ts';
import { highestWithin, lowestWithin } from './recommended.ts';

/**
 * autoscaling/v2 stabilization windows (KEP-853): scale up to the lowest of the recommendations within the scaleUp
 * window, down to the highest within the scaleDown window, this one included; stay where the two leave what runs
 * between them. A recommendation that is exactly one window old is outside, as it is for HPA.
 */
export const stabilization: Guard = {
  name: 'stabilization',
  judge(input, beforeReplicas) {
    const { scaleUp, scaleDown } = input.policy.behavior;
    const { currentReplicas } = input.observation;
    const lowest = lowestWithin(input, scaleUp.stabilizationWindowSeconds, beforeReplicas);
    const highest = highestWithin(input, scaleDown.stabilizationWindowSeconds, beforeReplicas);
    const stabilized = Math.min(Math.max(currentReplicas, lowest), highest);
    const afterReplicas = withinReach(input, beforeReplicas, stabilized);
    if (afterReplicas === beforeReplicas)
      return pass(beforeReplicas, 'ReadyForNewScale', 'no recent recommendation speaks against it');
    const up = beforeReplicas > currentReplicas;
    const window = durationFromSeconds((up ? scaleUp : scaleDown).stabilizationWindowSeconds);
    return up
      ? {
          afterReplicas,
          reason: 'ScaleUpStabilized',
          message: `${lowest} was recommended within the last ${window}; ${afterReplicas} instead of ${beforeReplicas}`,
        }
      : {
          afterReplicas,
          reason: 'ScaleDownStabilized',
          message: `${highest} was recommended within the last ${window}; ${afterReplicas} instead of ${beforeReplicas}`,
        };
  },
};
