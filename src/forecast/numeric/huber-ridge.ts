import { solveCholesky } from './cholesky.ts';
import { medianOfMagnitudes } from './order-statistics.ts';

/** y = intercept + coefficients · x */
export interface LinearModel {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

export interface RegressionTask {
  /** Rows of `columns` numbers, row-major. Overwritten with the standardised columns. */
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
  const { means, deviations } = standardise(task);
  const weights = new Float64Array(task.targets.length).fill(1);
  let fit: LinearModel | undefined;
  for (let iteration = 0; iteration < task.iterations; iteration += 1) {
    if (fit !== undefined) reweigh(weights, errorsOf(task, fit));
    fit = solveWeighted(task, weights);
    if (fit === undefined) return undefined;
  }
  return fit === undefined ? undefined : unstandardised(fit, means, deviations);
}

/** Subtracts each column's mean and divides by its deviation, in place. A constant column becomes all zero. */
function standardise({ matrix, targets, columns }: RegressionTask): {
  means: Float64Array;
  deviations: Float64Array;
} {
  const rows = targets.length;
  const means = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  for (let at = 0; at < rows * columns;) for (let j = 0; j < columns; j += 1) means[j] += matrix[at++];
  for (let j = 0; j < columns; j += 1) means[j] /= rows;
  for (let at = 0; at < rows * columns;)
    for (let j = 0; j < columns; j += 1) deviations[j] += (matrix[at++] - means[j]) ** 2;
  for (let j = 0; j < columns; j += 1) {
    const deviation = Math.sqrt(deviations[j] / rows);
    deviations[j] = deviation > LEAST_VARIATION * Math.abs(means[j]) ? deviation : Infinity;
  }
  for (let at = 0; at < rows * columns;)
    for (let j = 0; j < columns; j += 1, at += 1) matrix[at] = (matrix[at] - means[j]) / deviations[j];
  return { means, deviations };
}

/** Weighted normal equations of the centred problem: (Z'WZ - s z z' + penalty s I) b = Z'Wy - s z y. */
function solveWeighted(task: RegressionTask, weights: Float64Array): LinearModel | undefined {
  const { columns, penalty } = task;
  const gram = new Float64Array(columns * columns);
  const moments = new Float64Array(columns);
  const means = new Float64Array(columns);
  const { weightSum, targetSum } = accumulate(task, weights, { gram, moments, means });
  if (!(weightSum > 0)) return undefined;
  const targetMean = targetSum / weightSum;
  for (let i = 0; i < columns; i += 1) means[i] /= weightSum;
  for (let i = 0; i < columns; i += 1) {
    for (let j = 0; j <= i; j += 1) gram[i * columns + j] -= weightSum * means[i] * means[j];
    gram[i * columns + i] += penalty * weightSum;
    moments[i] -= weightSum * means[i] * targetMean;
  }
  if (!solveCholesky(gram, moments)) return undefined;
  let intercept = targetMean;
  for (let i = 0; i < columns; i += 1) intercept -= moments[i] * means[i];
  return { coefficients: moments, intercept };
}

/** Sums over the rows: lower triangle of Z'WZ, Z'Wy, Z'W1; returns the sums of the weights and weighted targets. */
function accumulate(
  { matrix, targets, columns }: RegressionTask,
  weights: Float64Array,
  { gram, moments, means }: { gram: Float64Array; moments: Float64Array; means: Float64Array },
): { weightSum: number; targetSum: number } {
  let weightSum = 0;
  let targetSum = 0;
  for (let row = 0, base = 0; row < targets.length; row += 1, base += columns) {
    const weight = weights[row];
    weightSum += weight;
    targetSum += weight * targets[row];
    for (let i = 0; i < columns; i += 1) {
      const weighted = weight * matrix[base + i];
      if (weighted === 0) continue;
      means[i] += weighted;
      moments[i] += weighted * targets[row];
      const line = i * columns;
      for (let j = 0; j <= i; j += 1) gram[line + j] += weighted * matrix[base + j];
    }
  }
  return { weightSum, targetSum };
}

/** Errors of a fit in standardised columns. */
function errorsOf({ matrix, targets, columns }: RegressionTask, fit: LinearModel): Float64Array {
  const errors = new Float64Array(targets.length);
  for (let row = 0, base = 0; row < targets.length; row += 1, base += columns) {
    let value = fit.intercept;
    for (let j = 0; j < columns; j += 1) value += fit.coefficients[j] * matrix[base + j];
    errors[row] = targets[row] - value;
  }
  return errors;
}

/** Huber's weights: 1 up to the threshold, threshold / |error| beyond. All 1 where the fit is perfect. */
function reweigh(weights: Float64Array, errors: Float64Array): void {
  const robust = SIGMA_PER_MEDIAN * medianOfMagnitudes(errors);
  const scale = robust > 0 ? robust : errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length;
  for (let i = 0; i < errors.length; i += 1) {
    const size = Math.abs(errors[i]);
    weights[i] = size > HUBER_DELTA * scale ? (HUBER_DELTA * scale) / size : 1;
  }
}

function unstandardised(fit: LinearModel, means: Float64Array, deviations: Float64Array): LinearModel {
  const coefficients = fit.coefficients.map((value, j) => value / deviations[j]);
  const shift = coefficients.reduce((sum, value, j) => sum + value * means[j], 0);
  return { coefficients, intercept: fit.intercept - shift };
}
