import type { Indexes } from './numeric/argsort.ts';
import { medianOfSortedMagnitudes } from './numeric/order-statistics.ts';
import { ERROR_ORIGINS } from './past-origins.ts';
import { recencyWeights } from './recency-weights.ts';

/** Mean of the newest errors (half-life in origins), and from how many to how many of its standard deviations it is doubted. */
const BIAS_HALF_LIFE = 2;
const BIAS_ORIGINS = 12;
const BIAS_RECENCY = recencyWeights(BIAS_ORIGINS, BIAS_HALF_LIFE);
const LEAST_ERRORS = 40;
const LEAST_DEVIATIONS = 3.5;
const MOST_DEVIATIONS = 8;
/** Then the newest count up to so many times more, fading by half in so many origins. */
const MOST_BOOST = 20;
/** What the boost is multiplied with, by age. */
export const BOOSTED_RECENCY = recencyWeights(ERROR_ORIGINS, 4);
/** Median of magnitudes -> standard deviation, for normal errors. */
const SIGMA_PER_MEDIAN = 1.4826;

/**
 * How much more the newest errors count than their age says: nothing while they could be those of before, more the less
 * they could. After a change of level they alone tell where the forecasts stand now. `ascending`: their indexes.
 */
export function boostOf(errors: Float64Array, ascending: Indexes): number {
  const usual = SIGMA_PER_MEDIAN * medianOfSortedMagnitudes(errors, ascending);
  if (errors.length < LEAST_ERRORS || !(usual > 0)) return 0;
  let sum = 0;
  let squares = 0;
  for (let age = 0; age < Math.min(errors.length, BIAS_ORIGINS); age += 1) {
    const share = BIAS_RECENCY[age];
    sum += share * errors[errors.length - 1 - age];
    squares += share * share;
  }
  const deviations = Math.abs(sum) / (usual * Math.sqrt(squares));
  const doubt = (deviations - LEAST_DEVIATIONS) / (MOST_DEVIATIONS - LEAST_DEVIATIONS);
  return MOST_BOOST * Math.min(1, Math.max(0, doubt));
}
