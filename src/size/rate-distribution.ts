import { QUANTILE_LEVELS } from '../domain/forecast.ts';

/**
 * Arrival rates that may come: a forecast's rates at QUANTILE_LEVELS, or one that is taken as certain. What each stands
 * for is asked of `weightedRates`.
 */
export interface RateDistribution {
  /** Requests per second, ascending. */
  readonly ratesRps: readonly number[];
}

/** Rates with the probability that each stands for; the probabilities sum to 1. */
export interface WeightedRates {
  readonly ratesRps: readonly number[];
  readonly probabilities: readonly number[];
}

/**
 * The distribution is taken apart here, each part at the rate in its middle: finely where a replica may or may not be
 * worth its price. One part from 0.97 to 1 at the 0.99 quantile's rate would have every price above 33 to 1 buy all of
 * it. Above 0.99 nothing is known of how far it goes: the 0.99 quantile itself stands for it.
 */
const PART_EDGES = [0, 0.25, 0.5, 0.65, 0.8, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.99, 1] as const;

/** A part's rate lies between two neighbouring quantiles, this share (0..1) of the way up. */
interface Part {
  readonly probability: number;
  readonly below: number;
  readonly wayRatio: number;
}

const PARTS: readonly Part[] = PART_EDGES.slice(1).map((to, i) => {
  const from = PART_EDGES[i];
  const level = Math.min((from + to) / 2, QUANTILE_LEVELS.at(-1)!);
  const below = Math.min(
    QUANTILE_LEVELS.findLastIndex((known) => known <= level),
    QUANTILE_LEVELS.length - 2,
  );
  return {
    probability: to - from,
    below,
    wayRatio: wayRatio(level, QUANTILE_LEVELS[below], QUANTILE_LEVELS[below + 1]),
  };
});

const PROBABILITIES = PARTS.map(({ probability }) => probability);

/** Between quantiles the chance of more falls exponentially; in the middle of a distribution that is nearly a line. */
function wayRatio(level: number, below: number, above: number): number {
  return Math.log((1 - below) / (1 - level)) / Math.log((1 - below) / (1 - above));
}

/** The parts of a distribution, rates ascending; every rate grows with the quantiles. */
export function weightedRates({ ratesRps }: RateDistribution): WeightedRates {
  if (ratesRps.length === 1) return { ratesRps, probabilities: [1] };
  return { ratesRps: PARTS.map((part) => partRate(part, ratesRps)), probabilities: PROBABILITIES };
}

function partRate({ below, wayRatio: way }: Part, ratesRps: readonly number[]): number {
  return ratesRps[below] + way * (ratesRps[below + 1] - ratesRps[below]);
}

/** From a forecast's quantile rates, as QUANTILE_LEVELS. */
export function distributionFromQuantiles(quantilesRps: readonly number[]): RateDistribution {
  return { ratesRps: quantilesRps };
}

export function distributionFromRate(rateRps: number): RateDistribution {
  return { ratesRps: [rateRps] };
}

/** The rate at quantile `level`, one of QUANTILE_LEVELS; a point distribution has the same rate at each. */
export function rateAtLevel(distribution: RateDistribution, level: (typeof QUANTILE_LEVELS)[number]): number {
  const { ratesRps } = distribution;
  return ratesRps.length === 1 ? ratesRps[0] : ratesRps[QUANTILE_LEVELS.indexOf(level)];
}

export function meanRateRps({ ratesRps }: RateDistribution): number {
  if (ratesRps.length === 1) return ratesRps[0];
  let sum = 0;
  for (const part of PARTS) sum += part.probability * partRate(part, ratesRps);
  return sum;
}

/** The same distribution with `extraRps` more at every point. */
export function shiftedBy(distribution: RateDistribution, extraRps: number): RateDistribution {
  if (extraRps === 0) return distribution;
  return { ratesRps: distribution.ratesRps.map((rate) => rate + extraRps) };
}

/** The same distribution with every rate multiplied. */
export function scaledBy(distribution: RateDistribution, factor: number): RateDistribution {
  if (factor === 1) return distribution;
  return { ratesRps: distribution.ratesRps.map((rate) => rate * factor) };
}

/** Whether `other` has at least this distribution's rate at every quantile. */
export function isDominatedBy(distribution: RateDistribution, other: RateDistribution): boolean {
  return (
    distribution.ratesRps.length === other.ratesRps.length &&
    distribution.ratesRps.every((rate, i) => rate <= other.ratesRps[i])
  );
}
