import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
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

test('there is nothing to go on from without a checkpoint, and nothing to learn from too little', async () => {
  expect(await train('fresh', '--resume')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/--resume: .*checkpoint\.json cannot be read/) as string,
  });
  const short = join(folder, 'short.csv');
  writeFileSync(short, ['timestamp,arrival_rate_rps', ...rows.slice(0, 20), ''].join('\n'));
  const result = await prescale('train', '--recording', short, '--out', join(folder, 'short'));
  expect(result).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/--recording: got .* too little history/) as string,
  });
});
