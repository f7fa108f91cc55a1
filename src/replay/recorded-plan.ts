import type { CountAt } from './baselines/planned.ts';

/** Counts step by step, of which only the changes are kept. */
export interface RecordedPlan {
  /** The steps in order. */
  readonly add: (step: number, count: number) => void;
  /** The same counts once more, from any recorded step on. */
  readonly counts: () => CountAt;
}

export function createRecordedPlan(): RecordedPlan {
  const steps: number[] = [];
  const counts: number[] = [];
  return {
    add(step, count) {
      if (counts.at(-1) === count) return;
      steps.push(step);
      counts.push(count);
    },
    counts: () => {
      let change = 0;
      return (step) => {
        while (steps[change + 1] <= step) change += 1;
        return counts[change];
      };
    },
  };
}
