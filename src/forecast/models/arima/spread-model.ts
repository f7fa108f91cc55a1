import { type LinearModel, NormalEquations, predict, type Row } from '../../numeric/normal-equations.ts';

/** log |error| as a regression, kept within a factor of what is usual. */
export interface SpreadModel {
  readonly model: LinearModel;
  readonly lowestLog: number;
  readonly highestLog: number;
}

/** Numbers that are kept beside the equations. */
const KEPT_SCALARS = 3;
const PENALTY = 1e-2;
/** Errors smaller than this share of the mean one are as good as this share: log 0 must not rule. */
const LEAST_ERROR_RATIO = 0.05;
/** An expected error differs from the usual one by at most this factor. */
const MOST_FACTOR = 8;
/** No error is expected to be smaller than this share of the scale's unit: it is divided by. */
const LEAST_SPREAD_RATIO = 1e-6;

/** Errors with the regressors of their size. */
export interface ErrorRows {
  readonly matrix: Float64Array;
  readonly sizes: Float64Array;
  /** The scale's unit. */
  readonly unit: number;
}

/** Multiplicative heteroscedasticity: the log of the error's size is linear in the regressors (Harvey 1976). */
export class SpreadRegression {
  readonly #equations: NormalEquations;
  #sizeSum = 0;
  #logSum = 0;
  #count = 0;

  constructor(columns: number) {
    this.#equations = new NormalEquations(columns);
  }

  static keptNumbers(columns: number): number {
    return NormalEquations.keptNumbers(columns) + KEPT_SCALARS;
  }

  keepIn(kept: Float32Array): void {
    const scalarsAt = kept.length - KEPT_SCALARS;
    this.#equations.keepIn(kept.subarray(0, scalarsAt));
    kept.set([this.#sizeSum, this.#logSum, this.#count], scalarsAt);
  }

  /** From zeros: from the beginning. */
  continueFrom(kept: Float32Array): void {
    const scalarsAt = kept.length - KEPT_SCALARS;
    this.#equations.continueFrom(kept.subarray(0, scalarsAt));
    [this.#sizeSum, this.#logSum, this.#count] = kept.subarray(scalarsAt);
  }

  decay(ratio: number): void {
    this.#equations.decay(ratio);
    this.#sizeSum *= ratio;
    this.#logSum *= ratio;
    this.#count *= ratio;
  }

  add({ matrix, sizes, unit }: ErrorRows): void {
    const meanSize =
      this.#count > 0 ? this.#sizeSum / this.#count : sizes.reduce((a, b) => a + b, 0) / sizes.length;
    const offset = LEAST_ERROR_RATIO * meanSize + LEAST_SPREAD_RATIO * unit;
    const logs = sizes.map((size) => Math.log(size + offset));
    this.#equations.addRows(matrix, logs, new Float64Array(logs.length).fill(1));
    for (let i = 0; i < sizes.length; i += 1) {
      this.#sizeSum += sizes[i];
      this.#logSum += logs[i];
      this.#count += 1;
    }
  }

  solve(): SpreadModel | undefined {
    const model = this.#equations.solve(PENALTY);
    if (model === undefined) return undefined;
    const usual = this.#logSum / this.#count;
    return { model, lowestLog: usual - Math.log(MOST_FACTOR), highestLog: usual + Math.log(MOST_FACTOR) };
  }
}

/** The size of the error to be expected, above 0. */
export function spreadOf({ model, lowestLog, highestLog }: SpreadModel, row: Row): number {
  return Math.exp(Math.min(highestLog, Math.max(lowestLog, predict(model, row))));
}
