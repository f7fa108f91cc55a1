import { fleetProblems } from '../../control/fleet-problems.ts';
import { PrescaleError, type Problem } from '../../domain/errors.ts';
import { workloadKey } from '../../domain/workload.ts';
import { compilePolicy } from '../../policy/compile-policy.ts';
import { parsePolicy } from '../../policy/parse-policy.ts';
import type { Policy } from '../../policy/policy.ts';
import { readPolicyText, type RawPolicy } from '../../policy/policy-text.ts';
import { calendarFilesBeside } from './calendar-file.ts';
import { readPolicyFile } from './policy-file.ts';

/** What is to be said of one document of one file. */
export interface PolicyCheck {
  readonly file: string;
  /** Counts from 1; null where the file could not be taken apart into documents. */
  readonly document: number | null;
  readonly valid: boolean;
  readonly problems: readonly Problem[];
  /** There when valid. */
  readonly policy?: Policy;
}

/** Every document of every file, each judged by itself; a second policy of the same name is refused. Never throws for input. */
export async function checkPolicyFiles(files: readonly string[]): Promise<PolicyCheck[]> {
  const checks: PolicyCheck[] = [];
  for (const file of files) checks.push(...(await checkFile(file)));
  return refuseTogether(refuseRepeats(checks));
}

async function checkFile(file: string): Promise<PolicyCheck[]> {
  try {
    return readPolicyText(await readPolicyFile(file)).map((raw) => checkDocument(file, raw));
  } catch (error) {
    return [invalid(file, null, error)];
  }
}

function checkDocument(file: string, { number, value }: RawPolicy): PolicyCheck {
  try {
    const policy = compilePolicy(parsePolicy(value), calendarFilesBeside(file));
    return { file, document: number, valid: true, problems: [], policy };
  } catch (error) {
    return invalid(file, number, error);
  }
}

function invalid(file: string, document: number | null, error: unknown): PolicyCheck {
  if (!(error instanceof PrescaleError)) throw error;
  return { file, document, valid: false, problems: error.problems };
}

function refuseTogether(checks: readonly PolicyCheck[]): PolicyCheck[] {
  const together = fleetProblems(checks.flatMap(({ policy }) => policy ?? []));
  return checks.map((check) => {
    const problem = check.policy && together.get(workloadKey(check.policy.workload));
    if (problem === undefined) return check;
    return { file: check.file, document: check.document, valid: false, problems: [problem] };
  });
}

function refuseRepeats(checks: readonly PolicyCheck[]): PolicyCheck[] {
  const firstByKey = new Map<string, PolicyCheck>();
  return checks.map((check) => {
    if (check.policy === undefined) return check;
    const key = workloadKey(check.policy.workload);
    const first = firstByKey.get(key);
    if (first === undefined) {
      firstByKey.set(key, check);
      return check;
    }
    const got = `${key}, as document ${first.document} of ${first.file} has`;
    const problem = { path: 'metadata.name', got, allowed: 'one policy per namespace and name' };
    return { file: check.file, document: check.document, valid: false, problems: [problem] };
  });
}
