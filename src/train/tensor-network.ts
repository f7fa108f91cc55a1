import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../infer/tensorflow.ts';
import { EXPERTS } from '../forecast/models/lstm/experts.ts';
import {
  CHOICES,
  type NetworkShape,
  type NetworkWeights,
  OUTPUTS,
  type WeightName,
} from '../forecast/models/lstm/network.ts';
import { STEP_COLUMNS } from '../forecast/models/lstm/network-inputs.ts';

/** Windows of standardised rows, and for each of them the inputs of some steps. */
export interface TensorInputs {
  readonly windows: number;
  /** [windows * windowRows, rowColumns] */
  readonly rows: Tensor2D;
  /** [windows * steps, STEP_COLUMNS] */
  readonly steps: Tensor2D;
  /** [windows * steps, EXPERTS] */
  readonly offsets: Tensor2D;
}

/** Per window and step, in expected errors. */
export interface TensorCorrections {
  readonly shift: Tensor1D;
  readonly below: Tensor1D;
  readonly above: Tensor1D;
  readonly farAbove: Tensor1D;
}

/** The weights as TensorFlow.js variables, and what the network says: the reference that the kernel is held to. */
export interface TensorNetwork {
  readonly variables: Readonly<Record<WeightName, Variable>>;
  corrections(inputs: TensorInputs): TensorCorrections;
  weights(): NetworkWeights;
  dispose(): void;
}

const weightShapes = ({ rowColumns, units, headUnits }: NetworkShape): Record<WeightName, number[]> => ({
  inputKernel: [rowColumns, 4 * units],
  recurrentKernel: [units, 4 * units],
  gateBias: [4 * units],
  stateKernel: [units, headUnits],
  stepKernel: [STEP_COLUMNS, headUnits],
  headBias: [headUnits],
  outputKernel: [headUnits, OUTPUTS],
  outputBias: [OUTPUTS],
});

export function createTensorNetwork(
  tf: Tensorflow,
  shape: NetworkShape,
  weights: NetworkWeights,
): TensorNetwork {
  const shapes = weightShapes(shape);
  const names = Object.keys(shapes) as WeightName[];
  // A variable copies what it starts from; tidy lets go of that, and of no variable.
  const variables = tf.tidy(() =>
    Object.fromEntries(names.map((name) => [name, tf.variable(tf.tensor(weights[name], shapes[name]))])),
  ) as Record<WeightName, Variable>;
  return {
    variables,
    corrections: (inputs) => correctionsOf(tf, shape, variables, inputs),
    weights: () =>
      Object.fromEntries(
        names.map((name) => [name, Float32Array.from(variables[name].dataSync())]),
      ) as unknown as NetworkWeights,
    dispose: () => names.forEach((name) => variables[name].dispose()),
  };
}

function correctionsOf(
  tf: Tensorflow,
  shape: NetworkShape,
  variables: Record<WeightName, Variable>,
  inputs: TensorInputs,
): TensorCorrections {
  const { headUnits } = shape;
  const { windows } = inputs;
  const steps = inputs.steps.shape[0] / windows;
  const fromState = tf.matMul(finalState(tf, shape, variables, inputs), variables.stateKernel);
  const spread = tf.reshape(tf.tile(tf.reshape(fromState, [windows, 1, headUnits]), [1, steps, 1]), [
    windows * steps,
    headUnits,
  ]);
  const fromStep = tf.matMul(inputs.steps, variables.stepKernel);
  const head = tf.tanh(tf.add(tf.add(spread, fromStep), variables.headBias));
  const outputs = tf.add(
    tf.matMul(head as Tensor2D, variables.outputKernel as Tensor2D),
    variables.outputBias,
  );
  const [logits, below, above, beyond] = tf.split(outputs, [CHOICES, 1, 1, 1], 1);
  const beliefs = tf.slice(tf.softmax(logits), [0, 1], [windows * steps, EXPERTS]);
  const flat = (column: typeof below): Tensor1D => tf.reshape(tf.softplus(column), [windows * steps]);
  const flatAbove = flat(above);
  return {
    shift: tf.sum(tf.mul(beliefs, inputs.offsets), 1),
    below: flat(below),
    above: flatAbove,
    farAbove: tf.add(flatAbove, flat(beyond)),
  };
}

/** Hidden state of the LSTM after the last row. Gates: input, forget, cell, output. */
function finalState(
  tf: Tensorflow,
  { units, windowRows }: NetworkShape,
  variables: Record<WeightName, Variable>,
  { rows, windows }: TensorInputs,
): Tensor2D {
  const projected = tf.add(tf.matMul(rows, variables.inputKernel as Tensor2D), variables.gateBias);
  const byRow = tf.unstack(tf.reshape(projected, [windows, windowRows, 4 * units]), 1);
  let hidden: Tensor2D = tf.zeros([windows, units]);
  let cell: Tensor2D = tf.zeros([windows, units]);
  for (const row of byRow) {
    const gates = tf.add(row, tf.matMul(hidden, variables.recurrentKernel as Tensor2D));
    const [input, forget, candidate, output] = tf.split(gates, 4, 1);
    cell = tf.add(tf.mul(tf.sigmoid(forget), cell), tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
    hidden = tf.mul(tf.sigmoid(output), tf.tanh(cell));
  }
  return hidden;
}
