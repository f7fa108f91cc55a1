import { beforeAll, expect, test } from 'vitest';
import { featureNamed } from '../../../src/forecast/features/feature-table.ts';
import { rowColumns } from '../../../src/forecast/models/lstm/network-inputs.ts';
import { loadTensorflow, type Tensorflow } from '../../../src/infer/tensorflow.ts';
import { atSeveralSteps, examplesFrom } from '../../../src/train/data-set.ts';
import type { SeriesExamples } from '../../../src/train/series-examples.ts';
import {
  type EpochReport,
  trainNetwork,
  type TrainingOptions,
  type TrainingState,
} from '../../../src/train/train-network.ts';
import { aSeries } from '../../contract/forecaster.ts';

const FEATURES_READ = ['newest', 'level1Hour', 'spread1Hour'].map((name) => featureNamed(name)!);
const OPTIONS: TrainingOptions = {
  shape: { rowColumns: rowColumns(FEATURES_READ), windowRows: 4, units: 3, headUnits: 4 },
  seed: 5,
  epochs: 4,
  patienceEpochs: 4,
  learningRate: 0.02,
  batchWindows: 64,
  windowsPerSeries: 200,
};

let tf: Tensorflow;
let examples: readonly SeriesExamples[];
beforeAll(async () => {
  tf = await loadTensorflow('wasm');
  // A level that wanders and jumps: there is something to learn from how the base did lately.
  const rate = (at: number, noise: () => number): number =>
    (50 + 40 * Math.sin(6.28 * at) + (Math.floor(7 * at) % 3) * 30) * (0.8 + 0.4 * noise());
  const series = aSeries({ days: 8, stepSeconds: 600, rate });
  examples = await examplesFrom([{ name: 'jumps', series }], FEATURES_READ, () => undefined);
});

test('the loss falls, on what is trained on and on what is not', async () => {
  const reports: EpochReport[] = [];
  await trainNetwork(
    tf,
    examples,
    { ...OPTIONS, epochs: 8 },
    { onEpoch: (report) => Promise.resolve(void reports.push(report)) },
  );
  expect(reports.at(-1)!.trainingLoss).toBeLessThan(0.99 * reports[0].trainingLoss);
  expect(reports.at(-1)!.bestLoss).toBeLessThan(reports[0].validationLoss);
});

test('the same seed gives the same weights, another seed others; no tensor is left behind', async () => {
  const options = { ...OPTIONS, epochs: 1 };
  const before = tf.memory().numTensors;
  const first = await trainNetwork(tf, examples, options);
  expect(await trainNetwork(tf, examples, options)).toEqual(first);
  expect((await trainNetwork(tf, examples, { ...options, seed: 6 })).weights).not.toEqual(first.weights);
  expect(tf.memory().numTensors).toBe(before);
});

test('a training that was interrupted ends as one that was not', async () => {
  const whole = await trainNetwork(tf, examples, OPTIONS);
  let state: TrainingState | undefined;
  const killed = trainNetwork(tf, examples, OPTIONS, {
    onEpoch: ({ epoch }, now) => {
      state = now;
      return epoch === 2 ? Promise.reject(new Error('killed')) : Promise.resolve();
    },
  });
  await expect(killed).rejects.toThrow('killed');
  const before = tf.memory().numTensors;
  expect(await trainNetwork(tf, examples, OPTIONS, { resumeFrom: state! })).toEqual(whole);
  expect(tf.memory().numTensors).toBe(before);
});

test('it ends early where validation gets no better', async () => {
  const reports: EpochReport[] = [];
  const options = { ...OPTIONS, epochs: 30, patienceEpochs: 1, learningRate: 0.5 };
  await trainNetwork(tf, examples, options, {
    onEpoch: (report) => Promise.resolve(void reports.push(report)),
  });
  expect(reports.length).toBeLessThan(30);
});

test('a recording is learned from at its own step and at coarser ones that leave enough', () => {
  const steps = (stepSeconds: number, days: number): number[] =>
    atSeveralSteps({ name: 'a', series: aSeries({ days, stepSeconds }) }).map(
      ({ series }) => series.stepSeconds,
    );
  expect(steps(60, 30)).toEqual([60, 300, 1800, 3600]);
  expect(steps(300, 2)).toEqual([300]);
  expect(steps(3600, 100)).toEqual([3600]);
});

test('errors and weights of examples make the base cost about one per slot', () => {
  const [one] = examples;
  let sum = 0;
  let count = 0;
  one.errors.forEach((error, i) => {
    if (Number.isNaN(error)) return;
    sum += Math.abs(error) * one.weights[i];
    count += 1;
  });
  expect(sum / count).toBeCloseTo(1, 1);
});
