import { solveCholesky } from './cholesky.ts';
import { medianOfMagnitudes } from './order-statistics.ts';

/** y = intercept + coefficients · x */
export interface LinearModel {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

export interface RegressionTask {
  /** Rows of `columns` numbers, row-major. */
  readonly matrix: Float64Array;
  /** One per row. */
  readonly targets: Float64Array;
  readonly columns: number;
  /** Ridge penalty on the squared coefficients of standardised columns, as a share of the sum of weights. */
  readonly penalty: number;
  /** 1: least squares. More: Huber's loss by iteratively reweighted least squares. */
  readonly iterations: number;
}

/** Errors beyond this many robust standard deviations count linearly (95 % efficient under normal errors, Huber 1964). */
const HUBER_DELTA = 1.345;
/** Median of magnitudes -> standard deviation, for normal errors. */
const SIGMA_PER_MEDIAN = 1.4826;
/** A column that varies less than this share of its mean is constant. */
const LEAST_VARIATION = 1e-9;

/**
 * Ridge regression (Hoerl and Kennard 1970) with an unpenalised intercept, robust by Huber's loss. Columns are
 * standardised, so the penalty and the answer do not depend on their units; a constant column gets coefficient 0.
 * undefined when the equations cannot be solved.
 */
export function fitHuberRidge(task: RegressionTask): LinearModel | undefined {
  const problem = standardised(task);
  const weights = new Float64Array(task.targets.length).fill(1);
  let fit: LinearModel | undefined;
  for (let iteration = 0; iteration < task.iterations; iteration += 1) {
    if (fit !== undefined) reweigh(weights, errorsOf(problem, fit));
    fit = solveWeighted(problem, weights);
    if (fit === undefined) return undefined;
  }
  return fit === undefined ? undefined : unstandardised(fit, problem);
}

interface StandardisedProblem {
  /** One array per column: sums of products then run along memory. */
  readonly columns: readonly Float64Array[];
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  readonly targets: Float64Array;
  readonly penalty: number;
}

/** Each column less its mean, over its deviation. A constant column becomes all zero. */
function standardised({ matrix, targets, columns, penalty }: RegressionTask): StandardisedProblem {
  const means = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  const rows = targets.length;
  const made = Array.from({ length: columns }, (_, j) => {
    const column = new Float64Array(rows);
    for (let row = 0, at = j; row < rows; row += 1, at += columns) {
      column[row] = matrix[at];
      means[j] += column[row];
    }
    means[j] /= rows;
    for (let row = 0; row < rows; row += 1) deviations[j] += (column[row] - means[j]) ** 2;
    const deviation = Math.sqrt(deviations[j] / rows);
    deviations[j] = deviation > LEAST_VARIATION * Math.abs(means[j]) ? deviation : Infinity;
    for (let row = 0; row < rows; row += 1) column[row] = (column[row] - means[j]) / deviations[j];
    return column;
  });
  return { columns: made, means, deviations, targets, penalty };
}

/** Weighted normal equations of the centred problem: (Z'WZ - s z z' + penalty s I) b = Z'Wy - s z y. */
function solveWeighted(problem: StandardisedProblem, weights: Float64Array): LinearModel | undefined {
  const { columns, targets, penalty } = problem;
  const size = columns.length;
  const gram = new Float64Array(size * size);
  const moments = new Float64Array(size);
  const means = new Float64Array(size);
  const weightSum = sum(weights);
  if (!(weightSum > 0)) return undefined;
  const targetMean = product(weights, targets) / weightSum;
  const weighted = new Float64Array(targets.length);
  for (let i = 0; i < size; i += 1) {
    const column = columns[i];
    for (let row = 0; row < weighted.length; row += 1) weighted[row] = weights[row] * column[row];
    means[i] = sum(weighted) / weightSum;
    moments[i] = product(weighted, targets) - weightSum * means[i] * targetMean;
    writeProducts(weighted, columns, gram, i);
    for (let j = 0; j <= i; j += 1) gram[i * size + j] -= weightSum * means[i] * means[j];
    gram[i * size + i] += penalty * weightSum;
  }
  if (!solveCholesky(gram, moments)) return undefined;
  return { coefficients: moments, intercept: targetMean - product(moments, means) };
}

/**
 * Row `i` of the lower triangle: products of `weighted` with the columns up to the i-th, four at a time, as reading
 * memory is what takes the time.
 */
function writeProducts(
  weighted: Float64Array,
  columns: readonly Float64Array[],
  gram: Float64Array,
  i: number,
): void {
  const line = i * columns.length;
  let j = 0;
  for (; j + 3 <= i; j += 4) {
    const [a, b, c, d] = [columns[j], columns[j + 1], columns[j + 2], columns[j + 3]];
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    for (let row = 0; row < weighted.length; row += 1) {
      const value = weighted[row];
      sumA += value * a[row];
      sumB += value * b[row];
      sumC += value * c[row];
      sumD += value * d[row];
    }
    gram[line + j] = sumA;
    gram[line + j + 1] = sumB;
    gram[line + j + 2] = sumC;
    gram[line + j + 3] = sumD;
  }
  for (; j <= i; j += 1) gram[line + j] = product(weighted, columns[j]);
}

function product(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i += 1) total += a[i] * b[i];
  return total;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += values[i];
  return total;
}

/** Errors of a fit in standardised columns. */
function errorsOf({ columns, targets }: StandardisedProblem, fit: LinearModel): Float64Array {
  const errors = new Float64Array(targets.length);
  for (let row = 0; row < errors.length; row += 1) errors[row] = targets[row] - fit.intercept;
  columns.forEach((column, j) => {
    const coefficient = fit.coefficients[j];
    for (let row = 0; row < errors.length; row += 1) errors[row] -= coefficient * column[row];
  });
  return errors;
}

/** Huber's weights: 1 up to the threshold, threshold / |error| beyond. All 1 where the fit is perfect. */
function reweigh(weights: Float64Array, errors: Float64Array): void {
  const robust = SIGMA_PER_MEDIAN * medianOfMagnitudes(errors);
  const scale = robust > 0 ? robust : sum(errors.map(Math.abs)) / errors.length;
  for (let i = 0; i < errors.length; i += 1) {
    const size = Math.abs(errors[i]);
    weights[i] = size > HUBER_DELTA * scale ? (HUBER_DELTA * scale) / size : 1;
  }
}

function unstandardised(fit: LinearModel, { means, deviations }: StandardisedProblem): LinearModel {
  const coefficients = fit.coefficients.map((value, j) => value / deviations[j]);
  return { coefficients, intercept: fit.intercept - product(coefficients, means) };
}
