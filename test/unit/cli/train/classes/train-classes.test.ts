import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isoFromMs } from '../../../../../src/domain/clock.ts';
import { seriesEndMs, type TimeSeries } from '../../../../../src/domain/time-series.ts';
import type { TrainedClass } from '../../../../../src/cli/train/classes/train-classes.ts';
import { loadArtefact } from '../../../../../src/infer/artefact.ts';
import { loadChallenger } from '../../../../../src/infer/load-challenger.ts';
import { seriesFileName, writeSeries } from '../../../../../src/observe/series-folder.ts';
import { moodyLoad } from '../../../../builders/moody-load.ts';
import { aPolicy } from '../../../../builders/policy.ts';
import { aSeries } from '../../../../contract/forecaster.ts';
import { prescale } from '../../evaluate/recorded-day.ts';
import { policyText } from '../../run/recorded-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'prescale-train-classes-'));
const seriesDir = join(folder, 'series');
const policies = join(folder, 'policies.yaml');
const moody = moodyLoad();
const steady = aSeries({ days: 14, stepSeconds: 1800 });

/** As the controller keeps it for the policy of that name. */
const keep = (name: string, series: TimeSeries): Promise<void> =>
  writeSeries(
    seriesDir,
    seriesFileName(
      aPolicy({
        workload: { name },
        metrics: { queries: { arrivalRate: 'up' } },
        forecast: { stepSeconds: 1800 },
      }),
    ),
    series,
  );

beforeAll(async () => {
  mkdirSync(seriesDir);
  const forecast = { step: '30m', horizon: '2h', lookback: '40d', models: ['lstm'] };
  const documents = [
    policyText('checkout', { forecast: { ...forecast, class: 'moody' } }),
    policyText('cart', { forecast }),
    policyText('search', { forecast: { ...forecast, class: 'new' } }),
    policyText('brief', { forecast: { ...forecast, class: 'new' } }),
  ];
  writeFileSync(policies, documents.join('\n---\n'));
  await keep('checkout', moody);
  await keep('cart', steady);
  await keep('brief', { ...steady, values: steady.values.subarray(0, 50) });
});
afterAll(() => rmSync(folder, { recursive: true }));

const train = (out: string, ...args: string[]) =>
  prescale(
    ...['train', '--from', 'models/lstm.json', '--series-dir', seriesDir, '--policy', policies],
    ...['--out', join(folder, out), '--epochs', '6', '--patience', '2', ...args],
  );
const networkOf = (out: string, workloadClass: string): string =>
  join(folder, out, workloadClass, 'lstm.json');

function classesOf({ stdout }: { readonly stdout: string }): readonly TrainedClass[] {
  return (JSON.parse(stdout) as { readonly classes: readonly TrainedClass[] }).classes;
}
const epochsIn = (stderr: string): number => [...stderr.matchAll(/^epoch \d+: /gm)].length;

describe('one network for each class', () => {
  test('a training whose network cannot be written ends the command; the classes before it are done', async () => {
    // A folder in its place.
    const obstacle = `${networkOf('all', 'moody')}.part`;
    mkdirSync(obstacle, { recursive: true });
    const failed = await train('all', '--by-class');
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toMatch(/^class default, 1 of 1 workloads: the challenger has not won, .*\n$/);
    expect(epochsIn(failed.stderr)).toBeGreaterThan(2);
    rmdirSync(obstacle);
  });

  test('each is judged on its own, goes on from its checkpoint, and is written where it has won', async () => {
    const result = await train('all', '--by-class', '--resume', '--json');
    expect(result.exitCode, result.stderr).toBe(0);
    expect(epochsIn(result.stderr)).toBe(0);
    const file = networkOf('all', 'moody');
    expect(classesOf(result)).toMatchObject([
      { class: 'default', workloads: 1, learnedFrom: 1, outcome: 'known', file: null },
      { class: 'moody', workloads: 1, learnedFrom: 1, outcome: 'won', file, verdict: { hasWon: true } },
      { class: 'new', workloads: 2, learnedFrom: 1, outcome: 'tooLittle', file: null, verdict: null },
    ]);
    expect(['default', 'new'].map((name) => existsSync(networkOf('all', name)))).toEqual([false, false]);
    expect((await loadArtefact(file)).artefact.card).toMatchObject({
      command: expect.stringContaining('--series-dir series --class moody --generated 0') as string,
      data: [{ name: 'shop/checkout' }],
      seenUntil: isoFromMs(seriesEndMs(moody)),
    });
    expect((await loadChallenger(file)).unseenFromMs).toBe(seriesEndMs(moody));
  });

  test('what was trained on the same history before is not trained again; what was trained on another one is', async () => {
    const before = statSync(networkOf('all', 'moody')).mtimeMs;
    const result = await train('all', '--by-class', '--resume', '--json');
    expect(classesOf(result)).toMatchObject([
      { class: 'default', outcome: 'known' },
      { class: 'moody', outcome: 'known', file: null },
      { class: 'new', outcome: 'known' },
    ]);
    expect(epochsIn(result.stderr)).toBe(0);
    expect(statSync(networkOf('all', 'moody')).mtimeMs).toBe(before);
    // Part of a day more is no other history; a day more is.
    const more = aSeries({ days: 15, stepSeconds: 1800 });
    await keep('cart', { ...more, values: more.values.subarray(0, 14 * 48 + 20) });
    const resume = ['--class', 'default', '--resume', '--json'];
    expect(classesOf(await train('all', ...resume))).toMatchObject([{ outcome: 'known' }]);
    await keep('cart', more);
    expect(classesOf(await train('all', ...resume))).toMatchObject([{ outcome: 'notWon' }]);
  });

  test('a checkpoint of something else is told and begun anew', async () => {
    mkdirSync(join(folder, 'anew', 'default'), { recursive: true });
    writeFileSync(join(folder, 'anew', 'default', 'checkpoint.json'), readFileSync(policies));
    const anew = await train('anew', '--class', 'default', '--resume');
    expect(anew.exitCode, anew.stderr).toBe(0);
    expect(anew.stderr).toMatch(/^begun anew: .*checkpoint\.json, allowed: a whole prescale-checkpoint/m);
    expect(epochsIn(anew.stderr)).toBeGreaterThan(1);
  });
});

test.each<[string[], string]>([
  [['--class', 'web'], '--class: got web, allowed: default, moody, new'],
  [['--class', '../up'], 'Got "../up", allowed: lower-case letters, digits and -'],
  [['--class', ''], 'Got "", allowed: lower-case letters'],
  [['--share', '4/4'], 'allowed: INDEX/COUNT'],
  [['--by-class', '--recording', 'shop.csv'], '--by-class, --class, --share: got recordings'],
  [['--by-class', '--units', '16'], '--units: got 16, allowed: none with --from'],
  [['--class', 'new', '--units', '16'], '--units: got 16, allowed: none with --from'],
])('%j is refused with the reason', async (flags, message) => {
  expect(await train('refused', ...flags)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(message) as string,
  });
});

test('a network to fine-tune is asked for', async () => {
  const data = ['--series-dir', seriesDir, '--policy', policies, '--out', join(folder, 'refused')];
  expect(await prescale('train', ...data, '--by-class')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('got no --from') as string,
  });
});
