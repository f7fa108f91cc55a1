/**
 * What one share of `prescale bootstrap` takes, against a real Prometheus with two weeks by the minute of each workload:
 *
 *   npm run build && npx tsx test/bench/bootstrap/main.ts [--workloads 100] [--json]
 *
 * Seconds from its start to its end, the rests between its rounds included, the peak of its memory, and the queries that
 * Prometheus answered.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILT_CLI } from '../../cluster/harness/built.ts';
import { cpuSeconds, residentBytes } from '../../cluster/harness/process-usage.ts';
import { startProcess } from '../../cluster/harness/process.ts';
import {
  backfill,
  makePrometheusDir,
  queriesSoFar,
  startPrometheus,
} from '../../integration/prometheus/real-prometheus.ts';
import { policyText } from '../../unit/cli/run/recorded-files.ts';
import { commandFlags, wholeNumber } from '../../command-flags.ts';

const DAYS = 14;
const MINUTE_MS = 60_000;
const LOOK_MS = 50;

const flags = commandFlags({
  workloads: { type: 'string', default: '100' },
  json: { type: 'boolean', default: false },
});
const names = Array.from({ length: wholeNumber('workloads', flags.workloads) }, (_, at) => `app-${at}`);
const folder = await mkdtemp(join(tmpdir(), 'prescale-bench-bootstrap-'));
const dir = await makePrometheusDir();
await backfill(
  dir,
  names.map((app, at) => ({ metric: 'rps', labels: { app }, series: twoWeeks(at) })),
);
const prometheus = await startPrometheus(dir);
try {
  const taken = await share();
  console.log(flags.json ? JSON.stringify(taken) : taken);
} finally {
  await prometheus.remove();
  await rm(folder, { recursive: true });
}

function twoWeeks(at: number) {
  const slots = DAYS * 1440;
  const startAtMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - slots * MINUTE_MS;
  const values = Float64Array.from(
    { length: slots },
    (_, slot) => 300 + at + 200 * Math.sin((slot / 1440) * 2 * Math.PI) + (slot % 17),
  );
  return { startAtMs, stepSeconds: 60, values };
}

async function share() {
  const policies = join(folder, 'policies.yaml');
  const documents = names.map((app) =>
    policyText(app, { metrics: { arrivalRate: { query: `rps{app="${app}"}` } }, forecast: {} }),
  );
  await writeFile(policies, documents.join('\n---\n'));
  const queriesBefore = await queriesSoFar(prometheus.url);
  const beganMs = performance.now();
  const logFile = join(folder, 'log');
  const from = ['--policy', policies, '--prometheus', prometheus.url, '--series-dir', join(folder, 'series')];
  const running = startProcess({ file: process.execPath, args: [BUILT_CLI, 'bootstrap', ...from], logFile });
  let [peakBytes, cpu] = [0, 0];
  while (!running.hasEnded()) {
    peakBytes = (await residentBytes(running.pid, 'VmHWM').catch(() => peakBytes)) || peakBytes;
    cpu = (await cpuSeconds(running.pid).catch(() => cpu)) || cpu;
    await sleep(LOOK_MS);
  }
  return {
    said: running.logTail().trim(),
    seconds: Math.round((performance.now() - beganMs) / 100) / 10,
    cpuSeconds: Math.round(cpu * 10) / 10,
    peakMegabytes: Math.round(peakBytes / 1e6),
    queries: (await queriesSoFar(prometheus.url)) - queriesBefore,
  };
}
