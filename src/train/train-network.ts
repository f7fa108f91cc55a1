import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { createRandom, type Random } from '../domain/random.ts';
import {
  type Network,
  type NetworkShape,
  type NetworkWeights,
  TRAINED_LEVELS,
} from '../forecast/models/lstm/network.ts';
import type { Tensorflow } from '../infer/tensorflow.ts';
import { type Batch, batchOf, type Pick } from './batch.ts';
import { initialNetwork } from './initial-network.ts';
import type { SeriesExamples } from './series-examples.ts';
import { createTensorNetwork, type TensorCorrections, type TensorNetwork } from './tensor-network.ts';

export interface TrainingOptions {
  readonly shape: NetworkShape;
  readonly seed: number;
  readonly epochs: number;
  /** Ends after so many epochs without a better validation loss. */
  readonly patienceEpochs: number;
  readonly learningRate: number;
  readonly batchWindows: number;
  /** Windows drawn from each series per epoch: long recordings do not outvote short ones. */
  readonly windowsPerSeries: number;
}

/** All that a training needs to go on from the end of an epoch as if it had not been interrupted. */
export interface TrainingState {
  /** Epochs done. */
  readonly epoch: number;
  readonly weights: NetworkWeights;
  readonly best: { readonly epoch: number; readonly loss: number; readonly weights: NetworkWeights };
  /** Adam's counter and moments. */
  readonly optimizer: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: Float32Array;
  }[];
}

export interface EpochReport {
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly validationLoss: number;
  readonly bestLoss: number;
}

export interface TrainingHooks {
  /** Weights and normalisation to begin with; random weights and that of the examples where absent. */
  readonly startFrom?: Network;
  readonly resumeFrom?: TrainingState;
  /** After each epoch. */
  readonly onEpoch?: (report: EpochReport, state: TrainingState) => Promise<void>;
  readonly onBatch?: (doneRatio: number) => void;
}

/** The newest share of each series is kept for validation. */
const VALIDATION_RATIO = 0.15;
const VALIDATED_WINDOWS = 200;
const MOST_GRADIENT_NORM = 1;
/** The learning rate falls along a half cosine to this share. */
const LAST_RATE_RATIO = 0.02;
const MEDIAN_WEIGHT = 2;

/**
 * Minimises the weighted pinball loss with Adam (Kingma and Ba 2015), gradients clipped by their norm. The same seed,
 * data and backend give the same weights. After each batch others have their turn.
 */
export async function trainNetwork(
  tf: Tensorflow,
  examples: readonly SeriesExamples[],
  options: TrainingOptions,
  hooks: TrainingHooks = {},
): Promise<Network> {
  const { startFrom, resumeFrom } = hooks;
  const start = startFrom ?? initialNetwork(options.shape, createRandom(options.seed), examples);
  const tensors = createTensorNetwork(tf, options.shape, resumeFrom?.weights ?? start.weights);
  const optimizer = tf.train.adam(options.learningRate);
  try {
    if (resumeFrom !== undefined) await restoreOptimizer(tf, optimizer, resumeFrom);
    const best = await runEpochs({ tf, options, network: start, tensors, optimizer }, examples, hooks);
    return { ...start, weights: best.weights };
  } finally {
    tensors.dispose();
    optimizer.dispose();
  }
}

async function runEpochs(
  run: Run,
  examples: readonly SeriesExamples[],
  { resumeFrom, onEpoch, onBatch }: TrainingHooks,
): Promise<TrainingState['best']> {
  const { options, tensors } = run;
  let best = resumeFrom?.best ?? (await firstBest(run, examples));
  for (let epoch = (resumeFrom?.epoch ?? 0) + 1; epoch <= options.epochs; epoch += 1) {
    if (epoch - best.epoch > options.patienceEpochs) break;
    const trainingLoss = await trainEpoch(run, examples, epoch, onBatch);
    const loss = await validationLoss(run, examples);
    if (loss < best.loss) best = { epoch, loss, weights: tensors.weights() };
    await onEpoch?.(
      { epoch, trainingLoss, validationLoss: loss, bestLoss: best.loss },
      { epoch, weights: tensors.weights(), best, optimizer: await optimizerStateOf(run.optimizer) },
    );
  }
  return best;
}

/** Untrained: the base's own forecast. */
async function firstBest(run: Run, examples: readonly SeriesExamples[]): Promise<TrainingState['best']> {
  return { epoch: 0, loss: await validationLoss(run, examples), weights: run.tensors.weights() };
}

type Adam = ReturnType<Tensorflow['train']['adam']>;

interface Run {
  readonly tf: Tensorflow;
  readonly options: TrainingOptions;
  /** For its shape and normalisation. */
  readonly network: Network;
  readonly tensors: TensorNetwork;
  readonly optimizer: Adam;
}

