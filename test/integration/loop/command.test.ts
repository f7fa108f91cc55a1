import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { isoFromMs } from '../../../src/domain/clock.ts';
import { gapKeepingQuery } from '../prometheus/openmetrics.ts';
import { prometheusBinaries, type RealPrometheus, startBackfilled } from '../prometheus/real-prometheus.ts';
import { runCaptured, type Captured } from '../../unit/cli/run/captured-run.ts';
import { csvText, policyText, written } from '../../unit/cli/run/recorded-files.ts';

const folder = await mkdtemp(join(tmpdir(), 'prescale-command-'));
const START_MS = Date.UTC(2025, 6, 22);
const ROWS = 6 * 60;
const random = createRandom(11);
const RATES = Float64Array.from(
  { length: ROWS },
  (_, row) => 500 + 300 * Math.sin(row / 20) + 100 * random(),
);
const LABELS = { app: 'checkout' };
const SERIES = {
  metric: 'arrival_rate_rps',
  labels: LABELS,
  series: { startAtMs: START_MS, stepSeconds: 60, values: RATES },
};

describe.skipIf(prometheusBinaries() === undefined)(
  '`prescale run` asking a real Prometheus (needs apt package prometheus)',
  () => {
    let prometheus: RealPrometheus;
    let policy: string;
    let output: Captured;
    beforeAll(async () => {
      prometheus = await startBackfilled([SERIES]);
      const query = gapKeepingQuery(SERIES, 60);
      policy = await written(
        folder,
        'checkout.yaml',
        policyText('checkout', { metrics: { arrivalRate: { query } } }),
      );
    });
    beforeEach(() => {
      output = { stdout: '', stderr: '' };
    });
    afterAll(async () => {
      await prometheus.remove();
      await rm(folder, { recursive: true });
    });

    const hour = (hours: number) => isoFromMs(START_MS + hours * 3_600_000);

    test('plays its past, and decides as from the recording of the same', async () => {
      const csv = csvText({ startAtMs: START_MS, rows: ROWS, rps: (row) => RATES[row] });
      const recording = await written(folder, 'checkout.csv', csv);
      const bounds = ['--policy', policy, '--from', hour(3), '--to', hour(5), '--speed', 'max', '--json'];
      expect(await runCaptured([...bounds, '--prometheus', prometheus.url], output)).toBe(0);
      const fromPrometheus = decisionsIn(output);
      output = { stdout: '', stderr: '' };
      expect(await runCaptured([...bounds, '--recording', recording], output)).toBe(0);
      expect(fromPrometheus).toHaveLength(2 * 240 + 1);
      expect(fromPrometheus).toEqual(decisionsIn(output));
    });

    test('named sources come from a configuration file; a policy that names another one is refused', async () => {
      const config = await written(folder, 'sources.yaml', `main: { url: '${prometheus.url}' }\n`);
      const source = (name: string) =>
        policyText('checkout', { metrics: { source: name, arrivalRate: { query: 'arrival_rate_rps' } } });
      const play = async (name: string) => {
        const file = await written(folder, `${name}.yaml`, source(name));
        const bounds = ['--from', hour(3), '--to', hour(3.1), '--speed', 'max', '--quiet'];
        return runCaptured(['--policy', file, '--prometheus-config', config, ...bounds], output);
      };
      expect(await play('main')).toBe(0);
      expect(await play('other')).toBe(2);
      expect(output.stderr).toContain(
        'spec.metrics.source of shop/checkout: got other, allowed: one of main',
      );
    });

    test('live: a decision every tick; a signal ends it at once, although the Prometheus hangs, with 0', async () => {
      const running = runCaptured(
        ['--policy', policy, '--prometheus', prometheus.url, '--tick', '1s', '--log-level', 'silent'],
        output,
      );
      // The data are a year old: there is nothing to see now, and it says so.
      await vi.waitFor(() => expect(output.stdout).toMatch(/no trusted measurement \(EmptyMetrics/), {
        timeout: 20_000,
      });
      expect(output.stdout).toContain('Prometheus default, live');
      await prometheus.suspend();
      await vi.waitFor(() => expect(output.stdout).toMatch(/MetricsSourceDown/), { timeout: 20_000 });
      const beganMs = performance.now();
      process.emit('SIGTERM', 'SIGTERM');
      expect(await running).toBe(0);
      expect(performance.now() - beganMs).toBeLessThan(2_000);
      prometheus.resume();
      expect(output.stdout).toMatch(/ticks +\d+, \d+ overrun/);
    });
  },
);

function decisionsIn({ stdout }: Captured): unknown[] {
  const lines = stdout.trimEnd().split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as unknown);
}
