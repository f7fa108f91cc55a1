import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isoFromMs } from '../../../../src/domain/clock.ts';
import { seriesFileName, writeSeries } from '../../../../src/observe/series-folder.ts';
import { loadArtefact } from '../../../../src/infer/artefact.ts';
import { aSeries } from '../../../contract/forecaster.ts';
import { aPolicy } from '../../../builders/policy.ts';
import { prescale } from '../evaluate/recorded-day.ts';
import { policyText } from '../run/recorded-files.ts';

const STEP_SECONDS = 900;
const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'prescale-train-kept-'));
const seriesDir = join(folder, 'series');
const policies = join(folder, 'policies.yaml');
const recording = join(folder, 'shop.csv');
const series = aSeries({ days: 4, stepSeconds: STEP_SECONDS });

/** As the controller keeps it for the policy of that name in `policies`. */
const keep = (name: string): Promise<void> => {
  const policy = aPolicy({
    workload: { name },
    metrics: { queries: { arrivalRate: 'up' } },
    forecast: { stepSeconds: STEP_SECONDS },
  });
  return writeSeries(seriesDir, seriesFileName(policy), series);
};

beforeAll(async () => {
  mkdirSync(seriesDir);
  const spec = { forecast: { step: '15m', horizon: '2h', lookback: '14d', models: ['lstm'] } };
  const excluded = {
    'prescale.dev/exclude-from-training': `${isoFromMs(series.startAtMs)}/${isoFromMs(series.startAtMs + 2 * DAY_MS)}`,
  };
  const documents = [
    policyText('checkout', spec),
    policyText('cart', spec, excluded),
    policyText('unknown', spec),
  ];
  writeFileSync(policies, documents.join('\n---\n'));
  await Promise.all(['checkout', 'cart'].map(keep));
  const rows = [...series.values].map(
    (rate, i) => `${isoFromMs(series.startAtMs + i * STEP_SECONDS * 1000)},${rate}`,
  );
  writeFileSync(recording, ['timestamp,arrival_rate_rps', ...rows, ''].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const train = (out: string, ...args: string[]) =>
  prescale('train', '--out', join(folder, out), '--epochs', '1', '--units', '2', '--json', ...args);
const networkOf = async (out: string) => (await loadArtefact(join(folder, out, 'lstm.json'))).artefact;

interface Learned {
  readonly data: readonly { readonly name: string; readonly windows: number }[];
}

describe('histories that a controller keeps', () => {
  test('are learned from as recordings are, without the time that a policy excludes', async () => {
    const { exitCode, stdout } = await train('kept', '--series-dir', seriesDir, '--policy', policies);
    expect(exitCode).toBe(0);
    const { data } = JSON.parse(stdout) as Learned;
    expect(data.map(({ name }) => name)).toEqual(['shop/checkout', 'shop/cart']);
    expect(data[1].windows).toBeLessThan(0.6 * data[0].windows);
    expect((await networkOf('kept')).card).toMatchObject({
      command: expect.stringMatching(/^prescale train --series-dir series --generated /) as string,
    });
  });

  test('give the network that a recording of the same load gives', async () => {
    const own = join(folder, 'checkout.yaml');
    writeFileSync(own, policyText('checkout', { forecast: { step: '15m', horizon: '2h', lookback: '14d' } }));
    await train('by-series', '--series-dir', seriesDir, '--policy', own);
    await train('by-recording', '--recording', recording);
    expect((await networkOf('by-series')).weightsSha256).toBe(
      (await networkOf('by-recording')).weightsSha256,
    );
  });

  test.each<[string[], string]>([
    [[], '--recording, --series-dir: got neither'],
    [['--recording', recording, '--namespace', 'shop'], '--namespace: got no --series-dir'],
    [
      ['--series-dir', seriesDir, '--policy', policies, '--kubeconfig', 'none'],
      '--kubeconfig: got --policy too',
    ],
    [['--series-dir', seriesDir, '--policy', policies, '--namespace', 'other'], 'no history of 0 policies'],
    [['--series-dir', folder, '--policy', policies], 'no history of 3 policies'],
  ])('with %j there is nothing to learn from, and it says why', async (flags, message) => {
    expect(await train('none', ...flags)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(message) as string,
    });
  });
});
