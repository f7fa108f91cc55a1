/**
 * A service time as it spreads around its mean, cut at the time allowed: the share that is late without any waiting, and
 * for the rest how much time is left to wait in. Gamma distributed, with the squared coefficient of variation that was
 * measured: 0 is constant, 1 exponential.
 */
import { legendrePoints } from './gauss-legendre.ts';
import { lnGamma } from './ln-gamma.ts';

export interface ServiceSpread {
  /** P(S > seconds). */
  readonly lateProbability: number;
  /** The services that are not, by what they leave; the probabilities and `lateProbability` sum to 1. */
  readonly parts: readonly { readonly leftSeconds: number; readonly probability: number }[];
}

/** More does not make the tail of a gamma distribution heavier at any time that an objective is set for. */
export const MOST_SQUARED_VARIATION = 25;
/** Below it the spread no longer shows, and its peak falls between the points. */
const CONSTANT = 1e-4;
const DEVIATIONS = 9;
const TAIL_LOGS = 40;
/** Panels over the part of [0, 1] that the services that are in time are spread over. */
const PANELS = [0, 0.5, 0.9, 1];
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const GOLDEN_STEPS = 24;

/** `serviceRateRps` above 0, `seconds` above 0, `squaredVariation` in 0 … MOST_SQUARED_VARIATION. */
export function serviceSpread(
  serviceRateRps: number,
  squaredVariation: number,
  seconds: number,
): ServiceSpread {
  const mean = 1 / serviceRateRps;
  if (squaredVariation < CONSTANT) {
    if (mean > seconds) return { lateProbability: 1, parts: [] };
    return { lateProbability: 0, parts: [{ leftSeconds: seconds - mean, probability: 1 }] };
  }
  const shape = 1 / squaredVariation;
  const deviation = mean * Math.sqrt(squaredVariation);
  const from = Math.max(0, mean - DEVIATIONS * deviation);
  const to = Math.min(seconds, mean + DEVIATIONS * deviation + TAIL_LOGS * squaredVariation * mean);
  if (from >= to) return { lateProbability: 1, parts: [] };
  // The density of a shape that is not whole is not smooth at 0: a power of u in place of s is.
  const power = from > 0 ? 1 : Math.max(1, Math.ceil(4 / shape));
  const lnFactor = shape * Math.log(shape * serviceRateRps) - lnGamma(shape) + Math.log((to - from) * power);
  const parts = PANELS.slice(1).flatMap((end, i) =>
    legendrePoints(PANELS[i], end).map(({ at, weight }) => {
      const spent = from + (to - from) * at ** power;
      // In logarithms: next to 0 the density is past all numbers, the power of u below them, their product is neither.
      const lnSpent = from > 0 ? Math.log(spent) : Math.log(to) + power * Math.log(at);
      const lnDensity = lnFactor + (shape - 1) * lnSpent - shape * serviceRateRps * spent;
      const probability = weight * Math.exp(lnDensity + (power - 1) * Math.log(at));
      return { leftSeconds: seconds - spent, probability };
    }),
  );
  const inTime = parts.reduce((sum, { probability }) => sum + probability, 0);
  return { lateProbability: Math.max(0, 1 - inTime), parts };
}

/**
 * The squared variation of at most `most` with the heaviest tail beyond `seconds`: of two gammas of the same mean the
 * wider has more beyond any time that is long enough, but in the end ever more of its services take no time at all.
 */
export function heaviestVariation(serviceRateRps: number, seconds: number, most: number): number {
  const lateAt = (lnVariation: number): number =>
    serviceSpread(serviceRateRps, Math.exp(lnVariation), seconds).lateProbability;
  let low = 0;
  let high = Math.log(Math.min(most, MOST_SQUARED_VARIATION));
  for (let i = 0; i < GOLDEN_STEPS; i += 1) {
    const inner = high - GOLDEN * (high - low);
    const outer = low + GOLDEN * (high - low);
    if (lateAt(inner) >= lateAt(outer)) high = outer;
    else low = inner;
  }
  return Math.exp(high);
}
