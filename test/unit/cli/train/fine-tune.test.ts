import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isoFromMs } from '../../../../src/domain/clock.ts';
import { seriesEndMs, type TimeSeries } from '../../../../src/domain/time-series.ts';
import { loadArtefact } from '../../../../src/infer/artefact.ts';
import { loadChallenger } from '../../../../src/infer/load-challenger.ts';
import { moodyLoad } from '../../../builders/moody-load.ts';
import { aSeries } from '../../../contract/forecaster.ts';
import { prescale } from '../evaluate/recorded-day.ts';

const folder = mkdtempSync(join(tmpdir(), 'prescale-fine-tune-'));
afterAll(() => rmSync(folder, { recursive: true }));

function recordingOf(name: string, { startAtMs, stepSeconds, values }: TimeSeries): string {
  const rows = [...values].map((rate, i) => `${isoFromMs(startAtMs + i * stepSeconds * 1000)},${rate}`);
  const file = join(folder, name);
  writeFileSync(file, ['timestamp,arrival_rate_rps', ...rows, ''].join('\n'));
  return file;
}

const moody = moodyLoad();
const moodyFile = recordingOf('moody.csv', moody);
const steady = aSeries({ days: 14, stepSeconds: 1800 });
const steadyFile = recordingOf('steady.csv', steady);

const fineTune = (recording: string, out: string, ...args: string[]) =>
  prescale(
    'train',
    '--from',
    'models/lstm.json',
    '--recording',
    recording,
    '--out',
    join(folder, out),
    ...args,
  );

describe('a network is fine-tuned from the own history', () => {
  test('and written where it wins on what neither has seen, with what it was held against', async () => {
    const { exitCode, stdout } = await fineTune(moodyFile, 'won', '--epochs', '6');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^the challenger has won: WQL of the champion 0\.\d{4}, of the challenger 0\.\d{4}, which was better on \d+ of \d+ days\n/,
    );
    const file = join(folder, 'won', 'lstm.json');
    const [champion, { artefact }] = [await loadArtefact('models/lstm.json'), await loadArtefact(file)];
    expect(artefact.card).toMatchObject({
      fineTunedFromSha256: champion.artefact.weightsSha256,
      seenUntil: isoFromMs(seriesEndMs(moody)),
    });
    const { verdict } = artefact.card as { verdict: Record<string, number> };
    expect(verdict['challengerWqlRatio']).toBeLessThanOrEqual(0.99 * verdict['championWqlRatio']);
    expect(verdict['daysWon']).toBeGreaterThan(verdict['days'] / 2);
    expect(artefact.normalisation).toEqual(champion.artefact.normalisation);
    expect((await loadChallenger(file)).unseenFromMs).toBe(seriesEndMs(moody));
    expect(existsSync(join(folder, 'won', 'checkpoint.json'))).toBe(false);
  });

  test('what was there stays, to the byte, where it does not win; both scores are told', async () => {
    mkdirSync(join(folder, 'lost'));
    const file = join(folder, 'lost', 'lstm.json');
    writeFileSync(file, 'the one before');
    const { exitCode, stdout } = await fineTune(steadyFile, 'lost', '--epochs', '2', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      file: null,
      verdict: {
        hasWon: false,
        championWqlRatio: expect.any(Number) as number,
        challengerWqlRatio: expect.any(Number) as number,
      },
    });
    expect(readFileSync(file, 'utf8')).toBe('the one before');
  });

  test('what came in the judged third changes no loss in training', async () => {
    const { values } = steady;
    const judgedFrom = Math.ceil((2 * values.length) / 3);
    const spoilt = values.map((rate, i) => (i < judgedFrom ? rate : rate * (i % 7)));
    const epoch = async (recording: string, out: string): Promise<unknown> =>
      /^epoch 1: .*$/m.exec((await fineTune(recording, out, '--epochs', '1')).stderr)?.[0];
    const plain = await epoch(steadyFile, 'plain');
    expect(plain).toBeDefined();
    expect(await epoch(recordingOf('spoilt.csv', { ...steady, values: spoilt }), 'spoilt')).toEqual(plain);
  });
});

test.each([
  ['units of its own', ['--units', '16'], /--units: got 16, allowed: none with --from, whose network has 8/],
  [
    'a network that is not there',
    ['--from', join(folder, 'no.json')],
    /no\.json is no network that can be read/,
  ],
])('refused is %s', async (_, args, message) => {
  const { exitCode, stderr } = await fineTune(steadyFile, 'refused', ...args);
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
});
