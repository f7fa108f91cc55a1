/** Replicas that start, serve, fail and go, as a cluster would have them; counts only, no requests. */
import { createRandom, type Random } from '../domain/random.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { ReplayPhysics } from './physics.ts';
import { createWarmingReplicas } from './warming-replicas.ts';

export interface SimulatedCluster {
  readonly readyReplicas: () => number;
  /** As many warm replicas as the ready ones do the work of over `step`: whole ones, and at least one of any. */
  readonly servingReplicas: (step: number) => number;
  /** Ordered and not ready yet. */
  readonly startingReplicas: () => number;
  /** Paid for: ready, starting and terminating. */
  readonly paidReplicas: () => number;
  /**
   * The beginning of `step`: who has started is ready, who was terminating is gone, who fails starts again, and another
   * starts in place of who is evicted, which goes as one that is removed.
   */
  readonly begin: (step: number) => void;
  /** From `step` on so many are wanted: more are ordered, or the youngest of those that start go first, then ready ones. */
  readonly order: (replicas: number, step: number) => void;
}

/** Shares of replicas may add up to a hair less than a whole one. */
const ROUNDING = 1e-9;

interface Batch {
  readonly untilStep: number;
  count: number;
}

/** Begins with `replicas` ready. */
export function createSimulatedCluster(physics: ReplayPhysics, replicas: number): SimulatedCluster {
  const random = createRandom(physics.seed);
  const perStep = (perHour: number): number => (perHour * physics.stepSeconds) / SECONDS_PER_HOUR;
  const failProbability = perStep(physics.failuresPerReplicaHour);
  const evictProbability = perStep(physics.evictionsPerReplicaHour);
  const terminationSteps = Math.round(physics.terminationSeconds / physics.stepSeconds);
  /** In the order in which they were ordered. */
  let starting: Batch[] = [];
  let terminating: Batch[] = [];
  let ready = replicas;
  const warming = createWarmingReplicas(physics.warmUp, physics.stepSeconds);
  const becomeReady = (count: number, step: number): void => {
    ready += count;
    warming.add(count, step);
  };
  const start = (count: number, step: number): void => {
    for (const batch of startBatches(physics, random, count)) {
      if (batch.steps === 0) becomeReady(batch.count, step);
      else starting.push({ untilStep: step + batch.steps, count: batch.count });
    }
  };
  const stop = (count: number, step: number): void => {
    ready -= count;
    warming.remove(count);
    if (terminationSteps > 0 && count > 0) terminating.push({ untilStep: step + terminationSteps, count });
  };
  const remove = (count: number, step: number): void => {
    let left = count;
    for (let i = starting.length - 1; i >= 0 && left > 0; i -= 1) {
      const taken = Math.min(starting[i].count, left);
      starting[i].count -= taken;
      left -= taken;
    }
    starting = starting.filter((batch) => batch.count > 0);
    stop(Math.min(ready, left), step);
  };
  return {
    readyReplicas: () => ready,
    servingReplicas: (step) =>
      Math.max(Math.min(ready, 1), Math.floor(ready - warming.lackingAt(step) + ROUNDING)),
    startingReplicas: () => total(starting),
    paidReplicas: () => ready + total(starting) + total(terminating),
    begin(step) {
      if (starting.some((batch) => batch.untilStep <= step)) {
        becomeReady(total(starting.filter((batch) => batch.untilStep <= step)), step);
        starting = starting.filter((batch) => batch.untilStep > step);
      }
      if (terminating.length > 0) terminating = terminating.filter((batch) => batch.untilStep > step);
      const failed = struck(ready, failProbability, random);
      ready -= failed;
      warming.remove(failed);
      const evicted = struck(ready, evictProbability, random);
      stop(evicted, step);
      if (failed + evicted > 0) start(failed + evicted, step);
    },
    order(wanted, step) {
      const change = wanted - ready - total(starting);
      if (change > 0) start(change, step);
      else if (change < 0) remove(-change, step);
    },
  };
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
  if (probability === 0) return 0;
  let count = 0;
  for (let i = 0; i < replicas; i += 1) if (random() < probability) count += 1;
  return count;
}
