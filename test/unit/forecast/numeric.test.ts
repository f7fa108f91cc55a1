import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { argsort, sortAgain } from '../../../src/forecast/numeric/argsort.ts';
import { solveCholesky } from '../../../src/forecast/numeric/cholesky.ts';
import { NormalEquations, predict } from '../../../src/forecast/numeric/normal-equations.ts';
import {
  divideByFactor,
  factorisePacked,
  squareFactor,
  timesFactor,
} from '../../../src/forecast/numeric/packed-factor.ts';
import {
  medianOfMagnitudes,
  medianOfSortedMagnitudes,
  quantileOfSorted,
} from '../../../src/forecast/numeric/order-statistics.ts';
import { LruCache } from '../../../src/forecast/lru-cache.ts';

describe('Cholesky', () => {
  test.each([
    ['not positive definite', [1, 0, 2, 1]],
    ['zero', [0, 0, 0, 0]],
    ['NaN', [Number.NaN, 0, 0, 1]],
  ])('a matrix that is %s is refused', (_, matrix) => {
    expect(solveCholesky(Float64Array.from(matrix), Float64Array.from([1, 1]))).toBe(false);
  });

  test('only the lower triangle is read', () => {
    const x = Float64Array.from([6, 5]);
    expect(solveCholesky(Float64Array.from([4, 999, 2, 3]), x)).toBe(true);
    expect(x[0]).toBeCloseTo(1, 12);
    expect(x[1]).toBeCloseTo(1, 12);
  });
});

describe('normal equations', () => {
  const line = (from: number, to: number, rate: number, into = new NormalEquations(1)): NormalEquations => {
    for (let x = from; x < to; x += 1)
      into.add({ values: Float64Array.of(x), start: 0 }, 2 + rate * x + (x % 2 === 0 ? 0.1 : -0.1), 1);
    return into;
  };
  const slope = (equations: NormalEquations, penalty = 1e-9): number =>
    equations.solve(penalty)!.coefficients[0];

  test('a row of little weight hardly moves the line; one of full weight does', () => {
    const wild = { values: Float64Array.of(20), start: 0 };
    const at20 = (weight: number): number => {
      const equations = line(0, 40, 3);
      equations.add(wild, 5000, weight);
      return predict(equations.solve(1e-9)!, wild);
    };
    expect(Math.abs(at20(1e-3) - 62)).toBeLessThan(1);
    expect(Math.abs(at20(1) - 62)).toBeGreaterThan(50);
  });

  test('what is forgotten no longer counts', () => {
    const equations = line(0, 40, 3);
    equations.decay(1e-12);
    expect(slope(line(0, 40, -1, equations))).toBeCloseTo(-1, 2);
    expect(equations.rows).toBe(80);
    expect(equations.weight).toBeCloseTo(40, 6);
  });

  test('a high level does not eat the digits of a small variation', () => {
    const equations = new NormalEquations(1);
    for (let i = 0; i < 50; i += 1)
      equations.add({ values: Float64Array.of(1e6 + 1e-3 * (i % 7)), start: 0 }, 5 * (i % 7), 1);
    expect(slope(equations) / 5000).toBeCloseTo(1, 5);
  });

  test.each([1, 3, 4, 5, 11])('%d rows at once are the rows one by one, to the bit', (count) => {
    const values = Float64Array.from({ length: 3 * count }, (_, i) => Math.sin(1.7 * i) * 10 ** (i % 4));
    const targets = Float64Array.from({ length: count }, (_, i) => Math.cos(i));
    const weights = Float64Array.from({ length: count }, (_, i) => 1 / (1 + (i % 3)));
    const [together, oneByOne] = [new NormalEquations(3), new NormalEquations(3)];
    together.addRows(values, targets, weights);
    targets.forEach((target, i) => oneByOne.add({ values, start: 3 * i }, target, weights[i]));
    expect(together).toEqual(oneByOne);
    expect(together.solve(0.1)).toEqual(oneByOne.solve(0.1));
    expect([together.rows, together.weight]).toEqual([oneByOne.rows, oneByOne.weight]);
  });

  test('what is kept in half the room goes on as if nothing had happened, also far from zero and for columns that say the same', () => {
    const random = createRandom(5);
    // The third column is the sum of the first two but for a hair; the fourth never changes.
    const values = Float64Array.from({ length: 4 * 200 }, () => 1000 + random());
    for (let at = 0; at < values.length; at += 4) {
      values[at + 2] = values[at] + values[at + 1] + 1e-3 * random();
      values[at + 3] = 0.1;
    }
    const targets = Float64Array.from(
      { length: 200 },
      (_, i) => 3 * values[4 * i] - values[4 * i + 1] + random(),
    );
    const weights = new Float64Array(200).fill(1);
    const [whole, before, after] = [new NormalEquations(4), new NormalEquations(4), new NormalEquations(4)];
    whole.addRows(values, targets, weights);
    const kept = new Float32Array(NormalEquations.keptNumbers(4));
    after.continueFrom(kept);
    expect(after.rows).toBe(0);
    before.addRows(values.subarray(0, 4 * 90), targets.subarray(0, 90), weights.subarray(0, 90));
    before.keepIn(kept);
    after.continueFrom(kept);
    after.addRows(values.subarray(4 * 90), targets.subarray(90), weights.subarray(90));
    const [expected, actual] = [whole.solve(1e-4)!, after.solve(1e-4)!];
    expect(actual.coefficients[3]).toBe(0);
    expect([after.rows, after.weight]).toEqual([200, 200]);
    for (let at = 0; at < values.length; at += 40) {
      const row = { values, start: at };
      expect(predict(actual, row)).toBeCloseTo(predict(expected, row), 3);
    }
    expect(actual.coefficients[0]).toBeCloseTo(expected.coefficients[0], 4);
  });

  test('a constant column gets no weight, and a constant target is the answer', () => {
    const equations = new NormalEquations(2);
    for (let i = 0; i < 20; i += 1) equations.add({ values: Float64Array.of(i, 7), start: 0 }, i, 1);
    expect(equations.solve(0.001)!.coefficients[1]).toBe(0);
    const flat = new NormalEquations(1);
    for (let i = 0; i < 20; i += 1) flat.add({ values: Float64Array.of(i), start: 0 }, 4, 1);
    expect(flat.solve(0.1)).toEqual({ coefficients: Float64Array.of(0), intercept: 4 });
  });

  test('a larger penalty shrinks; no rows, no answer', () => {
    const slopes = [0, 0.1, 1, 10].map((penalty) => slope(line(0, 40, 3), penalty));
    expect([...slopes].sort((a, b) => b - a)).toEqual(slopes);
    expect(slopes[2]).toBeCloseTo(1.5, 1);
    expect(new NormalEquations(2).solve(1)).toBeUndefined();
  });
});

