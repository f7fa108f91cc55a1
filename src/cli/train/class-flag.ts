import { InvalidArgumentError } from 'commander';
import { WORKLOAD_CLASS_FORM, WORKLOAD_CLASS_PATTERN } from '../../domain/workload-class.ts';
import { listFlag } from '../flags.ts';

/** Classes of workloads, given several times or separated by commas. */
export function classFlag(text: string, soFar: readonly string[] = []): string[] {
  const names = listFlag(text);
  const wrong = names.length === 0 ? text : names.find((name) => !WORKLOAD_CLASS_PATTERN.test(name));
  if (wrong !== undefined) throw new InvalidArgumentError(`Got "${wrong}", allowed: ${WORKLOAD_CLASS_FORM}.`);
  return [...soFar, ...names];
}
