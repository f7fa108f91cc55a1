import { solveCholesky } from './cholesky.ts';
import { divideByFactor, factorisePacked, squareFactor, timesFactor } from './packed-factor.ts';

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

/** Numbers that are kept beside those of the columns. */
const KEPT_SCALARS = 4;

/** So many rows are added at a time. */
const BLOCK_ROWS = 4;

interface RowBlock {
  /** Row behind row. */
  readonly rows: Float64Array;
  readonly weights: Float64Array;
  readonly targets: Float64Array;
}

function rowBlock(columns: number): RowBlock {
  return {
    rows: new Float64Array(BLOCK_ROWS * columns),
    weights: new Float64Array(BLOCK_ROWS),
    targets: new Float64Array(BLOCK_ROWS),
  };
}

/**
 * Weighted ridge regression (Hoerl and Kennard 1970) with an unpenalised intercept, kept as its normal equations: a row
 * is added in columns²/2 operations and never looked at again, and old rows are forgotten by a factor. Sums are taken
 * relative to the first row, so that a high level does not eat the digits of a small variation.
 */
export class NormalEquations {
  /** Of the rows that are added: the same for all, as nothing else is done meanwhile. */
  static #block = rowBlock(0);
  readonly #columns: number;
  /** Products of the columns (lower triangle, row by row), their sums, their moments with the target, the first row. */
  readonly #state: Float64Array;
  /** Where in it these begin. */
  readonly #sumsAt: number;
  readonly #momentsAt: number;
  readonly #referenceAt: number;
  #targetReference = 0;
  #targetSum = 0;
  #weightSum = 0;
  #rows = 0;

  constructor(columns: number) {
    this.#columns = columns;
    this.#sumsAt = (columns * (columns + 1)) / 2;
    this.#momentsAt = this.#sumsAt + columns;
    this.#referenceAt = this.#momentsAt + columns;
    this.#state = new Float64Array(this.#referenceAt + columns);
  }

  /** Rows added so far, forgotten or not. */
  get rows(): number {
    return this.#rows;
  }

  /** Sum of the weights that are not forgotten. */
  get weight(): number {
    return this.#weightSum;
  }

  /** How many numbers are kept of equations with so many columns. */
  static keptNumbers(columns: number): number {
    return (columns * (columns + 1)) / 2 + 3 * columns + KEPT_SCALARS;
  }

