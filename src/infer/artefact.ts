/**
 * A trained network as a file: weights, what its rows are made of, normalisation, and the card that says where it
 * comes from and what it is worth. JSON, weights as base64 of little-endian 32-bit floats.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { invalidInput, PrescaleError, type Problem } from '../domain/errors.ts';
import { shown, valueAt } from '../domain/shown-value.ts';
import { LIVE_FEATURES, type LiveFeature } from '../domain/live-history.ts';
import type { FeatureSpec } from '../forecast/features/feature-spec.ts';
import { featureNamed } from '../forecast/features/feature-table.ts';
import { EXPERT_NAMES } from '../forecast/models/lstm/experts.ts';
import type { ServedNetwork } from '../forecast/models/lstm/correction-memory.ts';
import { createKernel } from '../forecast/models/lstm/kernel.ts';
import { type Network, weightSizes } from '../forecast/models/lstm/network.ts';
import { columnNames, knownColumn, rowColumns } from '../forecast/models/lstm/network-inputs.ts';
import { decodedWeights, encodedWeights, hashOf, WEIGHT_NAMES, weightsSchema } from './encoded-weights.ts';

export const ARTEFACT_FORMAT = 'prescale-lstm/1';

/** What is told of a file that is wrong all over: a list that a person can still read. */
const MOST_PROBLEMS = 20;

const text = z.string('text').min(1, 'text');
const count = z.int('a whole number above 0').positive('a whole number above 0');
const names = z.array(text, 'a list of names');
const HASH_FORM = 'a SHA-256 in hexadecimal';

const artefactSchema = z.strictObject({
  format: z.literal(ARTEFACT_FORMAT),
  features: names,
  experts: names,
  shape: z.strictObject(
    { rowColumns: count, windowRows: count, units: count, headUnits: count },
    'the shape',
  ),
  normalisation: z.strictObject(
    {
      means: z.array(z.number('a number'), 'a list of numbers'),
      deviations: z.array(
        z.number('a number of at least 0').nonnegative('a number of at least 0'),
        'a list of numbers',
      ),
    },
    'means and deviations',
  ),
  weights: weightsSchema,
  /** SHA-256 over the weights in the order of their names above. */
  weightsSha256: z.string(HASH_FORM).regex(/^[0-9a-f]{64}$/, HASH_FORM),
  /** The model card's facts; not needed to serve. */
  card: z.record(z.string(), z.unknown(), 'facts by name'),
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
  const format = valueAt(json, ['format']);
  // One of another version is wrong all over: what it is says enough.
  if (format !== ARTEFACT_FORMAT)
    throw invalidInput(name, [{ path: 'format', got: shown(format), allowed: ARTEFACT_FORMAT }]);
  const parsed = artefactSchema.safeParse(json);
  if (!parsed.success)
    throw invalidInput(name, problemsFrom(parsed.error.issues, json).slice(0, MOST_PROBLEMS));
  const artefact = parsed.data;
  const network = decoded(artefact);
  const problems = problemsOf(artefact, network);
  if (problems.length > 0) throw invalidInput(name, problems.slice(0, MOST_PROBLEMS));
  const features = artefact.features.map((feature) => featureNamed(feature)!);
  const { windowRows } = network.shape;
  const liveMetrics = liveMetricsOf(network, features);
  return { artefact, network, features, liveMetrics, kernel: createKernel(network), windowRows };
}

/** Those that its training knew: columns of the others did not vary there, and are not used (standardise). */
function liveMetricsOf({ deviations }: Network, features: readonly FeatureSpec[]): readonly LiveFeature[] {
  const columns = columnNames(features);
  const varied = (column: string): boolean => deviations[columns.indexOf(column)] > 0;
  return LIVE_FEATURES.filter((name) => varied(name) || varied(knownColumn(name)));
}

function problemsFrom(issues: readonly z.core.$ZodIssue[], json: unknown): Problem[] {
  return issues.flatMap((issue) => {
    const at = (...more: string[]): string => [...issue.path, ...more].join('.');
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: at(key), got: 'an unknown field', allowed: 'none of this name' }))
      : [{ path: at(), got: shown(valueAt(json, issue.path)), allowed: issue.message }];
  });
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

function problemsOf(artefact: Artefact, network: Network): Problem[] {
  const { shape, means, deviations, weights } = network;
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
  for (const name of WEIGHT_NAMES)
    check(`weights.${name}`, `${weights[name].length} numbers`, `${sizes[name]} numbers`);
  check('weightsSha256', artefact.weightsSha256, hashOf(weights));
  for (const [path, numbers] of numbersOf(network))
    if (!numbers.every(Number.isFinite)) check(path, 'a number that is not finite', 'finite numbers');
  return problems;
}

function numbersOf({ means, deviations, weights }: Network): readonly (readonly [string, Float32Array])[] {
  return [
    ['normalisation.means', means],
    ['normalisation.deviations', deviations],
    ...WEIGHT_NAMES.map((name) => [`weights.${name}`, weights[name]] as const),
  ];
}
