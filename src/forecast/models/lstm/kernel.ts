import { CHOICES, type Network, OUTPUTS, standardise } from './network.ts';

/** What the network says of one step, in the base's expected errors. */
export interface Correction {
  /** Median less base. */
  readonly shift: number;
  /** From the median down to quantile 0.1, up to 0.9 and up to 0.95. */
  readonly below: number;
  readonly above: number;
  readonly farAbove: number;
}

/** The network in plain typed arrays: no TensorFlow.js in memory, no tensors to dispose of. Not for concurrent use. */
export interface Kernel {
  /** Numbers of a projected row. */
  readonly gates: number;
  /** What the LSTM's gates get from one row: the same in every window that the row is in. */
  projected(row: Float32Array): Float32Array;
  /** The state after the last `windowRows` of these rows (missing ones are rows of zeros, deviation 0 from the mean). */
  stateAfter(projectedRows: readonly Float32Array[]): Float32Array;
  correction(state: Float32Array, stepInputs: Float32Array, offsets: Float32Array): Correction;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function softplus(value: number): number {
  return value > 30 ? value : Math.log1p(Math.exp(value));
}

export function createKernel(network: Network): Kernel {
  const { shape, weights } = network;
  const { rowColumns, windowRows, units, headUnits } = shape;
  const standardised = new Float32Array(rowColumns);
  const gates = new Float64Array(4 * units);
  const cell = new Float64Array(units);
  const hidden = new Float64Array(units);
  const head = new Float64Array(headUnits);
  const outputs = new Float64Array(OUTPUTS);

  function step(projectedRow: Float32Array): void {
    gates.set(projectedRow);
    addProduct(hidden, weights.recurrentKernel, gates);
    for (let unit = 0; unit < units; unit += 1) {
      const kept = sigmoid(gates[units + unit]) * cell[unit];
      cell[unit] = kept + sigmoid(gates[unit]) * Math.tanh(gates[2 * units + unit]);
      hidden[unit] = sigmoid(gates[3 * units + unit]) * Math.tanh(cell[unit]);
    }
  }

  return {
    gates: gates.length,
    projected(row) {
      standardise(network, row, standardised);
      gates.set(weights.gateBias);
      addProduct(standardised, weights.inputKernel, gates);
      return new Float32Array(gates);
    },
    stateAfter(projectedRows) {
      cell.fill(0);
      hidden.fill(0);
      const first = projectedRows.length - windowRows;
      for (let row = first; row < projectedRows.length; row += 1)
        step(row < 0 ? weights.gateBias : projectedRows[row]);
      return new Float32Array(hidden);
    },
    correction(state, stepInputs, offsets) {
      head.set(weights.headBias);
      addProduct(state, weights.stateKernel, head);
      addProduct(stepInputs, weights.stepKernel, head);
      for (let unit = 0; unit < headUnits; unit += 1) head[unit] = Math.tanh(head[unit]);
      outputs.set(weights.outputBias);
      addProduct(head, weights.outputKernel, outputs);
      return correctionFrom(outputs, offsets);
    },
  };
}

/** into += vector x matrix; the matrix is [vector.length][into.length], row-major. */
function addProduct(vector: Float32Array | Float64Array, matrix: Float32Array, into: Float64Array): void {
  const columns = into.length;
  for (let row = 0, at = 0; row < vector.length; row += 1) {
    const value = vector[row];
    for (let column = 0; column < columns; column += 1, at += 1) into[column] += value * matrix[at];
  }
}

function correctionFrom(outputs: Float64Array, offsets: Float32Array): Correction {
  let highest = -Infinity;
  for (let choice = 0; choice < CHOICES; choice += 1) highest = Math.max(highest, outputs[choice]);
  let total = 0;
  let shift = 0;
  for (let choice = 0; choice < CHOICES; choice += 1) {
    const belief = Math.exp(outputs[choice] - highest);
    total += belief;
    if (choice > 0) shift += belief * offsets[choice - 1];
  }
  const above = softplus(outputs[CHOICES + 1]);
  return {
    shift: shift / total,
    below: softplus(outputs[CHOICES]),
    above,
    farAbove: above + softplus(outputs[CHOICES + 2]),
  };
}
