/**
 * The scale in which models work: the square root, which makes the spread of Poisson counts the same at every level
 * (Bartlett 1936) and keeps zero. Multiplying all rates by a constant multiplies it by a constant, so nothing that
 * follows depends on the unit.
 */
export function scaledFromRps(rateRps: number): number {
  return Math.sqrt(rateRps);
}

/** What lies below zero is a rate of zero. */
export function rpsFromScaled(scaled: number): number {
  return scaled > 0 ? scaled * scaled : 0;
}
