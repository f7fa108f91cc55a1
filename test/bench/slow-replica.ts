/**
 * What the workloads of one source notice of a slow replica of another: reads of both at once, as a tick makes them, with
 * the first replica of the one well and then 10 s slow.
 *
 *   npx tsx test/bench/slow-replica.ts [ticks]     100 by default, one a second
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:http';
import { parsePrometheusConfig } from '../../src/observe/prometheus/prometheus-config.ts';
import { createPrometheusSource } from '../../src/observe/prometheus/prometheus-source.ts';
import type { MetricsSource, SeriesRequest } from '../../src/observe/metrics-source.ts';
import { startFakePrometheus } from '../fakes/prometheus.ts';

const SLOW_MS = 10_000;
const OBSERVE_MS = 7500;
const START_MS = Date.UTC(2026, 5, 1);
const QUERY = 'sum(rate(x[1m]))';
const series = { startAtMs: START_MS, stepSeconds: 60, values: new Float64Array(2000).fill(100) };
const REQUEST: SeriesRequest = {
  workload: { namespace: 'shop', name: 'web' },
  metric: 'arrivalRate',
  query: QUERY,
  fromMs: START_MS,
  toMs: START_MS + 1440 * 60_000,
  stepSeconds: 60,
};

const well = await startFakePrometheus({ [QUERY]: [{ series }] });
const slow = createServer((_request, response) => {
  setTimeout(() => response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}'), SLOW_MS);
});
await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
const slowUrl = `http://127.0.0.1:${(slow.address() as { port: number }).port}`;

function sourceOf(url: string, replicas: readonly string[]): MetricsSource {
  return createPrometheusSource(parsePrometheusConfig({ default: { url, replicas } }, 'sources.yaml')[0]);
}

/** How long each tick's reads took until both sources were read, and how many answers were missing. */
async function play(ticks: number, first: string): Promise<{ tookMs: number[]; missing: number }> {
  const sources = [sourceOf(first, [well.url]), sourceOf(well.url, [])];
  const tookMs: number[] = [];
  let missing = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const beganMs = performance.now();
    const answers = await Promise.all(
      sources.map((source) => source.read([REQUEST], AbortSignal.timeout(OBSERVE_MS))),
    );
    tookMs.push(performance.now() - beganMs);
    missing += answers.flat().filter(({ kind }) => kind !== 'samples').length;
    await sleep(1050 - Math.min(1050, performance.now() - beganMs));
  }
  for (const source of sources) await source.close();
  return { tookMs, missing };
}

function quantile(values: readonly number[], level: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(level * values.length) - 1];
}

const ticks = Number(process.argv[2] ?? 100);
// Both at once: what else the machine does weighs on both alike.
const [before, after] = await Promise.all([play(ticks, well.url), play(ticks, slowUrl)]);
for (const [name, { tookMs, missing }] of [
  ['all replicas well', before],
  ['one replica 10 s slow', after],
] as const)
  console.log(
    `${name}: p50 ${quantile(tookMs, 0.5).toFixed(1)} ms, p95 ${quantile(tookMs, 0.95).toFixed(1)} ms, ` +
      `longest ${Math.max(...tookMs).toFixed(0)} ms; ${missing} of ${2 * ticks} answers missing`,
  );
await well.close();
slow.closeAllConnections();
slow.close();
