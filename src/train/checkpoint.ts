import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { PrescaleError } from '../domain/errors.ts';
import { base64From, decodedWeights, encodedWeights, floatsFrom, weightsSchema } from '../infer/artefact.ts';
import type { TrainingState } from './train-network.ts';

const checkpointSchema = z.strictObject({
  format: z.literal('prescale-checkpoint/1'),
  /** What was being trained, on what: another training must not go on from it. */
  plan: z.string(),
  epoch: z.number().int().nonnegative(),
  weights: weightsSchema,
  best: z.strictObject({ epoch: z.number().int().nonnegative(), loss: z.number(), weights: weightsSchema }),
  optimizer: z.array(z.strictObject({ name: z.string(), shape: z.array(z.number()), values: z.string() })),
});

/** Written beside and then renamed: a training that is killed while it writes leaves the checkpoint before. */
export async function writeCheckpoint(file: string, plan: string, state: TrainingState): Promise<void> {
  const json = {
    format: 'prescale-checkpoint/1',
    plan,
    epoch: state.epoch,
    weights: encodedWeights(state.weights),
    best: { ...state.best, weights: encodedWeights(state.best.weights) },
    optimizer: state.optimizer.map((one) => ({ ...one, values: base64From(one.values) })),
  };
  await writeFile(`${file}.part`, JSON.stringify(json));
  await rename(`${file}.part`, file);
}

/** An error where the file cannot be read, is no checkpoint, or is one of another plan. */
export async function readCheckpoint(file: string, plan: string): Promise<TrainingState> {
  const checkpoint = checkpointSchema.parse(await jsonFrom(file));
  if (checkpoint.plan !== plan) {
    const message = `${file} is of another training (${checkpoint.plan}), this one is ${plan}; leave --resume out to start anew`;
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

async function jsonFrom(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new PrescaleError('usage', `--resume: ${file} cannot be read (${cause})`, { cause: error });
  }
}
