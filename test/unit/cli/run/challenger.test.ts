import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { generatedSeries } from '../../../../src/train/generate-series.ts';
import { type Captured, runCaptured } from './captured-run.ts';
import { csvText, policyText, written } from './recorded-files.ts';

const scratch = await mkdtemp(join(tmpdir(), 'prescale-run-challenger-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const { startAtMs, stepSeconds, values } = generatedSeries(5);
const FORECAST = { horizon: '3h', step: '1h', lookback: '90d', models: ['lstm'] };
const policy = await written(scratch, 'policy.json', policyText('checkout', { forecast: FORECAST }));
const mixed = await written(
  scratch,
  'mixed.json',
  policyText('checkout', { forecast: { ...FORECAST, models: ['ensemble'] } }),
);
const classed = await written(
  scratch,
  'classed.json',
  policyText('cart', { forecast: { ...FORECAST, class: 'web' } }),
);
const recording = await written(
  scratch,
  'load.csv',
  csvText({
    startAtMs,
    stepSeconds,
    rows: values.length,
    rps: (row) => (Number.isNaN(values[row]) ? undefined : values[row]),
  }),
);
const PLAY = ['--from=-1h', '--tick', '1h', '--speed', 'max'];
const play = ['--policy', policy, '--recording', recording, ...PLAY];

/** The shipped network again, as if fine-tuned with what came before. */
async function twin(): Promise<string> {
  const artefact = JSON.parse(await readFile('models/lstm.json', 'utf8')) as object;
  const card = { seenUntil: new Date(startAtMs).toISOString() };
  return written(scratch, 'twin.json', JSON.stringify({ ...artefact, card }));
}

test.each([
  ['by itself', policy],
  ['in the ensemble', mixed],
])('a decision tells why which of the two networks serves, %s', async (_, file) => {
  const output: Captured = { stdout: '', stderr: '' };
  const played = ['--policy', file, '--recording', recording, ...PLAY];
  expect(await runCaptured([...played, '--json', '--challenger', await twin()], output)).toBe(0);
  const [decision] = output.stdout.split('\n');
  expect(decision).toMatch(/the challenger has not won: 0\.0 standard errors of gain over \d+ origins/);
});

test('of a folder, the challenger of a class contends for its workloads alone', async () => {
  const folder = join(scratch, 'networks');
  await mkdir(join(folder, 'web'), { recursive: true });
  await cp(await twin(), join(folder, 'web', 'lstm.json'));
  const output: Captured = { stdout: '', stderr: '' };
  const both = ['--policy', policy, classed, '--recording', recording, recording, ...PLAY];
  expect(await runCaptured([...both, '--json', '--challenger', folder], output)).toBe(0);
  const told = output.stdout.split('\n').filter((line) => line.includes('"decidedAt'));
  const contends = (name: string): boolean[] =>
    told
      .filter((line) => line.includes(`"${name}"`))
      .map((line) => line.includes('the challenger has not won'));
  expect(contends('cart')).toEqual([true, true]);
  expect(contends('checkout')).toEqual([false, false]);
});

test.each([
  ['a folder without a network', () => scratch, /--challenger: got .*, where there is none/],
  [
    'a file that is not there',
    () => join(scratch, 'absent.json'),
    /--challenger: got .*absent\.json, where there is none; allowed: a network, or a folder/,
  ],
  ['another JSON file', () => 'package.json', /package\.json is not valid:\n {2}format: got/],
])('where the past is played, %s is refused before anything is', async (_, file, message) => {
  const output: Captured = { stdout: '', stderr: '' };
  expect(await runCaptured([...play, '--challenger', file()], output)).toBe(2);
  expect(output.stderr).toMatch(message);
  expect(output.stdout).toBe('');
});
