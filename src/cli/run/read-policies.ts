import { fleetProblems } from '../../control/fleet-problems.ts';
import { invalidInput, PrescaleError, type Problem } from '../../domain/errors.ts';
import { workloadKey } from '../../domain/workload.ts';
import { compilePolicy } from '../../policy/compile-policy.ts';
import type { Policy } from '../../policy/policy.ts';
import { parsePolicyText } from '../../policy/policy-text.ts';
import { calendarFilesBeside } from '../validate/calendar-file.ts';
import { readPolicyFile } from '../validate/policy-file.ts';

/** A policy and what a person should know about it. */
export interface LoadedPolicy {
  readonly policy: Policy;
  /** Its `kubernetes.io/description`, where it has one. */
  readonly description: string | undefined;
}

const DESCRIPTION_ANNOTATION = 'kubernetes.io/description';

/** Every policy of every file, in order. Throws `invalidInput` that names the file and everything wrong in it. */
export async function readPolicies(files: readonly string[]): Promise<readonly LoadedPolicy[]> {
  const loaded: LoadedPolicy[] = [];
  for (const file of files) loaded.push(...(await readOne(file)));
  refuseRepeated(loaded);
  refuseTogether(loaded);
  return loaded;
}

async function readOne(file: string): Promise<readonly LoadedPolicy[]> {
  try {
    const calendarFiles = calendarFilesBeside(file);
    return parsePolicyText(await readPolicyFile(file)).map((document) => ({
      policy: compilePolicy(document, calendarFiles),
      description: document.metadata.annotations[DESCRIPTION_ANNOTATION],
    }));
  } catch (error) {
    if (!(error instanceof PrescaleError)) throw error;
    throw invalidInput(file, error.problems);
  }
}

function refuseRepeated(loaded: readonly LoadedPolicy[]): void {
  const keys = loaded.map(({ policy }) => workloadKey(policy.workload));
  const problems: Problem[] = keys
    .filter((key, index) => keys.indexOf(key) < index)
    .map((key) => ({
      path: '--policy',
      got: `${key} more than once`,
      allowed: 'one policy per namespace and name',
    }));
  if (problems.length > 0) throw invalidInput('the policies', problems);
}

function refuseTogether(loaded: readonly LoadedPolicy[]): void {
  const problems = [...fleetProblems(loaded.map(({ policy }) => policy)).values()];
  if (problems.length > 0) throw invalidInput('the policies', problems);
}

/**
 * The policies as this version runs them: all in mode Recommend. What would write is refused, unless --dry-run says
 * that it should not: the part that writes to a cluster is not there yet.
 */
export function asRecommended(loaded: readonly LoadedPolicy[], dryRun: boolean): readonly LoadedPolicy[] {
  const problems: Problem[] = loaded
    .filter(({ policy }) => policy.mode !== 'Recommend' && !dryRun)
    .map(({ policy }) => ({
      path: `spec.mode of ${workloadKey(policy.workload)}`,
      got: policy.mode,
      allowed:
        'Recommend, or --dry-run: policies from files are recommended only; scaling takes them from the cluster',
    }));
  if (problems.length > 0) throw invalidInput('the policies', problems);
  return loaded.map((one) => ({ ...one, policy: { ...one.policy, mode: 'Recommend' } }));
}