describe('a factor in place of a semidefinite matrix', () => {
  test.each([
    ['definite', [4, 2, 5, 1, 0, 3]],
    ['of one column twice', [4, 4, 4, 2, 2, 9]],
    ['with a column of zeros', [1, 0, 0, 0.5, 0, 2]],
    ['zero', [0, 0, 0, 0, 0, 0]],
  ])('%s: factor and square give it back, and a vector of its own comes through', (_, numbers) => {
    const matrix = Float64Array.from(numbers);
    // What the matrix makes of (1, 2, 3): solvable, whatever it is.
    const vector = matrixTimes(numbers, [1, 2, 3]);
    factorisePacked(matrix, 3);
    divideByFactor(matrix, vector);
    timesFactor(matrix, vector);
    squareFactor(matrix, 3);
    numbers.forEach((number, i) => expect(matrix[i]).toBeCloseTo(number, 12));
    matrixTimes(numbers, [1, 2, 3]).forEach((number, i) => expect(vector[i]).toBeCloseTo(number, 12));
  });

  function matrixTimes([a, b, c, d, e, f]: readonly number[], [x, y, z]: readonly number[]): Float64Array {
    return Float64Array.of(a * x + b * y + d * z, b * x + c * y + e * z, d * x + e * y + f * z);
  }
});

test('sorting from a nearly right order, from the reverse and from itself gives the same stable order', () => {
  const keys = Float64Array.from({ length: 400 }, (_, i) => (i * 7919) % 57);
  const order = argsort(keys);
  const nearly = order.slice();
  [nearly[3], nearly[9]] = [nearly[9], nearly[3]];
  for (const from of [order.slice(), nearly, order.slice().reverse()]) {
    sortAgain(keys, from);
    expect(from).toEqual(order);
  }
});

test.each([[[]], [[3]], [[2, 1]], [[5, 5, 5]], [Array.from({ length: 999 }, (_, i) => (i * 7919) % 101)]])(
  'argsort is stable and ascending',
  (keys: number[]) => {
    const order = argsort(Float64Array.from(keys));
    const expected = keys.map((_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b);
    expect([...order]).toEqual(expected);
  },
);

test('quantiles of nothing are NaN, of one value that value', () => {
  expect(quantileOfSorted(new Float64Array(0), 0.5)).toBeNaN();
  expect(quantileOfSorted(Float64Array.of(7), 0.99)).toBe(7);
  expect(medianOfMagnitudes(Float64Array.of(-5, 1, 2))).toBe(2);
});

test('the median of magnitudes is that of the sorted ones, whatever their order and ties', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, min: -1e9, max: 1e9 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (list) => {
      const values = Float64Array.from(list);
      const before = values.slice();
      expect(medianOfMagnitudes(values)).toBe(quantileOfSorted(values.map(Math.abs).sort(), 0.5));
      expect(values).toEqual(before);
      expect(medianOfSortedMagnitudes(values, argsort(values))).toBe(medianOfMagnitudes(values));
    }),
  );
  expect(medianOfMagnitudes(new Float64Array(0))).toBeNaN();
  expect(medianOfSortedMagnitudes(new Float64Array(0), [])).toBeNaN();
});

test('the cache forgets what was asked for longest ago, and never holds more than its capacity', () => {
  const cache = new LruCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([1, undefined, 3, 2]);
});
