import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { generatedSeries } from '../../../../src/train/generate-series.ts';
import { type Captured, runCaptured } from './captured-run.ts';
import { csvText, policyText, written } from './recorded-files.ts';

const scratch = await mkdtemp(join(tmpdir(), 'prescale-run-challenger-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const { startAtMs, stepSeconds, values } = generatedSeries(5);
const policy = await written(
  scratch,
  'policy.json',
  policyText('checkout', { forecast: { horizon: '3h', step: '1h', lookback: '90d', models: ['lstm'] } }),
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
const play = ['--policy', policy, '--recording', recording, '--from=-1h', '--tick', '1h', '--speed', 'max'];

/** The shipped network again, as if fine-tuned with what came before. */
async function twin(): Promise<string> {
  const artefact = JSON.parse(await readFile('models/lstm.json', 'utf8')) as object;
  const card = { seenUntil: new Date(startAtMs).toISOString() };
  return written(scratch, 'twin.json', JSON.stringify({ ...artefact, card }));
}

test('a decision tells why which of the two networks serves', async () => {
  const output: Captured = { stdout: '', stderr: '' };
  expect(await runCaptured([...play, '--json', '--challenger', await twin()], output)).toBe(0);
  const [decision] = output.stdout.split('\n');
  expect(decision).toMatch(/the challenger has not won: 0\.0 standard errors of gain over \d+ origins/);
});

test.each([
  ['a file that is not there', () => join(scratch, 'absent.json'), /absent\.json/],
  ['another JSON file', () => 'package.json', /package\.json is not valid:\n {2}format: got/],
])('where the past is played, %s is refused before anything is', async (_, file, message) => {
  const output: Captured = { stdout: '', stderr: '' };
  expect(await runCaptured([...play, '--challenger', file()], output)).toBe(2);
  expect(output.stderr).toMatch(message);
  expect(output.stdout).toBe('');
});
