import { join } from 'node:path';
import { PrescaleError } from '../../domain/errors.ts';
import type { FeatureSpec } from '../../forecast/features/feature-spec.ts';
import type { Network } from '../../forecast/models/lstm/network.ts';
import { loadTrainingTensorflow } from '../../infer/tensorflow.ts';
import { readCheckpoint, writeCheckpoint } from '../../train/checkpoint.ts';
import { atSeveralSteps, examplesFrom, generatedNamed, type NamedSeries } from '../../train/data-set.ts';
import type { SeriesExamples } from '../../train/series-examples.ts';
import { type EpochReport, trainNetwork, type TrainingOptions } from '../../train/train-network.ts';
import { createProgress } from '../progress.ts';
import type { TrainFlags } from './train-flags.ts';

/** What is trained, how, and on what. */
export interface Training {
  readonly recordings: readonly NamedSeries[];
  readonly features: readonly FeatureSpec[];
  readonly options: TrainingOptions;
  readonly startFrom?: Network;
  /** In front of the checkpoint's plan: of another start, another training. */
  readonly startName?: string;
}

export interface Trained {
  readonly network: Network;
  /** Facts for the model card. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export function checkpointOf({ out }: TrainFlags): string {
  return join(out, 'checkpoint.json');
}

/** Trains with progress on stderr and a checkpoint after each epoch, which is left to be removed. */
export async function runTraining(flags: TrainFlags, training: Training): Promise<Trained> {
  const { tf, backend } = await loadTrainingTensorflow();
  const examples = examplesFor(flags, training);
  if (examples.length === 0) throw tooLittle(flags);
  const { options, startFrom } = training;
  const plan = planText(flags, training, examples);
  const reports: EpochReport[] = [];
  const progress = createProgress();
  const network = await trainNetwork(tf, examples, options, {
    ...(startFrom && { startFrom }),
    ...(flags.resume ? { resumeFrom: await readCheckpoint(checkpointOf(flags), plan) } : {}),
    onBatch: (doneRatio) => progress.update(doneRatio, `epoch ${reports.length + 1}`),
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
    data: examples.map(({ name, stepSeconds, records }) => ({ name, stepSeconds, windows: records.length })),
    epochs: reports.length,
    validationLoss: reports.at(-1)?.bestLoss,
  };
  return { network, facts };
}

function tooLittle({ recording = [], seriesDir }: TrainFlags): PrescaleError {
  const [flag, got] =
    seriesDir === undefined ? ['--recording', recording.join(', ')] : ['--series-dir', seriesDir];
  const message = `${flag}: got ${got} with too little history to forecast from, allowed: at least a hundred slots with samples`;
  return new PrescaleError('usage', message);
}

function examplesFor(
  { generated, seed }: TrainFlags,
  { recordings, features }: Training,
): readonly SeriesExamples[] {
  const named = [...recordings.flatMap(atSeveralSteps), ...generatedNamed(generated, seed)];
  const progress = createProgress();
  const examples = examplesFrom(named, features, (doneRatio, name) => progress.update(doneRatio, name));
  progress.finish();
  return examples;
}

function planText(
  { seed, generated, epochs }: TrainFlags,
  { options, startName }: Training,
  examples: readonly SeriesExamples[],
): string {
  const names = examples.map(({ name, stepSeconds, records }) => `${name}@${stepSeconds}:${records.length}`);
  const start = startName === undefined ? '' : `from ${startName}, `;
  return `${start}seed ${seed}, ${options.shape.units} units, ${generated} generated, ${epochs} epochs, ${names.join(' ')}`;
}

function epochText({ epoch, trainingLoss, validationLoss, bestLoss }: EpochReport): string {
  const [training, validation, best] = [trainingLoss, validationLoss, bestLoss].map((loss) =>
    loss.toFixed(4),
  );
  return `epoch ${epoch}: training loss ${training}, validation loss ${validation}, best ${best}`;
}
