import { describe, expect, test } from 'vitest';
import { Mixture, type Round } from '../../../src/forecast/models/ensemble/mixture.ts';
import { SQUARE_ROOT } from '../../../src/forecast/scale.ts';

const STEPS = 3;

/** Two experts that always expect the same rate, and their stack. */
function roundOf(mixture: Mixture, expectedRps: readonly number[], actualRps: number, size: number): Round {
  const paths = new Float32Array((expectedRps.length + 1) * STEPS);
  expectedRps.forEach((rate, expert) => paths.fill(Math.sqrt(rate), expert * STEPS, (expert + 1) * STEPS));
  mixture.mix(paths, new Float32Array(STEPS));
  const sizes = new Float32Array(STEPS).fill(size);
  return { paths, sizes, actuals: new Float64Array(STEPS).fill(Math.sqrt(actualRps)), scale: SQUARE_ROOT };
}

describe('shares of two experts', () => {
  test('who is right at the few peaks outweighs who is a little nearer in the many nights', () => {
    const mixture = new Mixture(2, STEPS);
    for (let day = 0; day < 60; day += 1) {
      for (let night = 0; night < 4; night += 1) mixture.learn(roundOf(mixture, [1, 1.44], 1, 1));
      mixture.learn(roundOf(mixture, [400, 900], 900, 12));
    }
    const [atNight, atPeak] = mixture.shares();
    expect(atPeak).toBeGreaterThan(2 * atNight);
  });

  test('are what they were after a round of which nothing came', () => {
    const mixture = new Mixture(2, STEPS);
    for (let i = 0; i < 20; i += 1) mixture.learn(roundOf(mixture, [100, 144], 100, 1));
    const before = mixture.shares();
    mixture.learn(roundOf(mixture, [100, 144], Number.NaN, 1));
    expect(mixture.shares().map((share) => share.toFixed(3))).toEqual(
      before.map((share) => share.toFixed(3)),
    );
  });

  test('go on where no expert errs', () => {
    const mixture = new Mixture(2, STEPS);
    for (let i = 0; i < 5; i += 1) mixture.learn(roundOf(mixture, [0, 0], 0, 1));
    for (const share of mixture.shares()) expect(share).toBeCloseTo(0.5, 6);
  });

  test('come back to an expert that was bad for long', () => {
    const mixture = new Mixture(2, STEPS);
    for (let i = 0; i < 300; i += 1) mixture.learn(roundOf(mixture, [100, 400], 100, 2));
    expect(mixture.shares()[1]).toBeLessThan(0.1);
    for (let i = 0; i < 300; i += 1) mixture.learn(roundOf(mixture, [100, 400], 400, 2));
    expect(mixture.shares()[1]).toBeGreaterThan(0.9);
  });
});
