import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeBinary } from '../node-matrix/node-binary.ts';
import { cloneHead } from './installed-clone.ts';
import { runLine, runProgram, type RunResult } from './run-command.ts';

const scratch = await mkdtemp(join(tmpdir(), 'prescale-install-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const lineCount = ({ stdout, stderr }: RunResult): number =>
  `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '').length;

/** Ended well and said little: the native library of tfjs-node may or may not be there, it is nobody's business. */
function expectQuietSuccess(result: RunResult): void {
  expect(result.exitCode, result.stdout + result.stderr).toBe(0);
  expect(lineCount(result), result.stdout + result.stderr).toBeLessThanOrEqual(6);
  expect(result.stdout + result.stderr).not.toMatch(/warn|error|deprecated|vulnerabilit/i);
}

describe('installing the repository', () => {
  test('npm 12, which runs only the install scripts that package.json allows', async () => {
    const folder = await cloneHead(join(scratch, 'npm-12'));
    const node = await nodeBinary('22.23.3');
    const env = { PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` };
    const installed = await runProgram('npx', ['--yes', 'npm@12', 'ci'], { cwd: folder, env });
    expectQuietSuccess(installed);
    console.log(`npm 12 ci: ${installed.seconds.toFixed(1)} s, ${lineCount(installed)} lines`);
    const version = await runProgram('npx', ['prescale', 'version'], { cwd: folder, env });
    expect(version.exitCode, version.stderr).toBe(0);
  });

  test('without any install script, build and tests run all the same', async () => {
    const folder = await cloneHead(join(scratch, 'ignore-scripts'));
    expectQuietSuccess(await runProgram('npm', ['ci', '--ignore-scripts'], { cwd: folder }));
    // One room's tests stand for all: the whole suite runs in the README's command and on every Node.
    const tested = await runLine('npm run build && npm test -- test/unit/make-recording', { cwd: folder });
    expect(tested.exitCode, tested.stdout + tested.stderr).toBe(0);
    expect(tested.stdout).toMatch(/Tests .*passed/);
  });
});
