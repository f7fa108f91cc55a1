import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadArtefact } from '../../../../src/infer/artefact.ts';
import { aSeries } from '../../../contract/forecaster.ts';
import { prescale } from '../evaluate/recorded-day.ts';

const folder = mkdtempSync(join(tmpdir(), 'prescale-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { startAtMs, stepSeconds, values } = aSeries({ days: 4, stepSeconds: 900 });
const recording = join(folder, 'shop.csv');
const rows = [...values].map(
  (rate, i) => `${new Date(startAtMs + i * stepSeconds * 1000).toISOString()},${rate}`,
);
writeFileSync(recording, ['timestamp,arrival_rate_rps', ...rows, ''].join('\n'));

const train = (out: string, ...args: string[]) =>
  prescale('train', '--recording', recording, '--out', join(folder, out), ...args);

test('writes a network that can be served, with its card, and no checkpoint', async () => {
  const { exitCode, stdout, stderr } = await train('one', '--epochs', '2', '--units', '2', '--json');
  expect([exitCode, stderr.match(/^epoch \d: training loss /gm)]).toEqual([0, expect.any(Array)]);
  const { file, data, seed } = JSON.parse(stdout) as { file: string; data: unknown[]; seed: number };
  expect([file, seed]).toEqual([join(folder, 'one', 'lstm.json'), 1]);
  expect(data).toEqual([{ name: 'shop', stepSeconds: 900, windows: expect.any(Number) as number }]);
  const { network, artefact } = await loadArtefact(file);
  expect(network.shape.units).toBe(2);
  expect(artefact.card).toMatchObject({
    command: expect.stringMatching(/^prescale train --recording shop\.csv /) as string,
  });
  expect(existsSync(join(folder, 'one', 'checkpoint.json'))).toBe(false);
});

test('the same seed gives the same file', async () => {
  for (const out of ['a', 'b']) await train(out, '--epochs', '1', '--units', '2', '--seed', '9');
  const read = (out: string): string => readFileSync(join(folder, out, 'lstm.json'), 'utf8');
  expect(read('a')).toBe(read('b'));
});

test('there is nothing to go on from without a checkpoint', async () => {
  expect(await train('fresh', '--resume')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/--resume: .*checkpoint\.json cannot be read/) as string,
  });
});

test.each([
  ['too little', rows.slice(0, 20)],
  ['a load that was never there', rows.map((row) => row.replace(/,.*/, ',0'))],
  ['a load that never changes', rows.map((row) => row.replace(/,.*/, ',7'))],
])('there is nothing to learn from %s', async (name, few) => {
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, ['timestamp,arrival_rate_rps', ...few, ''].join('\n'));
  const out = join(folder, name);
  const result = await prescale('train', '--recording', file, '--out', out);
  expect(result).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(
      /--recording: got .* too little history .*, or none that changes/,
    ) as string,
  });
  expect(existsSync(join(out, 'lstm.json'))).toBe(false);
});

describe('a training that is ended', () => {
  const LENGTH = ['--epochs', '4', '--patience', '9', '--units', '2', '--seed', '3'];
  const fileIn = (out: string, name: string): string => join(folder, out, name);

  /** `prescale train` in a process of its own, which gets SIGTERM when it has told its second epoch. */
  async function endedInTheThirdEpoch(out: string): Promise<{ exitCode: number | null; stderr: string }> {
    const args = ['train', '--recording', recording, '--out', join(folder, out), ...LENGTH];
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = once(child, 'exit');
    let stderr = '';
    for await (const text of child.stderr.setEncoding('utf8')) {
      stderr += String(text);
      if (/^epoch 2: /m.test(stderr)) child.kill('SIGTERM');
    }
    await exited;
    return { exitCode: child.exitCode, stderr };
  }

  test('ends by itself at SIGTERM, and goes on to the very file of one that was not', async () => {
    const { exitCode, stderr } = await endedInTheThirdEpoch('ended');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('ended by SIGTERM; --resume goes on')]);
    expect(existsSync(fileIn('ended', 'lstm.json'))).toBe(false);
    const resumed = await train('ended', ...LENGTH, '--resume');
    expect(resumed.stderr).toMatch(/^epoch [34]: /m);
    expect(resumed.stderr).not.toMatch(/^epoch 1: /m);
    await train('whole', ...LENGTH);
    expect(readFileSync(fileIn('ended', 'lstm.json'), 'utf8')).toBe(
      readFileSync(fileIn('whole', 'lstm.json'), 'utf8'),
    );
  });

  test('does not go on with other samples, nor from a checkpoint that was changed', async () => {
    await endedInTheThirdEpoch('other');
    const [checkpoint, other] = [fileIn('other', 'checkpoint.json'), fileIn('other', 'shop.csv')];
    const doubled = [...values].map((rate, i) => `${rows[i].split(',')[0]},${2 * rate + 5}`);
    writeFileSync(other, ['timestamp,arrival_rate_rps', ...doubled, ''].join('\n'));
    const args = ['train', '--out', join(folder, 'other'), ...LENGTH, '--resume', '--recording'];
    expect(await prescale(...args, other)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/--resume: .* is of another training .*; leave --resume out/) as string,
    });
    const text = readFileSync(checkpoint, 'utf8');
    for (const changed of [
      text.replace('epoch', 'epoxh'),
      text.slice(0, -99),
      '[]',
      '{"format":"prescale-checkpoint/1"}',
    ]) {
      writeFileSync(checkpoint, changed);
      expect(await prescale(...args, recording)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(
          /--resume: got .*checkpoint\.json, allowed: a whole prescale-checkpoint\/2 /,
        ) as string,
      });
    }
  });
});

test.each([
  [
    'a file for the folder',
    ['--out', recording],
    /--out: got .*shop\.csv \(.*\), allowed: a folder that can be written/,
  ],
  [
    'a folder below a file',
    ['--out', join(recording, 'x')],
    /--out: got .* \(ENOTDIR.*\), allowed: a folder/,
  ],
  [
    'a seed that would be another',
    ['--seed', '4294967296'],
    /Got "4294967296", allowed: a whole number .*at most 4294967295/,
  ],
  [
    'more series than can be made',
    ['--generated', '1000000000'],
    /Got "1000000000", allowed: .*at most 1000/,
  ],
])('refused is %s', async (_, args, message) => {
  const { exitCode, stdout, stderr } = await train('refused', ...args);
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
});
