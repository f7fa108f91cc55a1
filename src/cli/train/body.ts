import { access, constants, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PrescaleError } from '../../domain/errors.ts';
import { artefactFrom } from '../../infer/artefact.ts';
import { writeArtefact } from '../../infer/write-artefact.ts';
import type { NamedSeries } from '../../train/data-set.ts';
import { defaultFeatures } from '../../train/default-features.ts';
import { trainingOptions } from '../../train/default-options.ts';
import type { CommandBody } from '../command-spec.ts';
import type { ClassFlags } from './classes/train-classes.ts';
import { endOnSignals } from './end-on-signals.ts';
import { featuresWith } from './features-flag.ts';
import { refuseContradictions } from './refuse-contradictions.ts';
import { checkpointOf, runTraining, tooLittle } from './run-training.ts';
import { dataText, isByClass, type TrainFlags } from './train-flags.ts';
import { trainingSeries } from './training-series.ts';

const DEFAULT_UNITS = 8;

export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as TrainFlags;
  refuseContradictions(flags);
  await makeFolder(flags.out);
  const giveBack = endOnSignals();
  try {
    return await trainAsAsked(flags);
  } finally {
    giveBack();
  }
};

async function trainAsAsked(flags: TrainFlags): Promise<number> {
  if (isByClass(flags)) return (await import('./classes/train-classes.ts')).trainClasses(flags as ClassFlags);
  const recordings = await trainingSeries(flags);
  if (flags.from !== undefined) {
    const { fineTuneAndTell } = await import('./fine-tune.ts');
    return fineTuneAndTell({ ...flags, from: flags.from }, recordings);
  }
  return trainAnew(flags, recordings);
}

async function makeFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    await access(out, constants.W_OK);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const message = `--out: got ${out} (${cause}), allowed: a folder that can be written, or made`;
    throw new PrescaleError('usage', message, { cause: error });
  }
}

async function trainAnew(flags: TrainFlags, recordings: readonly NamedSeries[]): Promise<number> {
  const units = flags.units ?? DEFAULT_UNITS;
  const features = flags.features === undefined ? defaultFeatures() : featuresWith([], flags.features);
  const options = trainingOptions({ ...flags, units }, features);
  const trained = await runTraining(flags, { recordings, features, options });
  if (trained === undefined) throw tooLittle(flags);
  const { network, facts } = trained;
  const file = join(flags.out, 'lstm.json');
  const card = { command: commandText(flags, units), ...facts };
  await writeArtefact(
    file,
    artefactFrom(
      network,
      features.map(({ name }) => name),
      card,
    ),
  );
  await rm(checkpointOf(flags), { force: true });
  process.stdout.write(flags.json ? `${JSON.stringify({ file, ...card })}\n` : `${file}\n`);
  return 0;
}

function commandText(flags: TrainFlags, units: number): string {
  return `prescale train ${dataText(flags)} --generated ${flags.generated} --epochs ${flags.epochs} --patience ${flags.patience} --units ${units} --seed ${flags.seed} --out models`;
}
