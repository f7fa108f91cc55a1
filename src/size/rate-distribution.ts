import { QUANTILE_LEVELS } from '../domain/forecast.ts';

/** Arrival rates that may come, each with the probability that it stands for; the probabilities sum to 1. */
export interface RateDistribution {
  /** Requests per second, ascending. */
  readonly ratesRps: readonly number[];
  readonly probabilities: readonly number[];
}

/** Each level stands for the probability between the midpoints to its neighbours: 0.075 for 0.05, …, 0.03 for 0.99. */
export const QUANTILE_PROBABILITIES: readonly number[] = QUANTILE_LEVELS.map((level, i) => {
  const from = i === 0 ? 0 : (QUANTILE_LEVELS[i - 1] + level) / 2;
  const to = i === QUANTILE_LEVELS.length - 1 ? 1 : (level + QUANTILE_LEVELS[i + 1]) / 2;
  return to - from;
});

/** From a forecast's quantile rates, as QUANTILE_LEVELS. */
export function distributionFromQuantiles(quantilesRps: readonly number[]): RateDistribution {
  return { ratesRps: quantilesRps, probabilities: QUANTILE_PROBABILITIES };
}

export function distributionFromRate(rateRps: number): RateDistribution {
  return { ratesRps: [rateRps], probabilities: [1] };
}

/** The rate at quantile `level`, one of QUANTILE_LEVELS; a point distribution has the same rate at each. */
export function rateAtLevel(distribution: RateDistribution, level: (typeof QUANTILE_LEVELS)[number]): number {
  const { ratesRps } = distribution;
  return ratesRps.length === 1 ? ratesRps[0] : ratesRps[QUANTILE_LEVELS.indexOf(level)];
}

export function meanRateRps({ ratesRps, probabilities }: RateDistribution): number {
  return expected(ratesRps, probabilities, (rate) => rate);
}

/** The same distribution with `extraRps` more at every point. */
export function shiftedBy(distribution: RateDistribution, extraRps: number): RateDistribution {
  if (extraRps === 0) return distribution;
  return { ...distribution, ratesRps: distribution.ratesRps.map((rate) => rate + extraRps) };
}

/** The same distribution with every rate multiplied. */
export function scaledBy(distribution: RateDistribution, factor: number): RateDistribution {
  if (factor === 1) return distribution;
  return { ...distribution, ratesRps: distribution.ratesRps.map((rate) => rate * factor) };
}

/** Whether `other` has at least this distribution's rate at every quantile. */
export function isDominatedBy(distribution: RateDistribution, other: RateDistribution): boolean {
  return (
    distribution.ratesRps.length === other.ratesRps.length &&
    distribution.ratesRps.every((rate, i) => rate <= other.ratesRps[i])
  );
}

/** Sum of probability * value(rate). */
export function expected(
  ratesRps: readonly number[],
  probabilities: readonly number[],
  value: (rateRps: number) => number,
): number {
  let sum = 0;
  for (let i = 0; i < ratesRps.length; i += 1) sum += probabilities[i] * value(ratesRps[i]);
  return sum;
}
