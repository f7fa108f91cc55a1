/** How many requests really came, minute by minute: chance on top of the expected demand. */
import type { Random } from '../../src/domain/random.ts';
import { expectedDemandRps } from './expected-demand.ts';
import { MINUTES, START_AT_MS, STEP_SECONDS } from './scenario.ts';
import { sampleGammaOfMeanOne, sampleNormal, samplePoisson } from '../../src/domain/samplers.ts';

/** Moods that last: how far (as a ratio) and for how long the level strays from what is expected. */
const DRIFTS = [
  { deviationRatio: 0.02, minutes: 720 },
  { deviationRatio: 0.022, minutes: 25 },
] as const;

/** Gamma shape of each minute's own level: deviation 1/sqrt(7000) = 1.2 %, so that counts are over-dispersed. */
const MINUTE_SHAPE = 7000;

/**
 * [minute] requests that arrived. A non-homogeneous Poisson process whose rate is itself random: expected demand,
 * times slow drifts (first-order autoregressions in the logarithm), times a gamma variate per minute.
 */
export function drawArrivalCounts(random: Random): number[] {
  const drifts = DRIFTS.map(() => 0);
  return Array.from({ length: MINUTES }, (_, minute) => {
    const expectedRps = expectedDemandRps(START_AT_MS + minute * STEP_SECONDS * 1000);
    DRIFTS.forEach(({ deviationRatio, minutes }, index) => {
      const keep = Math.exp(-1 / minutes);
      const shock = deviationRatio * Math.sqrt(1 - keep * keep) * sampleNormal(random);
      drifts[index] = keep * drifts[index] + shock;
    });
    const level = Math.exp(drifts.reduce((sum, drift) => sum + drift, 0));
    const rate = expectedRps * level * sampleGammaOfMeanOne(random, MINUTE_SHAPE);
    return samplePoisson(random, rate * STEP_SECONDS);
  });
}
