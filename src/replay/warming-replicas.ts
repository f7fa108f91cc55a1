/** Replicas that are ready and still cold, and what they lack of as many warm ones (src/size/warm-up.ts). */
import { warmRatio, type WarmUp } from '../size/warm-up.ts';

export interface WarmingReplicas {
  /** So many have become ready at the beginning of `step`. */
  add(replicas: number, step: number): void;
  /** So many of the ready ones go: the youngest first. */
  remove(replicas: number): void;
  /** Replicas, not always a whole number: what is missing over `step`. */
  lackingAt(step: number): number;
}

interface Batch {
  readonly sinceStep: number;
  count: number;
}

export function createWarmingReplicas(warmUp: WarmUp, stepSeconds: number): WarmingReplicas {
  return new WarmingBatches(warmUp, stepSeconds);
}

class WarmingBatches implements WarmingReplicas {
  readonly #warmUp: WarmUp;
  readonly #stepSeconds: number;
  /** In the order in which they became ready. */
  #batches: Batch[] = [];

  constructor(warmUp: WarmUp, stepSeconds: number) {
    this.#warmUp = warmUp;
    this.#stepSeconds = stepSeconds;
  }

  add(count: number, step: number): void {
    if (count > 0 && this.#warmUp.durationSeconds > 0) this.#batches.push({ sinceStep: step, count });
  }

  remove(replicas: number): void {
    const batches = this.#batches;
    let left = replicas;
    for (let batch = batches.at(-1); batch !== undefined && left > 0; batch = batches.at(-1)) {
      const taken = Math.min(batch.count, left);
      batch.count -= taken;
      left -= taken;
      if (batch.count === 0) batches.pop();
    }
  }

  lackingAt(step: number): number {
    if (this.#batches.length === 0) return 0;
    const warmUp = this.#warmUp;
    const ageSeconds = ({ sinceStep }: Batch): number => (step - sinceStep) * this.#stepSeconds;
    this.#batches = this.#batches.filter((batch) => ageSeconds(batch) < warmUp.durationSeconds);
    let lacking = 0;
    for (const batch of this.#batches) {
      const age = ageSeconds(batch);
      lacking += batch.count * (1 - warmRatio(warmUp, age, age + this.#stepSeconds));
    }
    return lacking;
  }
}
