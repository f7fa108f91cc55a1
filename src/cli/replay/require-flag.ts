import { InvalidArgumentError } from 'commander';
import { parseRequirement, REQUIRED_FIGURES, type Requirement } from '../../replay/requirement.ts';

/** May be given several times. */
export function requireFlag(text: string, soFar: readonly Requirement[] = []): readonly Requirement[] {
  const requirement = parseRequirement(text);
  if (requirement !== undefined) return [...soFar, requirement];
  const form = `one of ${REQUIRED_FIGURES.join(', ')}, then <= or <, then a policy, 0.9*policy or a number`;
  throw new InvalidArgumentError(`Got "${text}", allowed: ${form}.`);
}
