import type { ReplayAutoscaler } from '../autoscaler.ts';

/** The count for a step of the recording, 0 for "as it is"; asked for steps in order, none left out. */
export type CountAt = (step: number) => number;

/** Carries out what is known in advance. */
export function createPlanned(name: string, countAt: CountAt): ReplayAutoscaler {
  return {
    name,
    beginsWithItsWish: true,
    desire: ({ step, currentReplicas }) => countAt(step) || currentReplicas,
  };
}

export interface Ahead {
  readonly steps: number;
  /** The recording's end. */
  readonly untilStep: number;
}

/**
 * The highest count of a step and the `steps` after it: ordered so early that it is ready in time. Counts are asked for
 * as they come into sight, and kept while no later one is as high: a plan of years takes no more room than one of days.
 */
export function highestAhead(countAt: CountAt, { steps, untilStep }: Ahead): CountAt {
  const keptSteps: number[] = [];
  const keptCounts: number[] = [];
  let next: number | undefined;
  return (step) => {
    next ??= step;
    for (; next < untilStep && next <= step + steps; next += 1) {
      const count = countAt(next);
      while (keptCounts.length > 0 && keptCounts[keptCounts.length - 1] <= count) {
        keptCounts.pop();
        keptSteps.pop();
      }
      keptCounts.push(count);
      keptSteps.push(next);
    }
    while (keptSteps[0] < step) {
      keptSteps.shift();
      keptCounts.shift();
    }
    return keptCounts[0];
  };
}
