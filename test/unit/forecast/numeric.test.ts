import { describe, expect, test } from 'vitest';
import { argsort } from '../../../src/forecast/numeric/argsort.ts';
import { solveCholesky } from '../../../src/forecast/numeric/cholesky.ts';
import { fitHuberRidge } from '../../../src/forecast/numeric/huber-ridge.ts';
import { medianOfMagnitudes, quantileOfSorted } from '../../../src/forecast/numeric/order-statistics.ts';
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

describe('Huber ridge', () => {
  const line = (outlier: number) => {
    const x = Float64Array.from({ length: 40 }, (_, i) => i);
    const targets = x.map((value, i) => 2 + 3 * value + (i % 2 === 0 ? 0.1 : -0.1));
    targets[20] += outlier;
    return { matrix: x, targets, columns: 1, penalty: 1e-9 };
  };

  test('one wild value hardly moves the line; least squares it does', () => {
    const robust = fitHuberRidge({ ...line(5000), iterations: 8 })!;
    const squares = fitHuberRidge({ ...line(5000), iterations: 1 })!;
    expect(Math.abs(robust.intercept + 20 * robust.coefficients[0] - 62)).toBeLessThan(1);
    expect(Math.abs(squares.intercept + 20 * squares.coefficients[0] - 62)).toBeGreaterThan(50);
  });

  test('a constant column gets no weight', () => {
    const matrix = Float64Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? i : 7));
    const fit = fitHuberRidge({
      matrix,
      targets: new Float64Array(20).map((_, i) => i),
      columns: 2,
      penalty: 0.001,
      iterations: 2,
    })!;
    expect(fit.coefficients[1]).toBe(0);
    expect(fit.coefficients[0]).toBeCloseTo(0.5, 2);
  });

  test('a perfect fit stays one', () => {
    const constant = { matrix: new Float64Array(20), targets: new Float64Array(20).fill(4), columns: 1 };
    expect(fitHuberRidge({ ...constant, penalty: 0.1, iterations: 3 })!.intercept).toBe(4);
  });

  test('a larger penalty shrinks', () => {
    const slopes = [0, 0.1, 1, 10].map(
      (penalty) => fitHuberRidge({ ...line(0), penalty, iterations: 1 })!.coefficients[0],
    );
    expect([...slopes].sort((a, b) => b - a)).toEqual(slopes);
    expect(slopes[2]).toBeCloseTo(1.5, 1);
  });
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

test('the cache forgets what was asked for longest ago, and never holds more than its capacity', () => {
  const cache = new LruCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([1, undefined, 3, 2]);
});
