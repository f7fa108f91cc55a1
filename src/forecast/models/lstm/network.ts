/**
 * The network as numbers: what an artefact carries and what serves it.
 *
 * An LSTM (Hochreiter and Schmidhuber 1997, with forget gates after Gers et al. 2000) reads the rows of the last
 * origins. From its state and what it is told of a step, a small dense layer tells, per step of the horizon, how much
 * of each expert to believe (a softmax over the base and the experts: the forecast never leaves the span of forecasts
 * that a person could have made) and how far the quantiles lie from the median, in the base's expected errors.
 */
import { EXPERTS } from './experts.ts';
import { STEP_COLUMNS } from './network-inputs.ts';

export interface NetworkShape {
  readonly rowColumns: number;
  /** So many rows, the newest last. */
  readonly windowRows: number;
  readonly units: number;
  readonly headUnits: number;
}

/** Row-major; gates in the order input, forget, cell, output (as Keras has them). */
export interface NetworkWeights {
  /** [rowColumns][4 * units] */
  readonly inputKernel: Float32Array;
  /** [units][4 * units] */
  readonly recurrentKernel: Float32Array;
  /** [4 * units] */
  readonly gateBias: Float32Array;
  /** [units][headUnits] */
  readonly stateKernel: Float32Array;
  /** [STEP_COLUMNS][headUnits] */
  readonly stepKernel: Float32Array;
  /** [headUnits] */
  readonly headBias: Float32Array;
  /** [headUnits][OUTPUTS] */
  readonly outputKernel: Float32Array;
  /** [OUTPUTS] */
  readonly outputBias: Float32Array;
}
export type WeightName = keyof NetworkWeights;

export interface Network {
  readonly shape: NetworkShape;
  /** Subtracted from each column of a row, and what it is divided by; 0: the column is not used. */
  readonly means: Float32Array;
  readonly deviations: Float32Array;
  readonly weights: NetworkWeights;
}

/** Believed in: the base, the experts. */
export const CHOICES = 1 + EXPERTS;
/** Per step: a logit per choice, then the distances of the quantiles 0.1, 0.9 and from there 0.95 (before softplus). */
export const OUTPUTS = CHOICES + 3;
/** Quantiles that the loss is taken over. */
export const TRAINED_LEVELS = [0.1, 0.5, 0.9, 0.95] as const;

/** Columns are bounded to so many deviations: what was never seen must not rule. */
export const MOST_DEVIATIONS = 5;

export function weightSizes({ rowColumns, units, headUnits }: NetworkShape): Record<WeightName, number> {
  return {
    inputKernel: rowColumns * 4 * units,
    recurrentKernel: units * 4 * units,
    gateBias: 4 * units,
    stateKernel: units * headUnits,
    stepKernel: STEP_COLUMNS * headUnits,
    headBias: headUnits,
    outputKernel: headUnits * OUTPUTS,
    outputBias: OUTPUTS,
  };
}

/** Columns less their mean over their deviation, bounded, from `from` into `into` (which may be `from`). NaN: the mean. */
export function standardise({ means, deviations }: Network, from: Float32Array, into: Float32Array): void {
  for (let column = 0; column < means.length; column += 1) {
    const deviation = deviations[column];
    const isTold = deviation > 0 && from[column] === from[column];
    const value = isTold ? (from[column] - means[column]) / deviation : 0;
    into[column] = Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, value));
  }
}
