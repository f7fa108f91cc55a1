import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createAccuracyTally, type Accuracy } from '../../../src/forecast/accuracy.ts';
import { weightedQuantiles } from '../../../src/forecast/error-pool.ts';
import { solveCholesky } from '../../../src/forecast/numeric/cholesky.ts';
import { fitHuberRidge } from '../../../src/forecast/numeric/huber-ridge.ts';
import { quantileOfSorted } from '../../../src/forecast/numeric/order-statistics.ts';

/** Written by generate.py beside this file. */
interface Goldens {
  readonly solves: readonly { matrix: number[]; rightSide: number[]; solution: number[] }[];
  readonly regressions: readonly {
    matrix: number[];
    targets: number[];
    columns: number;
    penalty: number;
    iterations: number;
    coefficients: number[];
    intercept: number;
  }[];
  readonly levels: readonly number[];
  readonly quantiles: readonly { sorted: number[]; type7: number[]; type5: number[] }[];
  readonly accuracies: readonly {
    quantiles: number[][];
    actuals: (number | null)[];
    scale: number;
    scores: Accuracy;
  }[];
}
const goldens = JSON.parse(readFileSync(new URL('numeric.json', import.meta.url), 'utf8')) as Goldens;

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) =>
    expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value))),
  );
}

test.each(goldens.solves)('Cholesky solves as LAPACK does, case %#', ({ matrix, rightSide, solution }) => {
  const answer = Float64Array.from(rightSide);
  expect(solveCholesky(Float64Array.from(matrix), answer)).toBe(true);
  expectClose(answer, solution, 1e-9);
});

test.each(goldens.regressions)('Huber ridge as weighted augmented least squares, case %#', (golden) => {
  const fit = fitHuberRidge({
    ...golden,
    matrix: Float64Array.from(golden.matrix),
    targets: Float64Array.from(golden.targets),
  });
  expectClose([...fit!.coefficients, fit!.intercept], [...golden.coefficients, golden.intercept], 1e-8);
});

describe.each(goldens.quantiles)('quantiles of $sorted.length values', ({ sorted, type7, type5 }) => {
  test('linear between the values (type 7)', () => {
    const values = Float64Array.from(sorted);
    expectClose(
      goldens.levels.map((level) => quantileOfSorted(values, level)),
      type7,
      1e-12,
    );
  });

  test('with equal weights, the middles of equal shares (type 5)', () => {
    const weights = new Float64Array(sorted.length).fill(1 / sorted.length);
    expectClose(weightedQuantiles(Float64Array.from(sorted), weights, goldens.levels), type5, 1e-12);
  });
});

test.each(goldens.accuracies)('scores of $actuals.length steps', ({ quantiles, actuals, scale, scores }) => {
  const tally = createAccuracyTally(scale);
  quantiles.forEach((row, i) => tally.add(row, actuals[i] ?? Number.NaN));
  const answer = tally.scores()!;
  expectClose(
    Object.keys(scores).map((key) => answer[key as keyof Accuracy]),
    Object.values(scores),
    1e-12,
  );
});
