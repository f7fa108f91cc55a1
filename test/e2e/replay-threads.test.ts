/** What threads answer is, byte for byte, what one thread answers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { prescale } from '../unit/cli/evaluate/recorded-day.ts';
import { runProgram, type RunResult } from './run-command.ts';

const clone = inject('clone');
const folder = await mkdtemp(join(tmpdir(), 'prescale-threads-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = Date.parse('2026-11-01T00:00:00Z');
/** A day at one minute, its busy hour later in each. */
for (const hour of [3, 9]) {
  const rows = Array.from({ length: 1440 }, (_, minute) => {
    const rate = 60 + 40 * Math.sin(((minute - 60 * hour) * Math.PI) / 720) + ((minute * 7) % 11);
    return `${new Date(start + minute * 60_000).toISOString()},${rate.toFixed(2)}`;
  });
  await writeFile(join(folder, `shop-${hour}.csv`), ['timestamp,arrival_rate_rps', ...rows, ''].join('\n'));
}
await writeFile(
  join(folder, 'policy.yaml'),
  `
apiVersion: prescale.dev/v1alpha1
kind: PredictiveAutoscaler
metadata: { namespace: shop, name: checkout }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: checkout }
  minReplicas: 1
  maxReplicas: 100
  metrics: { delay: 30s, arrivalRate: { query: 'sum(rate(http_requests_total[1m]))' } }
  capacity: { serviceRateRps: 10, serversPerReplica: 1, startupTime: 90s, dispatch: Central }
  slo: { responseTime: 500ms, objective: 0.99 }
  forecast: { step: 1m, horizon: 10m, models: [ensemble] }
`,
);
const asked = [
  ...['replay', '--policy', join(folder, 'policy.yaml')],
  ...['--baselines', 'hpa,static', '--json', '--recording'],
];
const built = (...recordings: string[]): Promise<RunResult> =>
  runProgram(process.execPath, [join(clone, 'dist', 'cli.js'), ...asked, ...recordings], { cwd: clone });

test('one recording, its forecasts made by threads', async () => {
  const file = join(folder, 'shop-3.csv');
  const { exitCode, stdout } = await built(file);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: (await prescale(...asked, file)).stdout });
});

test('a folder of recordings, a thread for each, in the order of their names', async () => {
  const { exitCode, stdout } = await built(folder);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: (await prescale(...asked, folder)).stdout });
  const { recordings } = JSON.parse(stdout) as { recordings: { recording: string }[] };
  expect(recordings.map(({ recording }) => recording)).toEqual(['shop-3', 'shop-9']);
});

test('a recording that cannot be read is refused as by one thread', async () => {
  const torn = join(folder, 'torn.txt');
  await writeFile(torn, 'no recording\n');
  const { exitCode, stderr } = await built(join(folder, 'shop-9.csv'), torn);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('recording torn is not valid');
  expect(stderr).not.toContain('    at ');
});
