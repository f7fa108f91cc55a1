/** A longer horizon is fitted at some of its steps, about so far apart, and interpolated between them. */
const MOST_FITTED_STEPS = 8;
const LEAST_FITTED_STEPS = 4;
const APART_SECONDS = 300;

/**
 * The steps of a horizon that have regressions of their own: all of a short one, else some, evenly spread, the first and the last
 * among them. Minutes apart they would learn the same from the same rows; fewer of them learn from more rows at the same cost.
 */
export function fittedSteps(horizonSteps: number, stepSeconds: number): readonly number[] {
  if (horizonSteps <= MOST_FITTED_STEPS) return Array.from({ length: horizonSteps }, (_, step) => step);
  const last = horizonSteps - 1;
  const apart = 1 + Math.round((last * stepSeconds) / APART_SECONDS);
  const count = Math.min(MOST_FITTED_STEPS, Math.max(LEAST_FITTED_STEPS, apart));
  return Array.from({ length: count }, (_, i) => Math.round((i * last) / (count - 1)));
}
