import { type Guard, pass } from './guard.ts';

/**
 * Paused means hands off: what runs stays, be it outside of min and max, since the person who paused may have set it
 * there on purpose. Last, so that the chain before it still shows what would be done.
 */
export const pause: Guard = {
  name: 'pause',
  judge({ observation, policy }, beforeReplicas) {
    if (!observation.paused && !policy.paused) return pass(beforeReplicas, 'ReadyForNewScale', 'not paused');
    const { currentReplicas } = observation;
    const instead = beforeReplicas === currentReplicas ? '' : ` instead of ${beforeReplicas}`;
    return {
      afterReplicas: currentReplicas,
      reason: 'Paused',
      message: `paused; keeps ${currentReplicas}${instead}`,
    };
  },
};
