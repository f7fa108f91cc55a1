import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { runProgram } from './run-command.ts';

const clone = inject('clone');
const CLI = join(clone, 'dist', 'cli.js');

/** Packages that are slow to load or large; a command that does not need them must not. */
const HEAVY = ['@tensorflow', '@kubernetes', 'express', 'undici', 'prom-client', 'pino'];

/** Every file of JavaScript that the command loaded, as V8's coverage saw it. */
async function filesLoadedBy(args: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'loaded-'));
  try {
    await runProgram(process.execPath, [CLI, ...args], { cwd: clone, env: { NODE_V8_COVERAGE: folder } });
    const [report] = await readdir(folder);
    const text = await readFile(join(folder, report), 'utf8');
    const { result } = JSON.parse(text) as { result: { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.startsWith('file://'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function heavyPackagesIn(files: readonly string[]): string[] {
  return HEAVY.filter((name) => files.some((file) => file.includes(`/node_modules/${name}/`)));
}

const SIZE = ['size', '--arrival-rate-rps', '1200', '--service-rate-rps', '25', '--slo-seconds', '0.25'];

test.each([
  ['prescale --help', ['--help']],
  ['prescale version', ['version']],
  ['prescale size --help', ['size', '--help']],
  ['prescale size ...', SIZE],
])('%s loads no heavy package', async (_name, args) => {
  const files = await filesLoadedBy(args);
  expect(files.some((file) => file.endsWith('/dist/cli.js'))).toBe(true);
  expect(files.some((file) => file.includes('/node_modules/commander/'))).toBe(true);
  expect(heavyPackagesIn(files)).toEqual([]);
});

test('what a command does load is seen', async () => {
  const files = await filesLoadedBy(['validate', 'deploy/demo/checkout.yaml']);
  expect(files.some((file) => file.includes('/node_modules/zod/'))).toBe(true);
  expect(files.some((file) => file.includes('/node_modules/yaml/'))).toBe(true);
});

/** Median of seven runs, milliseconds. */
async function medianMs(args: readonly string[]): Promise<number> {
  const runs: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    const result = await runProgram(process.execPath, args, { cwd: clone });
    expect(result.exitCode, result.stderr).toBe(0);
    runs.push(result.seconds * 1000);
  }
  return Math.round(runs.sort((a, b) => a - b)[3]);
}

test('cold start, printed for the record', async () => {
  const bare = await medianMs(['-e', '0']);
  const help = await medianMs([CLI, 'size', '--help']);
  const answer = await medianMs([CLI, ...SIZE]);
  console.log(
    `cold start, medians of 7: size --help ${help} ms, size ... ${answer} ms, node alone ${bare} ms`,
  );
});
