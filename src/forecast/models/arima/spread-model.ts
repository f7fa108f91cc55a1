import { fitHuberRidge, type LinearModel } from '../../numeric/huber-ridge.ts';
import { quantileOfSorted } from '../../numeric/order-statistics.ts';
import { type FeatureSource, writeSpreadColumns } from './features.ts';

/** log |error| as a regression, kept within what the fit has seen, brought back to the mean error's size. */
export interface SpreadModel {
  readonly model: LinearModel;
  readonly lowestLog: number;
  readonly highestLog: number;
  readonly ratio: number;
  readonly least: number;
}

export interface FittedRows {
  readonly matrix: Float64Array;
  readonly targets: Float64Array;
  readonly origins: readonly number[];
  readonly value: LinearModel;
  /** The scale's unit for the fit's history. */
  readonly unit: number;
}

const PENALTY = 1e-2;
/** Errors smaller than this share of the mean one are as good as this share: log 0 must not rule. */
const LEAST_ERROR_RATIO = 0.05;
/** An expected error differs from the median expectation by at most this factor. */
const MOST_FACTOR = 8;
/** No error is expected to be smaller than this share of the scale's unit: it is divided by. */
const LEAST_SPREAD_RATIO = 1e-6;

/** Multiplicative heteroscedasticity: the log of the error's size is linear in the regressors (Harvey 1976). */
export function fitSpread(source: FeatureSource, rows: FittedRows): SpreadModel | undefined {
  const { plan } = source;
  const columns = plan.originColumns + plan.targetColumns;
  const forecasts = rows.targets.map((_, i) => forecastOf(rows, i, columns));
  const sizes = rows.targets.map((target, i) => Math.abs(target - forecasts[i]));
  const meanSize = mean(sizes);
  const least = LEAST_SPREAD_RATIO * rows.unit;
  const offset = LEAST_ERROR_RATIO * meanSize + least;
  const matrix = new Float64Array(rows.targets.length * plan.spreadColumns);
  rows.origins.forEach((origin, i) => {
    const row = { values: rows.matrix, start: i * columns };
    const into = { values: matrix, start: i * plan.spreadColumns };
    writeSpreadColumns(source, origin, { row, forecast: forecasts[i] }, into);
  });
  const model = fitHuberRidge({
    matrix,
    targets: sizes.map((size) => Math.log(size + offset)),
    columns: plan.spreadColumns,
    penalty: PENALTY,
    iterations: 1,
  });
  return model && bounded(model, matrix, { meanSize, least });
}

/** exp of the expected log, within the bounds. */
export function spreadOf({ lowestLog, highestLog, ratio, least }: SpreadModel, expectedLog: number): number {
  return Math.max(least, ratio * Math.exp(Math.min(highestLog, Math.max(lowestLog, expectedLog))));
}

function bounded(
  model: LinearModel,
  regressors: Float64Array,
  { meanSize, least }: { meanSize: number; least: number },
): SpreadModel {
  const columns = model.coefficients.length;
  const logs = new Float64Array(regressors.length / columns);
  for (let row = 0; row < logs.length; row += 1) {
    let value = model.intercept;
    for (let j = 0; j < columns; j += 1) value += model.coefficients[j] * regressors[row * columns + j];
    logs[row] = value;
  }
  logs.sort();
  const median = quantileOfSorted(logs, 0.5);
  const lowestLog = Math.max(quantileOfSorted(logs, 0.01), median - Math.log(MOST_FACTOR));
  const highestLog = Math.min(quantileOfSorted(logs, 0.99), median + Math.log(MOST_FACTOR));
  const unit = { model, lowestLog, highestLog, ratio: 1, least: 0 };
  return { ...unit, least, ratio: meanSize / mean(logs.map((log) => spreadOf(unit, log))) };
}

function forecastOf({ matrix, value }: FittedRows, row: number, columns: number): number {
  let forecast = value.intercept;
  for (let j = 0; j < columns; j += 1) forecast += value.coefficients[j] * matrix[row * columns + j];
  return forecast;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
