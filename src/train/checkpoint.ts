import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { PrescaleError } from '../domain/errors.ts';
import {
  base64From,
  decodedWeights,
  encodedWeights,
  floatsFrom,
  weightsSchema,
} from '../infer/encoded-weights.ts';
import type { TrainingState } from './train-network.ts';

const FORMAT = 'prescale-checkpoint/2';
const checkpointSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** SHA-256 over `content`: training must not go on from weights that somebody has changed. */
  sha256: z.string(),
  content: z.string(),
});
const contentSchema = z.strictObject({
  /** What was being trained, on what: another training must not go on from it. */
  plan: z.string(),
  epoch: z.number().int().nonnegative(),
  weights: weightsSchema,
  best: z.strictObject({ epoch: z.number().int().nonnegative(), loss: z.number(), weights: weightsSchema }),
  optimizer: z.array(z.strictObject({ name: z.string(), shape: z.array(z.number()), values: z.string() })),
});

/** Written beside and then renamed: a training that is killed while it writes leaves the checkpoint before. */
export async function writeCheckpoint(file: string, plan: string, state: TrainingState): Promise<void> {
  const content = JSON.stringify({
    plan,
    epoch: state.epoch,
    weights: encodedWeights(state.weights),
    best: { ...state.best, weights: encodedWeights(state.best.weights) },
    optimizer: state.optimizer.map((one) => ({ ...one, values: base64From(one.values) })),
  });
  await writeFile(`${file}.part`, JSON.stringify({ format: FORMAT, sha256: hashOf(content), content }));
  await rename(`${file}.part`, file);
}

/** Throws `usage` where the file cannot be read, is no whole checkpoint of this version, or is one of another plan. */
export async function readCheckpoint(file: string, plan: string): Promise<TrainingState> {
  const checkpoint = contentFrom(await textOf(file), file);
  if (checkpoint.plan !== plan) {
    const message = `--resume: ${file} is of another training (${checkpoint.plan}), this one is ${plan}; leave --resume out to start anew`;
    throw new PrescaleError('usage', message);
  }
  const { epoch, weights, best, optimizer } = checkpoint;
  return {
    epoch,
    weights: decodedWeights(weights),
    best: { ...best, weights: decodedWeights(best.weights) },
    optimizer: optimizer.map((one) => ({ ...one, values: floatsFrom(one.values) })),
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new PrescaleError('usage', `--resume: ${file} cannot be read (${cause})`, { cause: error });
  }
}

function contentFrom(text: string, file: string): z.output<typeof contentSchema> {
  try {
    const { sha256, content } = checkpointSchema.parse(JSON.parse(text));
    if (sha256 === hashOf(content)) return contentSchema.parse(JSON.parse(content));
  } catch {
    // Whatever is wrong with it, training can only begin anew.
  }
  const message = `--resume: got ${file}, allowed: a whole ${FORMAT} as this version writes it; leave --resume out to start anew`;
  throw new PrescaleError('usage', message);
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
