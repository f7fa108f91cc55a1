import { InvalidArgumentError } from 'commander';
import { FAMILY_NAMES, type FamilyName } from '../../replay/families.ts';
import { listFlag } from '../flags.ts';

export const BASELINE_NAMES = FAMILY_NAMES;

export function baselinesFlag(text: string, soFar?: readonly FamilyName[]): readonly FamilyName[] {
  return listFlag(text, soFar).map((name) => {
    const known = FAMILY_NAMES.find((family) => family === name);
    if (known === undefined)
      throw new InvalidArgumentError(`Got "${name}", allowed: ${FAMILY_NAMES.join(', ')}.`);
    return known;
  });
}
