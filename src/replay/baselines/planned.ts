import type { ReplayAutoscaler } from '../autoscaler.ts';

/** A count for every step of the recording from `fromStep` on, 0 for "as it is". */
export function createPlanned(name: string, plan: Int32Array, fromStep = 0): ReplayAutoscaler {
  return {
    name,
    beginsWithItsWish: true,
    desire: ({ step, currentReplicas }) => plan[step - fromStep] || currentReplicas,
  };
}

/**
 * Each count becomes the highest of it and the `steps` after it: ordered so early that it is ready in time. Written over
 * the counts themselves, which are millions.
 */
export function aheadBy(counts: Int32Array, steps: number): Int32Array {
  for (let span = 1; span < steps + 1;) {
    const shift = Math.min(span, steps + 1 - span);
    for (let i = 0; i + shift < counts.length; i += 1)
      if (counts[i + shift] > counts[i]) counts[i] = counts[i + shift];
    span += shift;
  }
  return counts;
}
