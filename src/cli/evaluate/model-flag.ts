import { InvalidArgumentError } from 'commander';
import { MODEL_NAMES } from '../../domain/forecast.ts';
import type { EvaluatedName } from '../../forecast/rolling-origin.ts';
import { listFlag } from '../flags.ts';

export const EVALUATED_NAMES: readonly EvaluatedName[] = ['auto', ...MODEL_NAMES];

/** A model's name or `auto`. */
export function modelFlag(text: string): EvaluatedName {
  const name = EVALUATED_NAMES.find((known) => known === text);
  if (name === undefined)
    throw new InvalidArgumentError(`Got "${text}", allowed: ${EVALUATED_NAMES.join(', ')}.`);
  return name;
}

/** Models by name, separated by commas or in several flags. */
export function modelsFlag(text: string, soFar: readonly EvaluatedName[] = []): EvaluatedName[] {
  return [...new Set([...soFar, ...listFlag(text).map(modelFlag)])];
}
