import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { prescale, recordingFolder } from '../evaluate/recorded-day.ts';

const folder = recordingFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const forecast = (...args: string[]) =>
  prescale('forecast', '--recording', join(folder, 'shop.csv'), ...args);

describe('prescale forecast', () => {
  test('answers in the published shape', async () => {
    const { exitCode, stdout, stderr } = await forecast('--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    const answer = JSON.parse(stdout) as { points: { quantilesRps: object }[] };
    expect(answer).toMatchObject({
      model: 'ensemble',
      skipped: [],
      confidenceRatio: expect.any(Number),
      originAt: '2026-06-05T00:00:00Z',
      stepSeconds: 600,
    });
    expect(answer.points.map((point) => (point as unknown as { at: string }).at)).toEqual(
      [0, 10, 20, 30, 40, 50].map((minute) => `2026-06-05T00:${String(minute).padStart(2, '0')}:00Z`),
    );
    expect(Object.keys(answer.points[0].quantilesRps)).toEqual(['0.05', '0.5', '0.8', '0.9', '0.95', '0.99']);
  });

  test('from an earlier instant it is the forecast of then', async () => {
    const { stdout } = await forecast('--at', '2026-06-04T12:07:00Z', '--horizon', '20m', '--json');
    const { originAt, points } = JSON.parse(stdout) as { originAt: string; points: unknown[] };
    expect([originAt, points.length]).toEqual(['2026-06-04T12:00:00Z', 2]);
  });

  test('resampled, and by a model that is named', async () => {
    const { stdout } = await forecast('--step', '30m', '--model', 'naive', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ model: 'naive', skipped: [], stepSeconds: 1800 });
  });

  test('for people: who forecast, a row per step, a plot', async () => {
    const { stdout } = await forecast('--model', 'moving-average');
    expect(stdout).toMatch(/^moving-average, from 2026-06-05T00:00:00Z: .* with \d+\.\d %\n/);
    expect(stdout.match(/^2026-06-05T00:\d0:00Z( +[\d.]+){7}$/gm)).toHaveLength(6);
    expect(stdout).toContain('└──');
  });

  test('a model that cannot answer is not replaced in silence', async () => {
    const brief = ['--recording', join(folder, 'brief.csv')];
    const { exitCode, stdout, stderr } = await prescale('forecast', ...brief, '--model', 'lstm');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/no forecast\n {2}lstm: TooLittleHistory \(needs/);
  });

  test('a recording of four rows is too little for every model, each says so', async () => {
    const { exitCode, stderr } = await prescale('forecast', '--recording', join(folder, 'brief.csv'));
    expect(exitCode).toBe(1);
    expect(stderr.match(/TooLittleHistory \(needs \d+ slots of history, has 4\)/g)).toHaveLength(5);
  });

  test.each([
    [
      ['--at', '2027-01-01'],
      /--at: got 2027-01-01T00:00:00Z, allowed: 2026-06-01T00:10:00Z to 2026-06-05T00:00:00Z/,
    ],
    [['--horizon', '25m'], /--horizon: got 25m, allowed: a multiple of the step, which is 10m/],
    [['--step', '15m'], /--step: got 15m, allowed: a multiple of the recording's step, which is 10m/],
    [['--step', '5m'], /--step: got 5m, allowed: a multiple/],
    [['--model', 'prophet'], /Got "prophet", allowed: auto, ensemble, lstm, arima/],
    [['--at', 'soon'], /Got "soon", allowed: /],
    [['--at', '9999999999999999'], /Got "9999999999999999", allowed: an ISO 8601 time/],
  ])('%j is refused, and it says what is allowed', async (args, message) => {
    const { exitCode, stdout, stderr } = await forecast(...args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('a file that is not there is named', async () => {
    const { exitCode, stderr } = await prescale('forecast', '--recording', join(folder, 'none.csv'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('none.csv');
  });
});
