import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { prescale, recordingFolder } from './recorded-day.ts';

const folder = recordingFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const shop = join(folder, 'shop.csv');
const evaluate = (...args: string[]) => prescale('evaluate', '--recording', shop, ...args);

interface Answer {
  recordings: { recording: string; stepSeconds: number; origins: number; models: Record<string, object> }[];
}

describe('prescale evaluate', () => {
  test('answers in the published shape, for every model', async () => {
    const { exitCode, stdout } = await evaluate('--every', '1h', '--json');
    expect(exitCode).toBe(0);
    const { recordings } = JSON.parse(stdout) as Answer;
    expect(recordings).toMatchObject([
      { recording: 'shop', stepSeconds: 600, horizonSeconds: 3600, origins: 32 },
    ]);
    const { models } = recordings[0];
    expect(Object.keys(models)).toEqual([
      'auto',
      'ensemble',
      'lstm',
      'arima',
      'moving-average',
      'seasonal-naive',
      'naive',
    ]);
    // On a day-shaped load with noise there is little to correct: at many origins the network steps back.
    const { unavailableRatio } = models['lstm'] as { unavailableRatio: number };
    expect(unavailableRatio).toBeGreaterThan(0.25);
    for (const score of ['maseRatio', 'wqlRatio', 'coverage90Ratio', 'within10PercentRatio', 'fitSeconds'])
      expect(models['arima']).toHaveProperty(score, expect.any(Number));
    const { weights } = models['auto'] as { weights: Record<string, number> };
    expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
    expect(models['auto']).toHaveProperty('biasRatio', expect.any(Number));
    const wqlOf = (name: string): number => (models[name] as { wqlRatio: number }).wqlRatio;
    expect(wqlOf('arima')).toBeLessThan(wqlOf('naive'));
    expect(wqlOf('auto')).toBe(wqlOf('ensemble'));
  });

  test("writes one model's forecasts as lines, also of a model that is not shown", async () => {
    const file = join(folder, 'naive.jsonl');
    await evaluate('--every', '4h', '--models', 'moving-average', '--model', 'naive', '--forecasts', file);
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(8);
    expect(lines[0]).toMatchObject({ recording: 'shop', originAt: '2026-06-03T16:00:00Z', stepSeconds: 600 });
    const quantiles = lines[0]['quantilesRps'] as number[][];
    expect([quantiles.length, quantiles[0].length]).toEqual([6, 12]);
  });

  test('for people: a table a recording, and the geometric means over them', async () => {
    const { stdout } = await prescale(
      'evaluate',
      ...[
        '--recording',
        `${shop},${shop}`,
        '--every',
        '8h',
        '--models',
        'naive,seasonal-naive',
        '--step',
        '20m',
      ],
    );
    expect(stdout.match(/^shop {2}step 20m, 1h ahead, 4 origins$/gm)).toHaveLength(2);
    expect(stdout).toMatch(/geometric mean +WQL\/s-naive +recordings/);
    expect(stdout).toMatch(/^naive +\d\.\d{4} +2 +1\.0000 +2$/m);
  });

  test('a lookback keeps old history from the models', async () => {
    const { stdout } = await evaluate(
      '--every',
      '8h',
      '--models',
      'seasonal-naive',
      '--lookback',
      '12h',
      '--json',
    );
    const { recordings } = JSON.parse(stdout) as Answer;
    expect(recordings[0].models['seasonal-naive']).toMatchObject({ unavailableRatio: 1 });
  });

  test.each([
    [['--models', 'auto,prophet'], /Got "prophet", allowed: auto, ensemble, lstm/],
    [['--horizon', '5m'], /--horizon: got 5m, allowed: a multiple of the step, which is 10m/],
    [['--every', 'often'], /Got "often", allowed: a duration/],
    [['--forecasts', '/nowhere/at/all.jsonl'], /--forecasts: got \/nowhere\/at\/all.jsonl .*allowed: a file/],
    [['--every', '0s'], /Got "0s", allowed: a duration.*, above 0s/],
    [['--lookback', '9m'], /--lookback: got 9m, allowed: at least the step, which is 10m/],
    [['--models', ','], /--models: got no name, allowed: names of models/],
    [['--model', 'naive'], /--model: got no --forecasts, allowed: only with it/],
  ])('%j is refused, and it says what is allowed', async (args, message) => {
    const { exitCode, stdout, stderr } = await evaluate(...args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('a recording is not written over with its forecasts, by whatever path', async () => {
    const [before, link] = [readFileSync(shop, 'utf8'), join(folder, 'link.jsonl')];
    symlinkSync(shop, link);
    for (const file of [shop, join(folder, '.', 'shop.csv'), link])
      expect(await evaluate('--models', 'naive', '--forecasts', file)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`which is the recording ${shop}, allowed: another file`) as string,
      });
    expect(readFileSync(shop, 'utf8')).toBe(before);
  });

  test('names no recording, or one with nothing to score: told, and not an empty table', async () => {
    expect(await prescale('evaluate', '--recording', ',')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('--recording: got no name') as string,
    });
    const silent = join(folder, 'silent.csv');
    writeFileSync(silent, 'timestamp,arrival_rate_rps\n2026-06-01T00:00:00Z,1\n2026-06-01T00:10:00Z,NaN\n');
    expect(await prescale('evaluate', '--recording', silent)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining(
        'rows: got 2 slots of 10m without a sample in the last third, allowed: samples',
      ) as string,
    });
  });
});
