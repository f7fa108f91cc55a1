import { initialMemory, recall, remember } from '../../src/guard/memory.ts';
import { rates } from '../../src/guard/rates.ts';
import { stabilization } from '../../src/guard/stabilization.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { aGuardInput } from './guard-input.ts';
import { anObservation, NOW_MS } from './observation.ts';

/**
 * Plays recommendations through stabilization and rates, one every `everySeconds`, on a target that follows at once.
 * Answers what ran after each. The memory is handed on as the loop hands it on, and is complete from the start.
 */
export function playBehavior(
  policy: Policy,
  startReplicas: number,
  everySeconds: number,
  recommendations: readonly number[],
): readonly number[] {
  let currentReplicas = startReplicas;
  let memory = initialMemory(NOW_MS);
  return recommendations.map((recommendedReplicas, index) => {
    const nowMs = NOW_MS + index * everySeconds * 1000;
    const recalled = recall(memory, { nowMs, tickSeconds: everySeconds, currentReplicas, policy });
    const input = aGuardInput({
      policy,
      nowMs,
      memory: recalled,
      observation: anObservation({ currentReplicas }),
    });
    const stabilized = stabilization.judge(input, recommendedReplicas).afterReplicas;
    const desiredReplicas = rates.judge(input, stabilized).afterReplicas;
    memory = remember(
      recalled,
      { recommendedReplicas, desiredReplicas, currentReplicas, backlogRequests: 0 },
      nowMs,
    );
    currentReplicas = desiredReplicas;
    return currentReplicas;
  });
}
