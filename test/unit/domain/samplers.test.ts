import { expect, test } from 'vitest';
import { createRandom, type Random } from '../../../src/domain/random.ts';
import {
  logFactorial,
  sampleGammaOfMeanOne,
  sampleNormal,
  samplePoisson,
} from '../../../src/domain/samplers.ts';

const DRAWS = 40_000;

function moments(draw: (random: Random) => number): { mean: number; variance: number } {
  const random = createRandom(7);
  const values = Array.from({ length: DRAWS }, () => draw(random));
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (DRAWS - 1);
  return { mean, variance };
}

/** Five standard errors of a mean, and of a variance of nearly normal values (sd of s^2: variance * sqrt(2/n)). */
const meanTolerance = (variance: number): number => 5 * Math.sqrt(variance / DRAWS);
const varianceTolerance = (variance: number, kurtosisExcess = 0): number =>
  5 * variance * Math.sqrt((2 + kurtosisExcess) / DRAWS);

test.each([0.3, 4, 9.9, 10, 25, 700, 36_000, 400_000])('a Poisson count of mean %d', (lambda) => {
  const { mean, variance } = moments((random) => samplePoisson(random, lambda));
  expect(Math.abs(mean - lambda)).toBeLessThan(meanTolerance(lambda));
  expect(Math.abs(variance - lambda)).toBeLessThan(varianceTolerance(lambda, 1 / lambda));
});

test('Poisson counts of mean 12 come as often as the law says', () => {
  const random = createRandom(11);
  const seen = new Map<number, number>();
  for (let i = 0; i < DRAWS; i += 1) {
    const count = samplePoisson(random, 12);
    seen.set(count, (seen.get(count) ?? 0) + 1);
  }
  for (let count = 3; count <= 24; count += 1) {
    const probability = Math.exp(count * Math.log(12) - 12 - logFactorial(count));
    const deviation = Math.sqrt(DRAWS * probability * (1 - probability));
    expect(Math.abs((seen.get(count) ?? 0) - DRAWS * probability), `count ${count}`).toBeLessThan(
      5 * deviation,
    );
  }
});

test.each([1, 2.5, 7000])('a gamma variate of mean 1 and shape %d', (shape) => {
  const { mean, variance } = moments((random) => sampleGammaOfMeanOne(random, shape));
  expect(Math.abs(mean - 1)).toBeLessThan(meanTolerance(1 / shape));
  expect(Math.abs(variance - 1 / shape)).toBeLessThan(varianceTolerance(1 / shape, 6 / shape));
});

test('a standard normal variate', () => {
  const { mean, variance } = moments(sampleNormal);
  expect(Math.abs(mean)).toBeLessThan(meanTolerance(1));
  expect(Math.abs(variance - 1)).toBeLessThan(varianceTolerance(1));
});

test('ln(n!) is the sum of logarithms', () => {
  let sum = 0;
  for (let n = 1; n <= 3000; n += 1) {
    sum += Math.log(n);
    expect(Math.abs(logFactorial(n) - sum), `n = ${n}`).toBeLessThan(1e-9 + 1e-13 * sum);
  }
});
