import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isoFromMs } from '../../../../src/domain/clock.ts';
import { FEATURES, featuresOf } from '../../../../src/forecast/features/feature-table.ts';
import { loadArtefact } from '../../../../src/infer/artefact.ts';
import { DEFAULT_FEATURES } from '../../../../src/train/default-features.ts';
import { aSeries } from '../../../contract/forecaster.ts';
import { prescale } from '../evaluate/recorded-day.ts';

const folder = mkdtempSync(join(tmpdir(), 'prescale-features-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { startAtMs, stepSeconds, values } = aSeries({ days: 4, stepSeconds: 900 });
/** Two live columns, one of them with gaps. */
function recordingOf(name: string, withLive: boolean): string {
  const rows = [...values].map((rate, i) => {
    const time = isoFromMs(startAtMs + i * stepSeconds * 1000);
    const latency = i % 10 === 3 ? '' : (0.1 + rate / 1000).toFixed(4);
    return withLive ? `${time},${rate},${latency},${(i % 5) / 100}` : `${time},${rate}`;
  });
  const header = withLive
    ? 'timestamp,arrival_rate_rps,latency_seconds,error_ratio'
    : 'timestamp,arrival_rate_rps';
  const file = join(folder, name);
  writeFileSync(file, [header, ...rows, ''].join('\n'));
  return file;
}

const plain = recordingOf('plain.csv', false);
const measured = recordingOf('measured.csv', true);
const train = (recording: string, out: string, ...args: string[]) =>
  prescale('train', '--recording', recording, '--out', join(folder, out), '--epochs', '1', ...args);

test('a new network reads the groups that are asked for; what no recording tells stays masked, and is told', async () => {
  const { exitCode, stderr } = await train(measured, 'new', '--units', '2', '--features', 'shipped,live');
  expect(exitCode).toBe(0);
  const never = featuresOf('live').filter((name) => name !== 'latency' && name !== 'errorRatio');
  expect(stderr).toContain(`never known in training, so never read: ${never.join(', ')}\n`);
  const { artefact, liveMetrics } = await loadArtefact(join(folder, 'new', 'lstm.json'));
  const asked = new Set<string>([...DEFAULT_FEATURES, ...featuresOf('live')]);
  expect(artefact.features).toEqual(FEATURES.map(({ name }) => name).filter((name) => asked.has(name)));
  expect(liveMetrics).toEqual(['latency', 'errorRatio']);
  expect(artefact.card).toMatchObject({
    neverKnown: never,
    command: expect.stringContaining('--features shipped,live') as string,
  });
});

test('without the flag it reads what the shipped one reads', async () => {
  await train(measured, 'shipped', '--units', '2');
  const { artefact, liveMetrics } = await loadArtefact(join(folder, 'shipped', 'lstm.json'));
  expect([artefact.features, liveMetrics]).toEqual([[...DEFAULT_FEATURES], []]);
});

test.each([
  ['a group that there is not', 'live,weather', /got "live,weather", allowed: of shipped, calendar, lags/i],
  ['none', ',', /allowed: of shipped/],
])('--features with %s is refused', async (_, groups, message) => {
  expect(await train(measured, 'refused', '--features', groups)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(message) as string,
  });
});

test('live metrics of which no series has one are refused', async () => {
  expect(await train(plain, 'none', '--features', 'live')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/--features: got live, and no series has a live metric/) as string,
  });
});
