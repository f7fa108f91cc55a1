import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';

const PROGRAMS = [
  ['prescale', 'src/cli.ts'],
  ['kubectl psa', 'src/kubectl-psa.ts'],
] as const;

describe('the reader of standard output', () => {
  test.each(PROGRAMS)('%s leaves with 0 and says nothing where it has gone', async (_name, file) => {
    const program = spawn(process.execPath, ['--import', 'tsx', file, '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    program.stdout.destroy();
    const [complaints, [exitCode]] = await Promise.all([text(program.stderr), once(program, 'exit')]);
    expect({ complaints, exitCode }).toEqual({ complaints: '', exitCode: 0 });
  });

  test.each(PROGRAMS)('%s leaves with 1 and the reason where nothing can be written', async (name, file) => {
    const full = openSync('/dev/full', 'w');
    const program = spawn(process.execPath, ['--import', 'tsx', file, '--help'], {
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    const [complaints, [exitCode]] = await Promise.all([text(program.stderr!), once(program, 'exit')]);
    expect({ complaints, exitCode }).toEqual({
      complaints: expect.stringMatching(new RegExp(`^${name}: standard output: ENOSPC.*\\n$`)) as string,
      exitCode: 1,
    });
  });
});
