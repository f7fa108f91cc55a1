/** What a class's network has last been trained on, and what came of it: beside the network, in the class's folder. */
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LoadedNetwork } from '../../../infer/artefact.ts';
import type { NamedSeries } from '../../../train/data-set.ts';
import type { Verdict } from '../../../train/judge-challenger.ts';
import type { TrainFlags } from '../train-flags.ts';

export interface ClassRecord {
  /** See trainingId. */
  readonly training: string;
  /** null: there was too little history to learn from. */
  readonly verdict: Verdict | null;
}

const FORMAT = 'prescale-class-training/1';
const recordSchema = z.object({ format: z.literal(FORMAT), training: z.string() });

/** SHA-256 over all that a training follows from: another champion, history or option is another training. */
export function trainingId(
  { generated, generatedLive, features, epochs, patience, seed }: TrainFlags,
  { artefact }: LoadedNetwork,
  histories: readonly NamedSeries[],
): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([artefact.weightsSha256, generated, generatedLive, features, epochs, patience, seed]),
  );
  for (const { name, series } of histories) {
    const { startAtMs, stepSeconds, values } = series;
    hash.update(JSON.stringify([name, startAtMs, stepSeconds, values.length]));
    hash.update(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

/** The training that came to its end last; undefined: none did that can be read. */
export async function lastTraining(folder: string): Promise<string | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(fileIn(folder), 'utf8'))).training;
  } catch {
    return undefined;
  }
}

/** Written beside and then renamed: whoever is killed leaves the one before. */
export async function writeRecord(folder: string, record: ClassRecord): Promise<void> {
  const file = fileIn(folder);
  await writeFile(`${file}.part`, `${JSON.stringify({ format: FORMAT, ...record }, null, 1)}\n`);
  await rename(`${file}.part`, file);
}

function fileIn(folder: string): string {
  return join(folder, 'training.json');
}
