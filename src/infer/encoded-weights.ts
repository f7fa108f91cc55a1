/** Weights as text: base64 of little-endian 32-bit floats, by name. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { NetworkWeights, WeightName } from '../forecast/models/lstm/network.ts';

export const WEIGHT_NAMES = [
  'inputKernel',
  'recurrentKernel',
  'gateBias',
  'stateKernel',
  'stepKernel',
  'headBias',
  'outputKernel',
  'outputBias',
] as const satisfies readonly WeightName[];

const text = z.string('text').min(1, 'text');

export const weightsSchema = z.strictObject(
  Object.fromEntries(WEIGHT_NAMES.map((name) => [name, text])) as Record<WeightName, typeof text>,
  'weights by name',
);
type EncodedWeights = z.output<typeof weightsSchema>;

export function encodedWeights(weights: NetworkWeights): EncodedWeights {
  return Object.fromEntries(WEIGHT_NAMES.map((name) => [name, base64From(weights[name])])) as EncodedWeights;
}

export function decodedWeights(weights: EncodedWeights): NetworkWeights {
  return Object.fromEntries(
    WEIGHT_NAMES.map((name) => [name, floatsFrom(weights[name])]),
  ) as unknown as NetworkWeights;
}

/** SHA-256 over the weights in the order of their names. */
export function hashOf(weights: NetworkWeights): string {
  const hash = createHash('sha256');
  for (const name of WEIGHT_NAMES) hash.update(bytesOf(weights[name]));
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
