/** More steps of a horizon than this are learnt at so many of them, and interpolated between. */
const MOST_LEARNT_STEPS = 8;

/** The steps at which a horizon is learnt: all, or MOST_LEARNT_STEPS of them, evenly, the first and the last among them. */
export function learntSteps(horizonSteps: number): readonly number[] {
  const count = Math.min(horizonSteps, MOST_LEARNT_STEPS);
  return Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (horizonSteps - 1)) / (count - 1)),
  );
}

export function allSteps(horizonSteps: number): readonly number[] {
  return Array.from({ length: horizonSteps }, (_, step) => step);
}
