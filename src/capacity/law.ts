/**
 * Least squares for the Universal Scalability Law (N. Gunther 2007) in relative terms: ln of what one of N replicas
 * completes = ln gamma - ln(1 + contention (N-1) + coherency N (N-1)). Here both coefficients may come out negative;
 * what that means is for the caller to say.
 */

/** [ln gamma, contention, coherency] */
export type LawParameters = readonly [number, number, number];

/** All samples of one replica count. */
export interface CountGroup {
  readonly replicas: number;
  readonly samples: number;
  /** Mean of ln(rate per replica). */
  readonly meanLog: number;
}

/** ln of what each of `replicas` does; NaN where the law has no value. */
export function logRateAt([logRate, contention, coherency]: LawParameters, replicas: number): number {
  return logRate - Math.log(1 + contention * (replicas - 1) + coherency * replicas * (replicas - 1));
}

/** Derivatives of `logRateAt` by the three parameters. */
export function slopesAt([, contention, coherency]: LawParameters, replicas: number): LawParameters {
  const pairs = replicas * (replicas - 1);
  const slowdown = 1 + contention * (replicas - 1) + coherency * pairs;
  return [1, -(replicas - 1) / slowdown, -pairs / slowdown];
}

/** Sum over all samples of (group mean - law) squared; Infinity outside of the law's domain. */
export function misfit(groups: readonly CountGroup[], parameters: LawParameters): number {
  let sum = 0;
  for (const { replicas, samples, meanLog } of groups)
    sum += samples * (meanLog - logRateAt(parameters, replicas)) ** 2;
  return Number.isNaN(sum) ? Infinity : sum;
}

const MAX_STEPS = 60;
const MIN_GAIN_RATIO = 1e-12;
const MAX_DAMPING = 1e12;

/** Levenberg and Marquardt from `start`, moving only the parameters in `free` (indexes). */
export function fitLaw(
  groups: readonly CountGroup[],
  start: LawParameters,
  free: readonly number[],
): LawParameters {
  let parameters = start;
  let best = misfit(groups, parameters);
  let damping = 1e-3;
  for (let step = 0; step < MAX_STEPS && damping < MAX_DAMPING; step += 1) {
    const moved = stepFrom(groups, parameters, { free, damping });
    const reached = misfit(groups, moved);
    if (!(reached < best)) {
      damping *= 10;
      continue;
    }
    const gain = best - reached;
    parameters = moved;
    best = reached;
    damping = Math.max(1e-9, damping / 10);
    if (gain <= MIN_GAIN_RATIO * reached) break;
  }
  return parameters;
}

function stepFrom(
  groups: readonly CountGroup[],
  parameters: LawParameters,
  { free, damping }: { readonly free: readonly number[]; readonly damping: number },
): LawParameters {
  const { squares, pulls } = normalEquations(groups, parameters);
  const matrix = free.map((row) =>
    free.map((column) => squares[row][column] * (row === column ? 1 + damping : 1)),
  );
  const inverse = inverseOf(matrix);
  const moved = [...parameters];
  if (inverse !== undefined)
    free.forEach((row, i) => {
      moved[row] += free.reduce((sum, column, j) => sum + inverse[i][j] * pulls[column], 0);
    });
  return moved as unknown as LawParameters;
}

/** J'J and J'r. */
export function normalEquations(
  groups: readonly CountGroup[],
  parameters: LawParameters,
): { readonly squares: number[][]; readonly pulls: number[] } {
  const squares = [0, 1, 2].map(() => [0, 0, 0]);
  const pulls = [0, 0, 0];
  for (const { replicas, samples, meanLog } of groups) {
    const slopes = slopesAt(parameters, replicas);
    const residual = meanLog - logRateAt(parameters, replicas);
    for (let i = 0; i < 3; i += 1) {
      pulls[i] += samples * slopes[i] * residual;
      for (let j = 0; j < 3; j += 1) squares[i][j] += samples * slopes[i] * slopes[j];
    }
  }
  return { squares, pulls };
}

/** By Gauss and Jordan, rows and columns scaled by the diagonal; undefined for a matrix that has no inverse. */
export function inverseOf(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const size = matrix.length;
  const scale = matrix.map((row, i) => 1 / Math.sqrt(row[i]));
  const rows = matrix.map((row, i) => [
    ...row.map((value, j) => value * scale[i] * scale[j]),
    ...row.map((_, j) => (i === j ? 1 : 0)),
  ]);
  for (let k = 0; k < size; k += 1) {
    // What is left of a scaled diagonal of 1: at rounding, the parameters cannot be told apart.
    if (!(rows[k][k] > 1e-14)) return undefined;
    const pivot = rows[k].map((value) => value / rows[k][k]);
    rows.forEach((row, i) => {
      const factor = row[k];
      if (i !== k) row.forEach((value, j) => (row[j] = value - factor * pivot[j]));
    });
    rows[k] = pivot;
  }
  return rows.map((row, i) => row.slice(size).map((value, j) => value * scale[i] * scale[j]));
}
