import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { runLine } from './run-command.ts';

const clone = inject('clone');
const readme = readFileSync(join(clone, 'README.md'), 'utf8');

/** The README's examples, but for its two commands, which have tests of their own. */
const examples = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block]) => block.trim().split('\n'))
  .filter((line) => line.startsWith('prescale '));

test('there are examples', () => expect(examples.length).toBeGreaterThanOrEqual(5));

test.each(examples)('%s', async (line) => {
  const alias = `prescale() { '${process.execPath}' '${join(clone, 'dist', 'cli.js')}' "$@"; }`;
  const { exitCode, stdout, stderr } = await runLine(`${alias}\n${line}`, { cwd: clone });
  expect(exitCode, stderr).toBe(0);
  expect(stdout.trim(), stderr).not.toBe('');
});
