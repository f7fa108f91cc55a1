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

function factorise(matrix: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * size + j];
      for (let k = 0; k < j; k += 1) sum -= matrix[i * size + k] * matrix[j * size + k];
      if (j < i) {
        matrix[i * size + j] = sum / matrix[j * size + j];
        continue;
      }
      if (!(sum > 0)) return false;
      matrix[i * size + i] = Math.sqrt(sum);
    }
  }
  return true;
}
