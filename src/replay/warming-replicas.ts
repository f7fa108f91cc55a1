/** Replicas that are ready and still cold, and what they lack of as many warm ones (src/size/warm-up.ts). */
import { warmRatio, type WarmUp } from '../size/warm-up.ts';

export interface WarmingReplicas {
  /** So many have become ready at the beginning of `step`. */
  readonly add: (replicas: number, step: number) => void;
  /** So many of the ready ones go: the youngest first. */
  readonly remove: (replicas: number) => void;
  /** Replicas, not always a whole number: what is missing over `step`. */
  readonly lackingAt: (step: number) => number;
}

interface Batch {
  readonly sinceStep: number;
  count: number;
}

export function createWarmingReplicas(warmUp: WarmUp, stepSeconds: number): WarmingReplicas {
  /** In the order in which they became ready. */
  let batches: Batch[] = [];
  const ageSeconds = ({ sinceStep }: Batch, step: number): number => (step - sinceStep) * stepSeconds;
  return {
    add(count, step) {
      if (count > 0 && warmUp.durationSeconds > 0) batches.push({ sinceStep: step, count });
    },
    remove(replicas) {
      let left = replicas;
      for (let batch = batches.at(-1); batch !== undefined && left > 0; batch = batches.at(-1)) {
        const taken = Math.min(batch.count, left);
        batch.count -= taken;
        left -= taken;
        if (batch.count === 0) batches.pop();
      }
    },
    lackingAt(step) {
      if (batches.length === 0) return 0;
      batches = batches.filter((batch) => ageSeconds(batch, step) < warmUp.durationSeconds);
      let lacking = 0;
      for (const batch of batches) {
        const age = ageSeconds(batch, step);
        lacking += batch.count * (1 - warmRatio(warmUp, age, age + stepSeconds));
      }
      return lacking;
    },
  };
}
