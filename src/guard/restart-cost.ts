import { durationFromSeconds } from '../domain/duration.ts';
import { restartSeconds } from '../policy/restart-seconds.ts';
import { type Guard, pass, withinReach } from './guard.ts';
import { highestWithin } from './recommended.ts';

/**
 * A replica goes once keeping it since it was last recommended has cost what starting it again would. Whatever comes,
 * idling and restarts together then cost at most twice what they would cost who knew it all in advance, with one start
 * more at most: ski rental (Karlin, Manasse, Rudolph, Sleator 1988), the rule that lazy capacity provisioning (Lin,
 * Wierman, Andrew, Thereska 2011) applies to each server. The plan has looked ahead before; this bounds what a
 * forecast that errs can cost. Without prices a start costs nothing, and nothing is held.
 */
export const restartCost: Guard = {
  name: 'restart-cost',
  judge(input, beforeReplicas) {
    const { currentReplicas } = input.observation;
    const heldSeconds = restartSeconds(input.policy);
    const highest = highestWithin(input, heldSeconds, beforeReplicas);
    const kept = Math.max(beforeReplicas, Math.min(currentReplicas, highest));
    const afterReplicas = withinReach(input, beforeReplicas, kept);
    if (afterReplicas === beforeReplicas)
      return pass(beforeReplicas, 'ReadyForNewScale', 'no replica goes that was recommended lately');
    const message = `a start costs as much as ${durationFromSeconds(heldSeconds)} of keeping a replica; ${afterReplicas} instead of ${beforeReplicas}`;
    return { afterReplicas, reason: 'RestartCostsMore', message };
  },
};
