import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PrescaleError } from '../../domain/errors.ts';
import type { FeatureSpec } from '../../forecast/features/feature-spec.ts';
import type { Network } from '../../forecast/models/lstm/network.ts';
import { loadTrainingTensorflow } from '../../infer/tensorflow.ts';
import { readCheckpoint, writeCheckpoint } from '../../train/checkpoint.ts';
import {
  atSeveralSteps,
  examplesFrom,
  generatedLiveNamed,
  generatedNamed,
  type NamedSeries,
} from '../../train/data-set.ts';
import type { SeriesExamples } from '../../train/series-examples.ts';
import {
  type EpochReport,
  trainNetwork,
  type TrainingOptions,
  type TrainingState,
} from '../../train/train-network.ts';
import { type TrainedNetwork, unknownReadings, widenedNetwork } from '../../train/widened-network.ts';
import { createProgress } from '../progress.ts';
import { isByClass, type TrainFlags } from './train-flags.ts';

/** What is trained, how, and on what. */
export interface Training {
  readonly recordings: readonly NamedSeries[];
  readonly features: readonly FeatureSpec[];
  readonly options: TrainingOptions;
  readonly startFrom?: TrainedNetwork;
  /** In front of the checkpoint's plan: of another start, another training. */
  readonly startName?: string;
}

export interface Trained {
  readonly network: Network;
  /** Facts for the model card. */
  readonly facts: Readonly<Record<string, unknown>>;
}

const DIGEST_LENGTH = 12;

export function checkpointOf({ out }: TrainFlags): string {
  return join(out, 'checkpoint.json');
}

/**
 * Trains with progress on stderr and a checkpoint after each epoch, which is left to be removed; undefined: there is too
 * little history to learn from.
 */
export async function runTraining(flags: TrainFlags, training: Training): Promise<Trained | undefined> {
  const { tf, backend } = await loadTrainingTensorflow();
  const examples = await examplesFor(flags, training);
  if (examples.length === 0) return undefined;
  const { options, startFrom } = training;
  const unknown = unknownReadings(training.features, examples);
  refuseNoReading(flags, training.features, unknown);
  const plan = planText(flags, training, examples);
  const resumeFrom = await stateToResume(flags, plan);
  const reports: EpochReport[] = [];
  const progress = createProgress();
  const network = await trainNetwork(tf, examples, options, {
    ...(startFrom && { startFrom: widenedNetwork(startFrom, training.features, examples) }),
    ...(resumeFrom && { resumeFrom }),
    onBatch: (doneRatio) =>
      progress.update(doneRatio, `epoch ${(resumeFrom?.epoch ?? 0) + reports.length + 1}`),
    async onEpoch(report, state) {
      reports.push(report);
      await writeCheckpoint(checkpointOf(flags), plan, state);
      progress.finish();
      process.stderr.write(`${epochText(report)}\n`);
    },
  });
  const facts = {
    seed: flags.seed,
    backend,
    ...(unknown.length > 0 && { neverKnown: unknown }),
    data: examples.map(({ name, stepSeconds, records }) => ({ name, stepSeconds, windows: records.length })),
    ...outcomeOf(reports.at(-1), resumeFrom),
  };
  return { network, facts };
}

/** Live metrics that were asked for and that nothing tells are a mistake; some of them are missing nearly everywhere. */
function refuseNoReading(
  { features: groups = [] }: TrainFlags,
  features: readonly FeatureSpec[],
  unknown: readonly string[],
): void {
  const live = features.filter(({ group }) => group === 'live');
  if (groups.includes('live') && live.every(({ name }) => unknown.includes(name))) {
    const message =
      '--features: got live, and no series has a live metric; allowed: with recordings that have columns of them, or with --generated-live';
    throw new PrescaleError('usage', message);
  }
  if (unknown.length > 0)
    process.stderr.write(`never known in training, so never read: ${unknown.join(', ')}\n`);
}

/** The same for a training that was cut off, whichever epochs were this run's. */
function outcomeOf(last: EpochReport | undefined, resumedFrom: TrainingState | undefined): object {
  if (last !== undefined) return { epochs: last.epoch, validationLoss: last.bestLoss };
  return { epochs: resumedFrom?.epoch, validationLoss: resumedFrom?.best.loss };
}

/** Of several classes some have a checkpoint and some have not: one that does not fit is told, and begun anew. */
async function stateToResume(flags: TrainFlags, plan: string): Promise<TrainingState | undefined> {
  if (!flags.resume) return undefined;
  const file = checkpointOf(flags);
  if (!isByClass(flags)) return readCheckpoint(file, plan);
  if (!existsSync(file)) return undefined;
  try {
    return await readCheckpoint(file, plan);
  } catch (error) {
    process.stderr.write(`begun anew: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

export function tooLittle({ recording = [], seriesDir }: TrainFlags): PrescaleError {
  const [flag, got] =
    seriesDir === undefined ? ['--recording', recording.join(', ')] : ['--series-dir', seriesDir];
  const message = `${flag}: got ${got} with too little history to forecast from, or none that changes; allowed: at least a hundred slots with samples, not all alike`;
  return new PrescaleError('usage', message);
}

async function examplesFor(
  { generated, generatedLive, seed }: TrainFlags,
  { recordings, features }: Training,
): Promise<readonly SeriesExamples[]> {
  const named = [
    ...recordings.flatMap(atSeveralSteps),
    ...generatedNamed(generated, seed),
    ...generatedLiveNamed(generatedLive, seed),
  ];
  const progress = createProgress();
  const examples = await examplesFrom(named, features, (doneRatio, name) => progress.update(doneRatio, name));
  progress.finish();
  return examples;
}

function planText(
  { seed, generated, epochs }: TrainFlags,
  { options, startName, features }: Training,
  examples: readonly SeriesExamples[],
): string {
  const names = examples.map(({ name, stepSeconds, records }) => `${name}@${stepSeconds}:${records.length}`);
  const start = startName === undefined ? '' : `from ${startName}, `;
  return `${start}seed ${seed}, ${options.shape.units} units, ${generated} generated, ${epochs} epochs, ${names.join(' ')}, data ${digestOf(examples)}, features ${features.map(({ name }) => name).join(' ')}`;
}

/** Names and lengths may stay as they are while the samples are others. */
function digestOf(examples: readonly SeriesExamples[]): string {
  const hash = createHash('sha256');
  for (const { errors, weights } of examples)
    for (const part of [errors, weights]) hash.update(bytesOf(part));
  return hash.digest('hex').slice(0, DIGEST_LENGTH);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function epochText({ epoch, trainingLoss, validationLoss, bestLoss }: EpochReport): string {
  const [training, validation, best] = [trainingLoss, validationLoss, bestLoss].map((loss) =>
    loss.toFixed(4),
  );
  return `epoch ${epoch}: training loss ${training}, validation loss ${validation}, best ${best}`;
}