  /** Writes what was summed into `kept`, in half the room. Nothing can be added any more before what was kept is continued from. */
  keepIn(kept: Float32Array): void {
    this.#referToMean();
    factorisePacked(this.#products, this.#columns);
    divideByFactor(this.#products, this.#moments);
    kept.set(this.#state);
    const scalars = [this.#targetReference, this.#targetSum, this.#weightSum, this.#rows];
    kept.set(scalars, this.#state.length);
  }

  /** From zeros: from the beginning. */
  continueFrom(kept: Float32Array): void {
    const scalarsAt = this.#state.length;
    this.#state.set(kept.subarray(0, scalarsAt));
    [this.#targetReference, this.#targetSum, this.#weightSum, this.#rows] = kept.subarray(scalarsAt);
    timesFactor(this.#products, this.#moments);
    squareFactor(this.#products, this.#columns);
  }

  get #products(): Float64Array {
    return this.#state.subarray(0, this.#sumsAt);
  }

  get #moments(): Float64Array {
    return this.#state.subarray(this.#momentsAt, this.#referenceAt);
  }

  /** Takes the sums relative to the mean of the rows, in 4 bytes: relative to a row far from it, so few digits would not do. */
  #referToMean(): void {
    const weight = this.#weightSum;
    if (!(weight > 0)) return;
    const state = this.#state;
    const size = this.#columns;
    const [sumsAt, momentsAt, referenceAt] = [this.#sumsAt, this.#momentsAt, this.#referenceAt];
    const target = Math.fround(this.#targetReference + this.#targetSum / weight);
    const targetMove = target - this.#targetReference;
    const moves = new Float64Array(size);
    for (let i = 0; i < size; i += 1) {
      const reference = state[referenceAt + i];
      state[referenceAt + i] = Math.fround(reference + state[sumsAt + i] / weight);
      moves[i] = state[referenceAt + i] - reference;
    }
    for (let i = 0, line = 0; i < size; i += 1, line += i) {
      const move = moves[i];
      const sum = state[sumsAt + i];
      for (let j = 0; j <= i; j += 1)
        state[line + j] += weight * move * moves[j] - move * state[sumsAt + j] - moves[j] * sum;
      state[momentsAt + i] += weight * move * targetMove - move * this.#targetSum - targetMove * sum;
    }
    for (let i = 0; i < size; i += 1) state[sumsAt + i] -= weight * moves[i];
    this.#targetSum -= weight * targetMove;
    this.#targetReference = target;
  }

  /** All rows so far count `ratio` times what they did. */
  decay(ratio: number): void {
    const state = this.#state;
    for (let i = 0; i < this.#referenceAt; i += 1) state[i] *= ratio;
    this.#targetSum *= ratio;
    this.#weightSum *= ratio;
  }

  /** `weight`: above 0. */
  add({ values, start }: Row, target: number, weight: number): void {
    this.addRows(values.subarray(start, start + this.#columns), [target], [weight]);
  }

  /** `values`: row behind row; `weights`: above 0. */
  addRows(values: Float64Array, targets: ArrayLike<number>, weights: ArrayLike<number>): void {
    const count = targets.length;
    if (count === 0) return;
    if (this.#rows === 0) this.#takeReference(values, targets[0]);
    for (let from = 0; from < count; from += BLOCK_ROWS) {
      const block = this.#centred(values, from, Math.min(count, from + BLOCK_ROWS));
      for (let row = 0; row < BLOCK_ROWS && from + row < count; row += 1) {
        block.weights[row] = weights[from + row];
        block.targets[row] = targets[from + row] - this.#targetReference;
        this.#targetSum += block.weights[row] * block.targets[row];
        this.#weightSum += block.weights[row];
      }
      this.#addBlock(block);
    }
    this.#rows += count;
  }

  /** Rows [from, to) less the reference, in a block whose other rows weigh nothing. */
  #centred(values: Float64Array, from: number, to: number): RowBlock {
    const size = this.#columns;
    if (NormalEquations.#block.rows.length < BLOCK_ROWS * size) NormalEquations.#block = rowBlock(size);
    const block = NormalEquations.#block;
    block.weights.fill(0);
    const last = (to - from) * size;
    for (let at = 0, column = 0; at < last; at += 1, column = column + 1 < size ? column + 1 : 0)
      block.rows[at] = values[from * size + at] - this.#state[this.#referenceAt + column];
    block.rows.fill(0, last, BLOCK_ROWS * size);
    return block;
  }

  /** Each sum takes in the rows in their order, and is read and written once for all of them. */
  #addBlock({ rows, weights: [w0, w1, w2, w3], targets: [y0, y1, y2, y3] }: RowBlock): void {
    const size = this.#columns;
    const state = this.#state;
    const [second, third, fourth] = [size, 2 * size, 3 * size];
    for (let i = 0, line = 0; i < size; i += 1, line += i) {
      const a = w0 * rows[i];
      const b = w1 * rows[second + i];
      const c = w2 * rows[third + i];
      const d = w3 * rows[fourth + i];
      state[this.#sumsAt + i] = state[this.#sumsAt + i] + a + b + c + d;
      state[this.#momentsAt + i] = state[this.#momentsAt + i] + a * y0 + b * y1 + c * y2 + d * y3;
      for (let j = 0; j <= i; j += 1)
        state[line + j] =
          state[line + j] + a * rows[j] + b * rows[second + j] + c * rows[third + j] + d * rows[fourth + j];
    }
  }

  #takeReference(values: Float64Array, target: number): void {
    this.#state.set(values.subarray(0, this.#columns), this.#referenceAt);
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
    const state = this.#state;
    const [sumsAt, momentsAt] = [this.#sumsAt, this.#momentsAt];
    const matrix = new Float64Array(size * size);
    const solution = new Float64Array(size);
    const targetMean = this.#targetSum / weight;
    for (let i = 0, line = 0, from = 0; i < size; i += 1, line += size, from += i) {
      const mean = state[sumsAt + i] / weight;
      for (let j = 0; j <= i; j += 1)
        matrix[line + j] = (state[from + j] - mean * state[sumsAt + j]) / (deviations[i] * deviations[j]);
      matrix[line + i] += penalty * weight;
      if (rare !== undefined && i >= size - rare.columns) matrix[line + i] += rare.penalty * weight;
      solution[i] = (state[momentsAt + i] - state[sumsAt + i] * targetMean) / deviations[i];
    }
    if (!solveCholesky(matrix, solution)) return undefined;
    let intercept = this.#targetReference + targetMean;
    for (let i = 0; i < size; i += 1) {
      solution[i] /= deviations[i];
      intercept -= solution[i] * (state[this.#referenceAt + i] + state[sumsAt + i] / weight);
    }
    return { coefficients: solution, intercept };
  }

  /** Infinity for a constant column. */
  #deviations(): Float64Array {
    const deviations = new Float64Array(this.#columns);
    const state = this.#state;
    for (let i = 0, diagonal = 0; i < deviations.length; i += 1, diagonal += i + 1) {
      const mean = state[this.#sumsAt + i] / this.#weightSum;
      const variance = state[diagonal] / this.#weightSum - mean * mean;
      const deviation = Math.sqrt(Math.max(0, variance));
      const level = Math.abs(state[this.#referenceAt + i] + mean);
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
