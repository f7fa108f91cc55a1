/**
 * Set-up of the end-to-end tests: a clean clone of HEAD, installed as its README says. What is not committed is not
 * tested here. The tests take the folder with `inject('clone')`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { runProgram, type RunResult } from './run-command.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of an installed clone; tests must leave it as it is. */
    clone: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scratch = await mkdtemp(join(tmpdir(), 'prescale-e2e-'));
  const clone = await cloneHead(join(scratch, 'prescale'));
  assertEndedWell('npm ci', await runProgram('npm', ['ci'], { cwd: clone }));
  project.provide('clone', clone);
  return () => rm(scratch, { recursive: true, force: true });
}

/** Clones the repository's HEAD, without what lies in the working tree, to `folder`. */
export async function cloneHead(folder: string): Promise<string> {
  const args = ['clone', '--quiet', '--depth=1', `file://${process.cwd()}`, folder];
  assertEndedWell('git clone', await runProgram('git', args, { cwd: process.cwd() }));
  return folder;
}

function assertEndedWell(what: string, { exitCode, stdout, stderr }: RunResult): void {
  if (exitCode !== 0) throw new Error(`${what} ended with ${exitCode}:\n${stdout}${stderr}`);
}
