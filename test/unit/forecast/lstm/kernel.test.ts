import { beforeAll, describe, expect, test } from 'vitest';
import { EXPERTS } from '../../../../src/forecast/models/lstm/experts.ts';
import { type Correction, createKernel } from '../../../../src/forecast/models/lstm/kernel.ts';
import { type Network, standardise } from '../../../../src/forecast/models/lstm/network.ts';
import { STEP_COLUMNS } from '../../../../src/forecast/models/lstm/network-inputs.ts';
import { loadTensorflow, type Tensorflow } from '../../../../src/infer/tensorflow.ts';
import { createTensorNetwork } from '../../../../src/train/tensor-network.ts';
import { aNetwork, someNumbers } from '../../../builders/network.ts';

const STEPS = 3;

interface Case {
  readonly network: Network;
  /** [window][row] */
  readonly windows: readonly (readonly Float32Array[])[];
  readonly steps: Float32Array;
  readonly offsets: Float32Array;
}

function aCase(network: Network, windows: number, rows = network.shape.windowRows): Case {
  const count = windows * STEPS;
  return {
    network,
    windows: Array.from({ length: windows }, (_, window) =>
      Array.from({ length: rows }, (_, row) => someNumbers(network.shape.rowColumns, 100 * window + row)),
    ),
    steps: someNumbers(count * STEP_COLUMNS, 7),
    offsets: someNumbers(count * EXPERTS, 8),
  };
}

function byKernel({ network, windows, steps, offsets }: Case): Correction[] {
  const kernel = createKernel(network);
  return windows.flatMap((rows, window) => {
    const state = kernel.stateAfter(rows.map((row) => kernel.projected(row)));
    return Array.from({ length: STEPS }, (_, step) => {
      const at = window * STEPS + step;
      return kernel.correction(
        state,
        steps.subarray(at * STEP_COLUMNS, (at + 1) * STEP_COLUMNS),
        offsets.subarray(at * EXPERTS, (at + 1) * EXPERTS),
      );
    });
  });
}

function byTensorflow(tf: Tensorflow, { network, windows, steps, offsets }: Case): Correction[] {
  const { windowRows, rowColumns } = network.shape;
  const rows = new Float32Array(windows.length * windowRows * rowColumns);
  windows.forEach((window, index) => {
    const missing = windowRows - window.length;
    window.forEach((row, place) => {
      const from = (index * windowRows + missing + place) * rowColumns;
      standardise(network, row, rows.subarray(from, from + rowColumns));
    });
  });
  const tensors = createTensorNetwork(tf, network.shape, network.weights);
  const columns = tf.tidy(() => {
    const { shift, below, above, farAbove } = tensors.corrections({
      windows: windows.length,
      rows: tf.tensor2d(rows, [windows.length * windowRows, rowColumns]),
      steps: tf.tensor2d(steps, [windows.length * STEPS, STEP_COLUMNS]),
      offsets: tf.tensor2d(offsets, [windows.length * STEPS, EXPERTS]),
    });
    return [shift, below, above, farAbove].map((column) => column.dataSync());
  });
  tensors.dispose();
  return [...columns[0]].map((shift, i) => ({
    shift,
    below: columns[1][i],
    above: columns[2][i],
    farAbove: columns[3][i],
  }));
}

function expectSame(actual: readonly Correction[], expected: readonly Correction[], within: number): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((one, i) => {
    for (const key of ['shift', 'below', 'above', 'farAbove'] as const)
      expect(Math.abs(one[key] - expected[i][key])).toBeLessThan(within);
  });
}

describe('the kernel serves what TensorFlow.js trains', () => {
  let tf: Tensorflow;
  beforeAll(async () => {
    tf = await loadTensorflow('wasm');
  });

  test.each([
    ['one unit', { units: 1, headUnits: 1 }],
    ['the shipped size', { rowColumns: 36, windowRows: 12, units: 8, headUnits: 8 }],
    ['32 units', { rowColumns: 60, windowRows: 24, units: 32, headUnits: 16 }],
    ['the reference size of 128 units', { rowColumns: 60, windowRows: 24, units: 128, headUnits: 16 }],
  ])('to within 1e-5: %s', (_, shape) => {
    for (const seed of [1, 2]) {
      const one = aCase(aNetwork(shape, seed), 4);
      expectSame(byKernel(one), byTensorflow(tf, one), 1e-5);
    }
  });

  test('also where a window has fewer rows than the network reads', () => {
    const one = aCase(aNetwork({ windowRows: 6 }), 3, 2);
    expectSame(byKernel(one), byTensorflow(tf, one), 1e-5);
  });

  test('more rows than the network reads change nothing', () => {
    const network = aNetwork({ windowRows: 3 });
    const long = aCase(network, 2, 9);
    const short = { ...long, windows: long.windows.map((rows) => rows.slice(-3)) };
    expect(byKernel(long)).toEqual(byKernel(short));
  });

  test('a column that never varied in training is not read', () => {
    const network = aNetwork();
    network.deviations[2] = 0;
    const one = aCase(network, 2);
    const before = byKernel(one);
    for (const rows of one.windows) for (const row of rows) row[2] = 1e6;
    expect(byKernel(one)).toEqual(before);
  });

  test('the LSTM is the one of Keras, and of TensorFlow.js', async () => {
    const network = aNetwork({ rowColumns: 5, windowRows: 6, units: 3 });
    const one = aCase(network, 2);
    const { layers } = await import('@tensorflow/tfjs-layers');
    const lstm = layers.lstm({
      units: 3,
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'zeros',
    });
    lstm.apply(tf.zeros([2, 6, 5]));
    const { inputKernel, recurrentKernel, gateBias } = network.weights;
    lstm.setWeights([
      tf.tensor(inputKernel, [5, 12]),
      tf.tensor(recurrentKernel, [3, 12]),
      tf.tensor(gateBias, [12]),
    ]);
    const rows = one.windows.map((window) =>
      window.map((row) => {
        const into = new Float32Array(5);
        standardise(network, row, into);
        return [...into];
      }),
    );
    const states = (lstm.apply(tf.tensor3d(rows)) as ReturnType<typeof tf.tensor2d>).arraySync();
    const kernel = createKernel(network);
    one.windows.forEach((window, i) => {
      const state = kernel.stateAfter(window.map((row) => kernel.projected(row)));
      state.forEach((value, unit) => expect(value).toBeCloseTo(states[i][unit], 5));
    });
  });

  test('the plain JavaScript backend says the same to within 1e-5', async () => {
    const one = aCase(aNetwork({ units: 16 }), 3);
    const byWasm = byTensorflow(tf, one);
    expectSame(byTensorflow(await loadTensorflow('cpu'), one), byWasm, 1e-5);
    await loadTensorflow('wasm');
  });

  test('ten thousand answers leave no tensor behind', () => {
    const one = aCase(aNetwork({ windowRows: 2 }), 1);
    byTensorflow(tf, one);
    const before = tf.memory().numTensors;
    for (let tick = 0; tick < 10_000; tick += 1) byTensorflow(tf, one);
    expect(tf.memory().numTensors).toBe(before);
  });
});
