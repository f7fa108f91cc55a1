import type { ReplayAutoscaler } from '../autoscaler.ts';

/** A count for every step of the recording, 0 for "as it is". */
export function createPlanned(name: string, plan: Int32Array): ReplayAutoscaler {
  return {
    name,
    beginsWithItsWish: true,
    desire: ({ step, currentReplicas }) => plan[step] || currentReplicas,
  };
}

/** At each step the highest of it and the `steps` steps after it: orders so early that it is ready in time. */
export function aheadBy(counts: Int32Array, steps: number): Int32Array {
  const ahead = counts.slice();
  for (let span = 1; span < steps + 1;) {
    const shift = Math.min(span, steps + 1 - span);
    for (let i = 0; i + shift < ahead.length; i += 1)
      if (ahead[i + shift] > ahead[i]) ahead[i] = ahead[i + shift];
    span += shift;
  }
  return ahead;
}
