import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { chooseScale, logarithm, SQUARE_ROOT } from '../../../src/forecast/scale.ts';

/** Two weeks of 5-minute slots whose level sweeps from 1 to 100; the noise grows with the level to this power. */
function chosen(power: number, change: (rate: number, i: number) => number = (rate) => rate) {
  const random = createRandom(5);
  const ratesRps = Float64Array.from({ length: 4032 }, (_, i) => {
    const level = 10 ** (1 + Math.sin((2 * Math.PI * i) / 288));
    return change(level + 0.2 * level ** power * (random() - 0.5), i);
  });
  const history = {
    stepSeconds: 300,
    slotsPerDay: 288,
    offsetSlots: 0,
    firstSlot: 1000,
    ratesRps,
    largestRps: Math.max(...ratesRps),
    crowds: [],
    passedOver: [],
  };
  return chooseScale(history, 1000, 5032).name;
}

describe('the scale is chosen by how the noise grows with the level', () => {
  test.each([
    ['as the square root (Poisson counts): square root', 0.5, 'sqrt'],
    [
      'in proportion: logarithm, with a floor of a fiftieth of the mean, rounded to a power of two',
      1,
      'log 0.5',
    ],
  ])('%s', (_, power, name) => {
    expect(chosen(power)).toBe(name);
  });

  test.each<[string, (rate: number, i: number) => number]>([
    ['too often zero', (rate, i) => (i % 50 === 0 ? 0 : rate)],
    ['all the time zero', () => 0],
    ['never known', () => Number.NaN],
    ['always the same', () => 3],
    ['known for three hours', (rate, i) => (i < 36 ? rate : Number.NaN)],
  ])('square root, too, where the load is %s', (_, change) => {
    expect(chosen(1, change)).toBe('sqrt');
  });
});

test.each([SQUARE_ROOT, logarithm(0.25)])('$name: there and back, ascending, none below zero', (scale) => {
  for (const rate of [0.3, 1, 7.5, 1e6])
    expect(scale.rpsFromScaled(scale.scaledFromRps(rate))).toBeCloseTo(rate, 6);
  expect(scale.rpsFromScaled(scale.scaledFromRps(0))).toBe(0);
  expect(scale.rpsFromScaled(-50)).toBe(0);
  expect(scale.scaledFromRps(2)).toBeGreaterThan(scale.scaledFromRps(1));
  expect(scale.scaledFromRps(Number.NaN)).toBeNaN();
  expect(scale.unitOf(0)).toBeGreaterThan(0);
});

test('below its floor the logarithm knows nothing', () => {
  const { scaledFromRps } = logarithm(0.25);
  expect(scaledFromRps(0)).toBe(scaledFromRps(0.2));
});
