import { solveCholesky } from './cholesky.ts';

/** y = intercept + coefficients · x */
export interface LinearModel {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** A row of numbers within a larger array. */
export interface Row {
  readonly values: Float64Array;
  readonly start: number;
}

/** A column that varies less than this share of the level at which it lies is constant. */
const LEAST_VARIATION = 1e-9;

/**
 * Weighted ridge regression (Hoerl and Kennard 1970) with an unpenalised intercept, kept as its normal equations: a row
 * is added in columns²/2 operations and never looked at again, and old rows are forgotten by a factor. Sums are taken
 * relative to the first row, so that a high level does not eat the digits of a small variation.
 */
export class NormalEquations {
  readonly #columns: number;
  /** Products of the columns, lower triangle, row-major. */
  readonly #products: Float64Array;
  readonly #sums: Float64Array;
  readonly #moments: Float64Array;
  readonly #reference: Float64Array;
  readonly #row: Float64Array;
  #targetReference = 0;
  #targetSum = 0;
  #weightSum = 0;
  #rows = 0;

  constructor(columns: number) {
    this.#columns = columns;
    this.#products = new Float64Array(columns * columns);
    this.#sums = new Float64Array(columns);
    this.#moments = new Float64Array(columns);
    this.#reference = new Float64Array(columns);
    this.#row = new Float64Array(columns);
  }

  /** Rows added so far, forgotten or not. */
  get rows(): number {
    return this.#rows;
  }

  /** Sum of the weights that are not forgotten. */
  get weight(): number {
    return this.#weightSum;
  }

  /** All rows so far count `ratio` times what they did. */
  decay(ratio: number): void {
    for (const sums of [this.#products, this.#sums, this.#moments])
      for (let i = 0; i < sums.length; i += 1) sums[i] *= ratio;
    this.#targetSum *= ratio;
    this.#weightSum *= ratio;
  }

  /** `weight`: above 0. */
  add({ values, start }: Row, target: number, weight: number): void {
    if (this.#rows === 0) this.#takeReference(values, start, target);
    const size = this.#columns;
    const row = this.#row;
    const products = this.#products;
    const y = target - this.#targetReference;
    for (let i = 0; i < size; i += 1) row[i] = values[start + i] - this.#reference[i];
    for (let i = 0, line = 0; i < size; i += 1, line += size) {
      const weighted = weight * row[i];
      this.#sums[i] += weighted;
      this.#moments[i] += weighted * y;
      for (let j = 0; j <= i; j += 1) products[line + j] += weighted * row[j];
    }
    this.#targetSum += weight * y;
    this.#weightSum += weight;
    this.#rows += 1;
  }

  #takeReference(values: Float64Array, start: number, target: number): void {
    this.#reference.set(values.subarray(start, start + this.#columns));
    this.#targetReference = target;
  }

  /**
   * `penalty`: on the squared coefficients of standardised columns, as a share of the sum of weights. A constant column
   * gets coefficient 0. The last columns may have a `rare` penalty of their own on top. undefined when the equations cannot
   * be solved.
   */
  solve(
    penalty: number,
    rare?: { readonly columns: number; readonly penalty: number },
  ): LinearModel | undefined {
    const size = this.#columns;
    const weight = this.#weightSum;
    if (!(weight > 0)) return undefined;
    const deviations = this.#deviations();
    const matrix = new Float64Array(size * size);
    const solution = new Float64Array(size);
    const targetMean = this.#targetSum / weight;
    for (let i = 0, line = 0; i < size; i += 1, line += size) {
      const mean = this.#sums[i] / weight;
      for (let j = 0; j <= i; j += 1)
        matrix[line + j] =
          (this.#products[line + j] - mean * this.#sums[j]) / (deviations[i] * deviations[j]);
      matrix[line + i] += penalty * weight;
      if (rare !== undefined && i >= size - rare.columns) matrix[line + i] += rare.penalty * weight;
      solution[i] = (this.#moments[i] - this.#sums[i] * targetMean) / deviations[i];
    }
    if (!solveCholesky(matrix, solution)) return undefined;
    let intercept = this.#targetReference + targetMean;
    for (let i = 0; i < size; i += 1) {
      solution[i] /= deviations[i];
      intercept -= solution[i] * (this.#reference[i] + this.#sums[i] / weight);
    }
    return { coefficients: solution, intercept };
  }

  /** Infinity for a constant column. */
  #deviations(): Float64Array {
    const deviations = new Float64Array(this.#columns);
    for (let i = 0; i < deviations.length; i += 1) {
      const mean = this.#sums[i] / this.#weightSum;
      const variance = this.#products[i * this.#columns + i] / this.#weightSum - mean * mean;
      const deviation = Math.sqrt(Math.max(0, variance));
      const level = Math.abs(this.#reference[i] + mean);
      deviations[i] = deviation > LEAST_VARIATION * level ? deviation : Infinity;
    }
    return deviations;
  }
}

/** The answer of `model` for a row. */
export function predict({ coefficients, intercept }: LinearModel, { values, start }: Row): number {
  let value = intercept;
  for (let j = 0; j < coefficients.length; j += 1) value += coefficients[j] * values[start + j];
  return value;
}
