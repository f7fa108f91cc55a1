import type { Tensor1D } from '@tensorflow/tfjs-core';
import { EXPERTS } from '../forecast/models/lstm/experts.ts';
import { type Network, standardise } from '../forecast/models/lstm/network.ts';
import { STEP_COLUMNS, writeStepInputs } from '../forecast/models/lstm/network-inputs.ts';
import type { Tensorflow } from '../infer/tensorflow.ts';
import type { SeriesExamples } from './series-examples.ts';
import type { TensorInputs } from './tensor-network.ts';

/** One window: the origin's place in its series. */
export interface Pick {
  readonly series: SeriesExamples;
  readonly index: number;
}

export interface Batch extends TensorInputs {
  /** [windows * steps]: (actual - base) / expected error; 0 where the weight is 0. */
  readonly errors: Tensor1D;
  readonly weights: Tensor1D;
}

/** Steps of the horizon that every window is trained on: the first, the middle and the last. */
export const TRAINED_STEPS = 3;
/** Errors beyond this are as good as this. */
const MOST_ERROR = 20;

export function trainedSteps(horizonSteps: number): readonly number[] {
  return [0, Math.floor(horizonSteps / 2), horizonSteps - 1];
}

/** The tensors of `picks`; to be used inside tf.tidy. */
export function batchOf(tf: Tensorflow, network: Network, picks: readonly Pick[]): Batch {
  const { windowRows, rowColumns } = network.shape;
  const count = picks.length * TRAINED_STEPS;
  const rows = new Float32Array(picks.length * windowRows * rowColumns);
  const steps = new Float32Array(count * STEP_COLUMNS);
  const offsets = new Float32Array(count * EXPERTS);
  const errors = new Float32Array(count);
  const weights = new Float32Array(count);
  picks.forEach(({ series, index }, window) => {
    writeWindow(network, series, index, rows.subarray(window * windowRows * rowColumns));
    trainedSteps(series.horizonSteps).forEach((step, place) => {
      const at = window * TRAINED_STEPS + place;
      const record = series.records[index];
      writeStepInputs(record, step, series.stepSeconds, steps.subarray(at * STEP_COLUMNS));
      offsets.set(record.offsets.subarray(step * EXPERTS, (step + 1) * EXPERTS), at * EXPERTS);
      const error = series.errors[index * series.horizonSteps + step];
      if (error !== error) return;
      errors[at] = Math.min(MOST_ERROR, Math.max(-MOST_ERROR, error));
      weights[at] = series.weights[index * series.horizonSteps + step];
    });
  });
  return {
    windows: picks.length,
    rows: tf.tensor2d(rows, [picks.length * windowRows, rowColumns]),
    steps: tf.tensor2d(steps, [count, STEP_COLUMNS]),
    offsets: tf.tensor2d(offsets, [count, EXPERTS]),
    errors: tf.tensor1d(errors),
    weights: tf.tensor1d(weights),
  };
}

/** Standardised rows up to `index`, the newest last; rows before the first record stay zero. */
function writeWindow(network: Network, series: SeriesExamples, index: number, into: Float32Array): void {
  const { windowRows, rowColumns } = network.shape;
  for (let place = 0; place < windowRows; place += 1) {
    const record = series.records[index - windowRows + 1 + place];
    if (record === undefined) continue;
    standardise(network, record.row, into.subarray(place * rowColumns, (place + 1) * rowColumns));
  }
}
