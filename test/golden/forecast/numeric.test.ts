import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createAccuracyTally, type Accuracy } from '../../../src/forecast/accuracy.ts';
import { weightedQuantiles } from '../../../src/forecast/weighted-quantiles.ts';
import { argsort } from '../../../src/forecast/numeric/argsort.ts';
import { solveCholesky } from '../../../src/forecast/numeric/cholesky.ts';
import {
  type LinearModel,
  NormalEquations,
  predict,
} from '../../../src/forecast/numeric/normal-equations.ts';
import { medianOfMagnitudes, quantileOfSorted } from '../../../src/forecast/numeric/order-statistics.ts';

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

/** Huber's loss by reweighting, a new set of equations for each round. */
function reweighted({ matrix, targets, columns, penalty, iterations }: Goldens['regressions'][number]) {
  const values = Float64Array.from(matrix);
  let weights = targets.map(() => 1);
  let model: LinearModel | undefined;
  for (let round = 0; round < iterations; round += 1) {
    const equations = new NormalEquations(columns);
    targets.forEach((target, row) => equations.add({ values, start: row * columns }, target, weights[row]));
    const fit = equations.solve(penalty)!;
    const errors = targets.map((target, row) => target - predict(fit, { values, start: row * columns }));
    const limit = 1.345 * 1.4826 * medianOfMagnitudes(Float64Array.from(errors));
    weights = errors.map((error) => Math.min(1, limit / Math.abs(error)));
    model = fit;
  }
  return model!;
}

/** The reference standardises its columns without weights: exact in the first round, and without a penalty that tells. */
test.each(goldens.regressions.filter(({ iterations, penalty }) => iterations === 1 || penalty <= 1e-6))(
  'weighted ridge as augmented least squares, case %#',
  (golden) => {
    const fit = reweighted(golden);
    const tolerance = golden.iterations === 1 ? 1e-8 : 1e-4;
    expectClose([...fit.coefficients, fit.intercept], [...golden.coefficients, golden.intercept], tolerance);
  },
);

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
    const values = Float64Array.from(sorted);
    const weights = new Float64Array(sorted.length).fill(1);
    const weighted = { values, weights, weightSum: sorted.length, order: argsort(values) };
    expectClose(weightedQuantiles(weighted, goldens.levels), type5, 1e-12);
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
