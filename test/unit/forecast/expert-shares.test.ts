import { describe, expect, test } from 'vitest';
import { ExpertShares } from '../../../src/forecast/models/ensemble/expert-shares.ts';

const sharesAfter = (rounds: readonly (readonly number[])[], unit = 1): number[] => {
  const shares = new ExpertShares(rounds[0].length);
  for (const round of rounds)
    shares.learn([{ losses: Float64Array.from(round, (loss) => unit * loss), part: 1 }]);
  return [...shares.shares];
};
const repeated = (times: number, ...rounds: readonly number[][]): number[][] =>
  Array.from({ length: times }, () => rounds).flat();

describe('shares follow what following would have gained', () => {
  test.each([
    ['a little in every round', repeated(100, [1, 1.2]), 0.9],
    ['much in every round', repeated(12, [1, 3]), 0.9],
    [
      'in the one crowd of twenty rounds, against a little in all others',
      repeated(10, ...repeated(19, [1.1, 1]), [10, 40]),
      0.8,
    ],
  ])('%s', (_, rounds, least) => {
    const [better, worse] = sharesAfter(rounds);
    expect(better).toBeGreaterThan(least);
    expect(better + worse).toBeCloseTo(1, 12);
  });

  test('who loses the same has the same share', () => {
    const [first, second, bad] = sharesAfter(repeated(60, [2, 2, 5]));
    expect(first).toBeCloseTo(second, 12);
    expect(bad).toBeLessThan(0.01);
  });

  test('whatever unit the losses are in', () => {
    const rounds = repeated(20, [1, 1.5], [3, 2]);
    const [inOne, inOther] = [sharesAfter(rounds), sharesAfter(rounds, 1e6)];
    inOther.forEach((share, expert) => expect(share).toBeCloseTo(inOne[expert], 9));
  });

  test('one round of a hundred usual losses does not decide a young contest', () => {
    const [, lucky] = sharesAfter([...repeated(30, [1, 1.5]), [100, 50]]);
    expect(lucky).toBeLessThan(0.5);
  });

  test('a round in which one unit tells nothing counts in neither', () => {
    const shares = new ExpertShares(2);
    const told = { losses: Float64Array.of(1, 2), part: 0.5 };
    shares.learn([told, { losses: Float64Array.of(Number.NaN, Number.NaN), part: 0.5 }]);
    shares.learn([told, { losses: new Float64Array(2), part: 0.5 }]);
    expect([...shares.shares]).toEqual([0.5, 0.5]);
  });
});
