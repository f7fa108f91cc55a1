/**
 * Solves `matrix` x = `rightSide` for a symmetric positive definite matrix (row-major, only the lower triangle is
 * read) by Cholesky's factorisation, in place: the lower triangle becomes the factor, the right side the solution.
 * False, with both spoilt, when the matrix is not positive definite. Golub and Van Loan, Matrix Computations, 4.2.
 */
export function solveCholesky(matrix: Float64Array, rightSide: Float64Array): boolean {
  const size = rightSide.length;
  if (!factorise(matrix, size)) return false;
  for (let i = 0; i < size; i += 1) {
    let sum = rightSide[i];
    for (let k = 0; k < i; k += 1) sum -= matrix[i * size + k] * rightSide[k];
    rightSide[i] = sum / matrix[i * size + i];
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    let sum = rightSide[i];
    for (let k = i + 1; k < size; k += 1) sum -= matrix[k * size + i] * rightSide[k];
    rightSide[i] = sum / matrix[i * size + i];
  }
  return true;
}

/** Column by column: what a column takes from those behind it is many short sums that do not wait for each other. */
function factorise(matrix: Float64Array, size: number): boolean {
  for (let k = 0; k < size; k += 1) {
    const square = matrix[k * size + k];
    if (!(square > 0)) return false;
    const root = Math.sqrt(square);
    matrix[k * size + k] = root;
    for (let i = k + 1; i < size; i += 1) matrix[i * size + k] /= root;
    for (let i = k + 1; i < size; i += 1) {
      const factor = matrix[i * size + k];
      for (let j = k + 1, at = i * size + k + 1; j <= i; j += 1, at += 1)
        matrix[at] -= factor * matrix[j * size + k];
    }
  }
  return true;
}
