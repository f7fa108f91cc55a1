/**
 * A trained network as a file: weights, what its rows are made of, normalisation, and the card that says where it
 * comes from and what it is worth. JSON, weights as base64 of little-endian 32-bit floats.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { invalidInput, PrescaleError, type Problem } from '../domain/errors.ts';
import { shown, valueAt } from '../domain/shown-value.ts';
import { featureNamed } from '../forecast/features/feature-table.ts';
import { EXPERT_NAMES } from '../forecast/models/lstm/experts.ts';
import type { ServedNetwork } from '../forecast/models/lstm/correction-memory.ts';
import { createKernel } from '../forecast/models/lstm/kernel.ts';
import {
  type Network,
  type NetworkWeights,
  type WeightName,
  weightSizes,
} from '../forecast/models/lstm/network.ts';
import { rowColumns } from '../forecast/models/lstm/network-inputs.ts';

export const ARTEFACT_FORMAT = 'prescale-lstm/1';

/** What is told of a file that is wrong all over: a list that a person can still read. */
const MOST_PROBLEMS = 20;

const text = z.string().min(1);
const count = z.number().int().positive();
const weightNames = [
  'inputKernel',
  'recurrentKernel',
  'gateBias',
  'stateKernel',
  'stepKernel',
  'headBias',
  'outputKernel',
  'outputBias',
] as const satisfies readonly WeightName[];

export const weightsSchema = z.strictObject(
  Object.fromEntries(weightNames.map((name) => [name, text])) as Record<WeightName, typeof text>,
);

const artefactSchema = z.strictObject({
  format: z.literal(ARTEFACT_FORMAT),
  features: z.array(text),
  experts: z.array(text),
  shape: z.strictObject({ rowColumns: count, windowRows: count, units: count, headUnits: count }),
  normalisation: z.strictObject({
    means: z.array(z.number()),
    deviations: z.array(z.number().nonnegative()),
  }),
  weights: weightsSchema,
  /** SHA-256 over the weights in the order of their names above. */
  weightsSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The model card's facts; not needed to serve. */
  card: z.record(z.string(), z.unknown()),
});
export type Artefact = z.output<typeof artefactSchema>;

export interface LoadedNetwork extends ServedNetwork {
  readonly network: Network;
  readonly artefact: Artefact;
}

/** Reads and checks an artefact; an error that names the file and what is wrong with it. */
export async function loadArtefact(file: string | URL): Promise<LoadedNetwork> {
  const name = file instanceof URL ? file.pathname : file;
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new PrescaleError('invalidInput', `${name} is no network that can be read: ${cause}`, {
      cause: error,
    });
  }
  return networkFrom(json, name);
}

export function networkFrom(json: unknown, name: string): LoadedNetwork {
  const parsed = artefactSchema.safeParse(json);
  if (!parsed.success)
    throw invalidInput(
      name,
      parsed.error.issues.slice(0, MOST_PROBLEMS).map(({ path, message }) => ({
        path: path.join('.') || 'file',
        got: shown(valueAt(json, path)),
        allowed: message,
      })),
    );
  const artefact = parsed.data;
  const network = decoded(artefact);
  const problems = problemsOf(artefact, network);
  if (problems.length > 0) throw invalidInput(name, problems.slice(0, MOST_PROBLEMS));
  const features = artefact.features.map((feature) => featureNamed(feature)!);
  return { artefact, network, features, kernel: createKernel(network), windowRows: network.shape.windowRows };
}

export function artefactFrom(
  network: Network,
  features: readonly string[],
  card: Readonly<Record<string, unknown>>,
): Artefact {
  const { shape, means, deviations, weights } = network;
  return {
    format: ARTEFACT_FORMAT,
    features: [...features],
    experts: [...EXPERT_NAMES],
    shape,
    normalisation: { means: [...means], deviations: [...deviations] },
    weights: encodedWeights(weights),
    weightsSha256: hashOf(weights),
    card: { ...card },
  };
}

function decoded({ shape, normalisation, weights }: Artefact): Network {
  return {
    shape,
    means: Float32Array.from(normalisation.means),
    deviations: Float32Array.from(normalisation.deviations),
    weights: decodedWeights(weights),
  };
}

function problemsOf(artefact: Artefact, { shape, means, deviations, weights }: Network): Problem[] {
  const problems: Problem[] = [];
  const check = (path: string, got: string | number, allowed: string | number): void => {
    if (got !== allowed) problems.push({ path, got: `${got}`, allowed: `${allowed}` });
  };
  for (const feature of artefact.features)
    if (featureNamed(feature) === undefined) check('features', feature, 'a feature of this version');
  check('experts', artefact.experts.join(' '), EXPERT_NAMES.join(' '));
  if (problems.length > 0) return problems;
  check(
    'shape.rowColumns',
    shape.rowColumns,
    rowColumns(artefact.features.map((name) => featureNamed(name)!)),
  );
  check('normalisation.means', means.length, shape.rowColumns);
  check('normalisation.deviations', deviations.length, shape.rowColumns);
  const sizes = weightSizes(shape);
  for (const name of weightNames)
    check(`weights.${name}`, `${weights[name].length} numbers`, `${sizes[name]} numbers`);
  check('weightsSha256', artefact.weightsSha256, hashOf(weights));
  return problems;
}

type EncodedWeights = z.output<typeof weightsSchema>;

export function encodedWeights(weights: NetworkWeights): EncodedWeights {
  return Object.fromEntries(weightNames.map((name) => [name, base64From(weights[name])])) as EncodedWeights;
}

export function decodedWeights(weights: EncodedWeights): NetworkWeights {
  return Object.fromEntries(
    weightNames.map((name) => [name, floatsFrom(weights[name])]),
  ) as unknown as NetworkWeights;
}

function hashOf(weights: NetworkWeights): string {
  const hash = createHash('sha256');
  for (const name of weightNames) hash.update(bytesOf(weights[name]));
  return hash.digest('hex');
}

function bytesOf(floats: Float32Array): Buffer {
  const bytes = Buffer.alloc(4 * floats.length);
  floats.forEach((value, index) => bytes.writeFloatLE(value, 4 * index));
  return bytes;
}

export function base64From(floats: Float32Array): string {
  return bytesOf(floats).toString('base64');
}

export function floatsFrom(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) =>
    bytes.readFloatLE(4 * index),
  );
}
