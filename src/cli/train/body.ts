import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PrescaleError } from '../../domain/errors.ts';
import { artefactFrom } from '../../infer/artefact.ts';
import { loadTrainingTensorflow } from '../../infer/tensorflow.ts';
import { readCheckpoint, writeCheckpoint } from '../../train/checkpoint.ts';
import { atSeveralSteps, examplesFrom, generatedNamed, type NamedSeries } from '../../train/data-set.ts';
import { DEFAULT_FEATURES, defaultFeatures } from '../../train/default-features.ts';
import { trainingOptions } from '../../train/default-options.ts';
import type { SeriesExamples } from '../../train/series-examples.ts';
import { type EpochReport, trainNetwork } from '../../train/train-network.ts';
import type { CommandBody } from '../command-spec.ts';
import { recordedSeries } from '../evaluate/recorded-series.ts';
import { createProgress } from '../progress.ts';

/** The flags as spec.ts declares and parses them. */
interface TrainFlags {
  readonly recording: readonly string[];
  readonly out: string;
  readonly generated: number;
  readonly epochs: number;
  readonly patience: number;
  readonly units: number;
  readonly seed: number;
  readonly resume?: true;
  readonly json?: true;
}

export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as TrainFlags;
  await mkdir(flags.out, { recursive: true });
  const { tf, backend } = await loadTrainingTensorflow();
  const examples = await examplesFor(flags);
  if (examples.length === 0) throw tooLittle(flags);
  const options = trainingOptions(flags, defaultFeatures());
  const reports: EpochReport[] = [];
  const checkpoint = join(flags.out, 'checkpoint.json');
  const plan = planText(flags, examples);
  const progress = createProgress();
  const network = await trainNetwork(tf, examples, options, {
    ...(flags.resume ? { resumeFrom: await readCheckpoint(checkpoint, plan) } : {}),
    onBatch: (doneRatio) => progress.update(doneRatio, `epoch ${reports.length + 1}`),
    async onEpoch(report, state) {
      reports.push(report);
      await writeCheckpoint(checkpoint, plan, state);
      progress.finish();
      process.stderr.write(`${epochText(report)}\n`);
    },
  });
  const file = join(flags.out, 'lstm.json');
  const card = cardOf(flags, { examples, backend, reports });
  await writeFile(file, `${JSON.stringify(artefactFrom(network, DEFAULT_FEATURES, card), null, 1)}\n`);
  await rm(checkpoint, { force: true });
  process.stdout.write(flags.json ? `${JSON.stringify({ file, ...card })}\n` : `${file}\n`);
  return 0;
};

function tooLittle({ recording }: TrainFlags): PrescaleError {
  const message = `--recording: got ${recording.join(', ')} with too little history to forecast from, allowed: at least a hundred slots with samples`;
  return new PrescaleError('usage', message);
}

async function examplesFor(flags: TrainFlags): Promise<readonly SeriesExamples[]> {
  const named: NamedSeries[] = [];
  for (const file of flags.recording) named.push(...atSeveralSteps(await recordedSeries(file, undefined)));
  named.push(...generatedNamed(flags.generated, flags.seed));
  const progress = createProgress();
  const examples = examplesFrom(named, defaultFeatures(), (doneRatio, name) =>
    progress.update(doneRatio, name),
  );
  progress.finish();
  return examples;
}

function planText(
  { seed, units, generated, epochs }: TrainFlags,
  examples: readonly SeriesExamples[],
): string {
  const names = examples.map(({ name, stepSeconds, records }) => `${name}@${stepSeconds}:${records.length}`);
  return `seed ${seed}, ${units} units, ${generated} generated, ${epochs} epochs, ${names.join(' ')}`;
}

function epochText({ epoch, trainingLoss, validationLoss, bestLoss }: EpochReport): string {
  const [training, validation, best] = [trainingLoss, validationLoss, bestLoss].map((loss) =>
    loss.toFixed(4),
  );
  return `epoch ${epoch}: training loss ${training}, validation loss ${validation}, best ${best}`;
}

function cardOf(
  flags: TrainFlags,
  {
    examples,
    backend,
    reports,
  }: {
    readonly examples: readonly SeriesExamples[];
    readonly backend: string;
    readonly reports: readonly EpochReport[];
  },
): Record<string, unknown> {
  const names = flags.recording.map((file) => basename(file));
  return {
    command: `prescale train --recording ${names.join(',')} --generated ${flags.generated} --epochs ${flags.epochs} --patience ${flags.patience} --units ${flags.units} --seed ${flags.seed} --out models`,
    seed: flags.seed,
    backend,
    data: examples.map(({ name, stepSeconds, records }) => ({ name, stepSeconds, windows: records.length })),
    epochs: reports.length,
    validationLoss: reports.at(-1)?.bestLoss,
  };
}
