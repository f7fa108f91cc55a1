import { MS_PER_SECOND } from '../domain/clock.ts';
import { durationFromSeconds } from '../domain/duration.ts';
import { type Guard, neverRemove, pass } from './guard.ts';
import { longestWindowSeconds } from './memory.ts';

/**
 * After a start without memory, or a gap in it, the recommendations that the windows are about have not been seen.
 * Until the longest window is full again nothing is removed, so that no failover and no restart costs a replica.
 */
export const warmingUp: Guard = {
  name: 'warming-up',
  judge(input, beforeReplicas) {
    const watchedSeconds = (input.nowMs - input.memory.completeSinceMs) / MS_PER_SECOND;
    const neededSeconds = longestWindowSeconds(input.policy);
    return watchedSeconds < neededSeconds
      ? neverRemove(input, beforeReplicas, 'WarmingUp', watchedText(watchedSeconds, neededSeconds))
      : pass(beforeReplicas, 'ReadyForNewScale', 'the longest window has been watched');
  },
};

function watchedText(watchedSeconds: number, neededSeconds: number): string {
  return `watched for ${durationFromSeconds(watchedSeconds)} of ${durationFromSeconds(neededSeconds)}`;
}
