/** Replicas that start, serve, fail and go, as a cluster would have them; counts only, no requests. */
import { createRandom, type Random } from '../domain/random.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { ReplayPhysics } from './physics.ts';
import { createWarmingReplicas, type WarmingReplicas } from './warming-replicas.ts';

export interface SimulatedCluster {
  readyReplicas(): number;
  /** As many warm replicas as the ready ones do the work of over `step`: whole ones, and at least one of any. */
  servingReplicas(step: number): number;
  /** Ordered and not ready yet. */
  startingReplicas(): number;
  /** Paid for: ready, starting and terminating. */
  paidReplicas(): number;
  /**
   * The beginning of `step`: who has started is ready, who was terminating is gone, who fails starts again, and another
   * starts in place of who is evicted, which goes as one that is removed.
   */
  begin(step: number): void;
  /** From `step` on so many are wanted: more are ordered, or the youngest of those that start go first, then ready ones. */
  order(replicas: number, step: number): void;
}

/** Shares of replicas may add up to a hair less than a whole one. */
const ROUNDING = 1e-9;

interface Batch {
  readonly untilStep: number;
  count: number;
}

/** Begins with `replicas` ready. */
export function createSimulatedCluster(physics: ReplayPhysics, replicas: number): SimulatedCluster {
  return new CountedReplicas(physics, replicas);
}

/** A class: beside a running controller every workload of a fleet has two of them. */
class CountedReplicas implements SimulatedCluster {
  readonly #physics: ReplayPhysics;
  readonly #warming: WarmingReplicas;
  #random: Random | undefined;
  /** In the order in which they were ordered. */
  #starting: Batch[] = [];
  #terminating: Batch[] = [];
  #ready: number;

  constructor(physics: ReplayPhysics, replicas: number) {
    this.#physics = physics;
    this.#warming = createWarmingReplicas(physics.warmUp, physics.stepSeconds);
    this.#ready = replicas;
  }

  readyReplicas(): number {
    return this.#ready;
  }

  servingReplicas(step: number): number {
    const warm = Math.floor(this.#ready - this.#warming.lackingAt(step) + ROUNDING);
    return Math.max(Math.min(this.#ready, 1), warm);
  }

  startingReplicas(): number {
    return total(this.#starting);
  }

  paidReplicas(): number {
    return this.#ready + total(this.#starting) + total(this.#terminating);
  }

  begin(step: number): void {
    this.#letStart(step);
    if (this.#terminating.length > 0)
      this.#terminating = this.#terminating.filter((batch) => batch.untilStep > step);
    const { failuresPerReplicaHour, evictionsPerReplicaHour } = this.#physics;
    const failed = this.#struck(failuresPerReplicaHour);
    this.#ready -= failed;
    this.#warming.remove(failed);
    const evicted = this.#struck(evictionsPerReplicaHour);
    this.#stop(evicted, step);
    if (failed + evicted > 0) this.#start(failed + evicted, step);
  }

  order(wanted: number, step: number): void {
    const change = wanted - this.#ready - total(this.#starting);
    if (change > 0) this.#start(change, step);
    else if (change < 0) this.#remove(-change, step);
  }

  #letStart(step: number): void {
    const isDue = ({ untilStep }: Batch): boolean => untilStep <= step;
    if (!this.#starting.some(isDue)) return;
    this.#becomeReady(total(this.#starting.filter(isDue)), step);
    this.#starting = this.#starting.filter((batch) => !isDue(batch));
  }

  #becomeReady(count: number, step: number): void {
    this.#ready += count;
    this.#warming.add(count, step);
  }

  #start(count: number, step: number): void {
    for (const batch of startBatches(this.#physics, this.#drawing(), count)) {
      if (batch.steps === 0) this.#becomeReady(batch.count, step);
      else this.#starting.push({ untilStep: step + batch.steps, count: batch.count });
    }
  }

  #stop(count: number, step: number): void {
    this.#ready -= count;
    this.#warming.remove(count);
    const { terminationSeconds, stepSeconds } = this.#physics;
    const steps = Math.round(terminationSeconds / stepSeconds);
    if (steps > 0 && count > 0) this.#terminating.push({ untilStep: step + steps, count });
  }

  #remove(count: number, step: number): void {
    const starting = this.#starting;
    let left = count;
    for (let i = starting.length - 1; i >= 0 && left > 0; i -= 1) {
      const taken = Math.min(starting[i].count, left);
      starting[i].count -= taken;
      left -= taken;
    }
    this.#starting = starting.filter((batch) => batch.count > 0);
    this.#stop(Math.min(this.#ready, left), step);
  }

  /** How many of the ready ones something happens to that happens to each by itself, so often an hour. */
  #struck(perHour: number): number {
    const probability = (perHour * this.#physics.stepSeconds) / SECONDS_PER_HOUR;
    return probability === 0 ? 0 : struck(this.#ready, probability, this.#drawing());
  }

  #drawing(): Random {
    return (this.#random ??= createRandom(this.#physics.seed));
  }
}

function total(batches: readonly Batch[]): number {
  let sum = 0;
  for (const batch of batches) sum += batch.count;
  return sum;
}

/** One batch where all start alike, else one for each replica, the last to be ready being the first to go again. */
function startBatches(
  { startup: { seconds }, stepSeconds }: ReplayPhysics,
  random: Random,
  count: number,
): readonly { readonly steps: number; readonly count: number }[] {
  const stepsOf = (startSeconds: number): number => Math.round(startSeconds / stepSeconds);
  if (seconds.length === 1) return [{ steps: stepsOf(seconds[0]), count }];
  const drawn = Array.from({ length: count }, () => stepsOf(seconds[Math.floor(random() * seconds.length)]));
  return drawn.sort((a, b) => a - b).map((steps) => ({ steps, count: 1 }));
}

/** How many of them something happens to that happens to each by itself. */
function struck(replicas: number, probability: number, random: Random): number {
  let count = 0;
  for (let i = 0; i < replicas; i += 1) if (random() < probability) count += 1;
  return count;
}
