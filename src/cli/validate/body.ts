import { ERROR_CODES, problemText } from '../../domain/errors.ts';
import type { CommandBody } from '../command-spec.ts';
import { checkPolicyFiles, type PolicyCheck } from './check-policies.ts';

export const run: CommandBody = async ([files], flags) => {
  const checks = await checkPolicyFiles(files as string[]);
  if (flags['json'] === true) process.stdout.write(`${JSON.stringify(checks.map(answerOf), null, 2)}\n`);
  else printText(checks);
  return checks.every((check) => check.valid) ? 0 : ERROR_CODES.invalidInput.exitCode;
};

function answerOf({ file, document, valid, problems }: PolicyCheck): Omit<PolicyCheck, 'policy'> {
  return { file, document, valid, problems };
}

/** One line a file on stdout; every problem on stderr. */
function printText(checks: readonly PolicyCheck[]): void {
  for (const file of new Set(checks.map((check) => check.file))) {
    const ofFile = checks.filter((check) => check.file === file);
    const validCount = ofFile.filter((check) => check.valid).length;
    const invalidCount = ofFile.length - validCount;
    const failed = invalidCount === 0 ? '' : `, ${invalidCount} not valid`;
    process.stdout.write(
      `${file}: ${validCount} ${validCount === 1 ? 'policy' : 'policies'} valid${failed}\n`,
    );
    for (const check of ofFile) printProblems(check, ofFile.length > 1);
  }
}

function printProblems({ file, document, problems }: PolicyCheck, isOneOfSeveral: boolean): void {
  const where = isOneOfSeveral ? `${file}: document ${document}` : file;
  for (const problem of problems) process.stderr.write(`${where}: ${problemText(problem)}\n`);
}
