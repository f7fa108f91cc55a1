/** Replicas that start, serve, fail and go, as a cluster would have them; counts only, no requests. */
import { createRandom, type Random } from '../domain/random.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { ReplayPhysics } from './physics.ts';

export interface SimulatedCluster {
  readonly readyReplicas: () => number;
  /** Ordered and not ready yet. */
  readonly startingReplicas: () => number;
  /** Paid for: ready, starting and terminating. */
  readonly paidReplicas: () => number;
  /** The beginning of `step`: who has started is ready, who fails starts again, who was terminating is gone. */
  readonly begin: (step: number) => void;
  /** From `step` on so many are wanted: more are ordered, or the youngest of those that start go first, then ready ones. */
  readonly order: (replicas: number, step: number) => void;
}

interface Batch {
  readonly untilStep: number;
  count: number;
}

/** Begins with `replicas` ready. */
export function createSimulatedCluster(physics: ReplayPhysics, replicas: number): SimulatedCluster {
  const random = createRandom(physics.seed);
  const failProbability = (physics.failuresPerReplicaHour * physics.stepSeconds) / SECONDS_PER_HOUR;
  const terminationSteps = Math.round(physics.terminationSeconds / physics.stepSeconds);
  /** In the order in which they were ordered. */
  let starting: Batch[] = [];
  let terminating: Batch[] = [];
  let ready = replicas;
  const start = (count: number, step: number): void => {
    for (const batch of startBatches(physics, random, count)) {
      if (batch.steps === 0) ready += batch.count;
      else starting.push({ untilStep: step + batch.steps, count: batch.count });
    }
  };
  const remove = (count: number, step: number): void => {
    let left = count;
    for (let i = starting.length - 1; i >= 0 && left > 0; i -= 1) {
      const taken = Math.min(starting[i].count, left);
      starting[i].count -= taken;
      left -= taken;
    }
    starting = starting.filter((batch) => batch.count > 0);
    const stopped = Math.min(ready, left);
    ready -= stopped;
    if (terminationSteps > 0 && stopped > 0)
      terminating.push({ untilStep: step + terminationSteps, count: stopped });
  };
  return {
    readyReplicas: () => ready,
    startingReplicas: () => total(starting),
    paidReplicas: () => ready + total(starting) + total(terminating),
    begin(step) {
      if (starting.some((batch) => batch.untilStep <= step)) {
        ready += total(starting.filter((batch) => batch.untilStep <= step));
        starting = starting.filter((batch) => batch.untilStep > step);
      }
      if (terminating.length > 0) terminating = terminating.filter((batch) => batch.untilStep > step);
      const failed = failProbability > 0 ? failures(ready, failProbability, random) : 0;
      ready -= failed;
      if (failed > 0) start(failed, step);
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

function failures(replicas: number, probability: number, random: Random): number {
  let failed = 0;
  for (let i = 0; i < replicas; i += 1) if (random() < probability) failed += 1;
  return failed;
}
