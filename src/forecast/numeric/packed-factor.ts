/** A pivot below this share of its diagonal is what rounding left. */
const LEAST_PIVOT_RATIO = 1e-12;

/**
 * Cholesky's factor of a positive semidefinite matrix, in place; both are lower triangles, row by row. Columns that those before
 * them explain are 0. In four bytes a number the factor says as much of what hardly varies as the matrix in eight
 * (square-root filters: Bierman 1977).
 */
export function factorisePacked(matrix: Float64Array, size: number): void {
  for (let i = 0, row = 0; i < size; i += 1, row += i) {
    for (let j = 0, column = 0; j <= i; j += 1, column += j) {
      const before = matrix[row + j];
      let sum = before;
      for (let k = 0; k < j; k += 1) sum -= matrix[row + k] * matrix[column + k];
      if (j < i) matrix[row + j] = matrix[column + j] > 0 ? sum / matrix[column + j] : 0;
      else matrix[row + j] = sum > LEAST_PIVOT_RATIO * before ? Math.sqrt(sum) : 0;
    }
  }
}

/** Solves factor * x = `rightSide` in place; 0 for columns that are 0. */
export function divideByFactor(factor: Float64Array, rightSide: Float64Array): void {
  for (let i = 0, row = 0; i < rightSide.length; i += 1, row += i) {
    let sum = rightSide[i];
    for (let k = 0; k < i; k += 1) sum -= factor[row + k] * rightSide[k];
    rightSide[i] = factor[row + i] > 0 ? sum / factor[row + i] : 0;
  }
}

/** factor * `vector`, in place. */
export function timesFactor(factor: Float64Array, vector: Float64Array): void {
  for (let i = vector.length - 1; i >= 0; i -= 1) {
    const row = (i * (i + 1)) / 2;
    let sum = 0;
    for (let k = 0; k <= i; k += 1) sum += factor[row + k] * vector[k];
    vector[i] = sum;
  }
}

/** The matrix that has this factor, in place. */
export function squareFactor(factor: Float64Array, size: number): void {
  for (let i = size - 1; i >= 0; i -= 1) {
    const row = (i * (i + 1)) / 2;
    for (let j = i; j >= 0; j -= 1) {
      const column = (j * (j + 1)) / 2;
      let sum = 0;
      for (let k = 0; k <= j; k += 1) sum += factor[row + k] * factor[column + k];
      factor[row + j] = sum;
    }
  }
}