/** Mean loss over the epoch's batches. */
async function trainEpoch(
  { tf, options, network, tensors, optimizer }: Run,
  examples: readonly SeriesExamples[],
  epoch: number,
  onBatch: TrainingHooks['onBatch'],
): Promise<number> {
  const picks = shuffledPicks(examples, options, createRandom(options.seed * 1000 + epoch));
  (optimizer as unknown as { learningRate: number }).learningRate = rateAt(options, epoch);
  let sum = 0;
  let batches = 0;
  for (let from = 0; from < picks.length; from += options.batchWindows) {
    sum += tf.tidy(() => {
      const batch = batchOf(tf, network, picks.slice(from, from + options.batchWindows));
      const { value, grads } = tf.variableGrads(
        () => lossOf(tf, tensors.corrections(batch), batch),
        Object.values(tensors.variables),
      );
      optimizer.applyGradients(clipped(tf, grads) as Parameters<Adam['applyGradients']>[0]);
      return value.dataSync()[0];
    });
    batches += 1;
    onBatch?.(from / picks.length);
    await nextTurn();
  }
  return sum / batches;
}

function rateAt({ learningRate, epochs }: TrainingOptions, epoch: number): number {
  const done = (epoch - 1) / epochs;
  return learningRate * (LAST_RATE_RATIO + (1 - LAST_RATE_RATIO) * 0.5 * (1 + Math.cos(Math.PI * done)));
}

function validationFrom({ records }: SeriesExamples): number {
  return Math.floor((1 - VALIDATION_RATIO) * records.length);
}

function shuffledPicks(
  examples: readonly SeriesExamples[],
  { windowsPerSeries }: TrainingOptions,
  random: Random,
): readonly Pick[] {
  const picks = examples.flatMap((series) => {
    const end = validationFrom(series);
    return Array.from({ length: Math.min(windowsPerSeries, end) }, () => ({
      series,
      index: Math.floor(random() * end),
    }));
  });
  for (let i = picks.length - 1; i > 0; i -= 1) {
    const other = Math.floor(random() * (i + 1));
    [picks[i], picks[other]] = [picks[other], picks[i]];
  }
  return picks;
}

async function validationLoss(
  { tf, options, network, tensors }: Run,
  examples: readonly SeriesExamples[],
): Promise<number> {
  const picks = examples.flatMap((series) => {
    const from = validationFrom(series);
    const stride = Math.max(1, Math.floor((series.records.length - from) / VALIDATED_WINDOWS));
    const found: Pick[] = [];
    for (let index = from; index < series.records.length; index += stride) found.push({ series, index });
    return found;
  });
  let sum = 0;
  for (let from = 0; from < picks.length; from += options.batchWindows) {
    const part = picks.slice(from, from + options.batchWindows);
    sum +=
      part.length *
      tf.tidy(() => {
        const batch = batchOf(tf, network, part);
        return lossOf(tf, tensors.corrections(batch), batch).dataSync()[0];
      });
    await nextTurn();
  }
  return sum / picks.length;
}

/** Mean over windows and steps of the weighted pinball losses at TRAINED_LEVELS; the median counts twice. */
function lossOf(tf: Tensorflow, corrections: TensorCorrections, { errors, weights }: Batch): Scalar {
  const { shift, below, above, farAbove } = corrections;
  const left = tf.sub(errors, shift);
  const differences = [tf.add(left, below), left, tf.sub(left, above), tf.sub(left, farAbove)];
  const losses = TRAINED_LEVELS.map((level, i) => {
    const loss = tf.maximum(tf.mul(differences[i], level), tf.mul(differences[i], level - 1));
    return level === 0.5 ? tf.mul(loss, MEDIAN_WEIGHT) : loss;
  });
  return tf.mean(tf.mul(weights, tf.addN(losses) as Tensor1D));
}

function clipped(tf: Tensorflow, gradients: Record<string, Tensor>): Record<string, Tensor> {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)).dataSync()[0]);
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  const factor = Math.min(1, MOST_GRADIENT_NORM / norm);
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
  );
}

async function optimizerStateOf(optimizer: Adam): Promise<TrainingState['optimizer']> {
  const named = await optimizer.getWeights();
  const state = named.map(({ name, tensor }) => ({
    name,
    shape: tensor.shape,
    values: Float32Array.from(tensor.dataSync()),
  }));
  // The counter is made for the answer; the moments are the optimizer's own.
  for (const { name, tensor } of named) if (name === COUNTER) tensor.dispose();
  return state;
}

const COUNTER = 'iter';

async function restoreOptimizer(
  tf: Tensorflow,
  optimizer: Adam,
  { optimizer: state }: TrainingState,
): Promise<void> {
  const named = state.map(({ name, shape, values }) => ({
    name,
    tensor: name === COUNTER ? tf.scalar(values[0], 'int32') : tf.tensor(values, [...shape]),
  }));
  await optimizer.setWeights(named);
  for (const { tensor } of named) tensor.dispose();
}
