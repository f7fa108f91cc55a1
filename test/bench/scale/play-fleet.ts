/**
 * One size of the scale bench, in a process of its own so that its memory is its own: the loop as `prescale run
 * --prometheus` has it live, on a clock that runs as fast as time does and ends where the data end. To be run as the
 * product is built (test/bench/built.ts), its threads too. Prints what it cost as a line of JSON. Arguments: URL,
 * workloads, ticks that are counted, ticks before them, minutes of history.
 */
import { readFileSync } from 'node:fs';
import { assembleController } from '../../../src/cli/run/assemble-controller.ts';
import { createSystemClock } from '../../../src/control/clocks/system-clock.ts';
import { ALWAYS } from '../../../src/control/fleet.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { prometheusConfigFromUrl } from '../../../src/observe/prometheus/prometheus-config.ts';
import { createPrometheusSource } from '../../../src/observe/prometheus/prometheus-source.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { HISTORY_END_MS, policies } from './fleet.ts';
import type { FleetCost } from './fleet-cost.ts';
import { countWire } from './wire.ts';

const TICK_SECONDS = 15;
const [url, ...counts] = process.argv.slice(2);
const [workloads, ticks, warmUpTicks, historyMinutes] = counts.map(Number);

const wire = countWire();
const source = createPrometheusSource(prometheusConfigFromUrl(url));
const firstAtMs = HISTORY_END_MS - (ticks + warmUpTicks - 1) * TICK_SECONDS * 1000;
const beganMs = performance.now();
const clock = {
  ...createSystemClock(),
  nowMs: () => Math.round(firstAtMs + performance.now() - beganMs),
  // What stages take is told as CPU time of the loop's thread: the wall's would be that of all who share the machine.
  monotonicMs: loopCpuMs,
};
const controller = assembleController({
  tickSeconds: TICK_SECONDS,
  logger: createLogger('error'),
  network: await shippedNetwork(),
});
controller.attend(
  policies(workloads, historyMinutes).map((policy) => ({
    policy,
    source,
    recording: undefined,
    description: '',
  })),
  Array.from({ length: workloads }, () => ALWAYS),
);

const tickSeconds: number[] = [];
const ages: number[] = [];
let [tickBeganMs, firstTickSeconds, rssBytes, decisions] = [0, 0, 0, 0];
let before = { cpu: process.cpuUsage(), loopMs: 0, wire: wire(), stages: await stageSeconds() };
let ticked = 0;
await controller.run(
  { speed: null, firstAtMs, lastAtMs: HISTORY_END_MS, attendances: [], isSideBySide: false },
  clock,
  {
    beforeTick: () => void (tickBeganMs = performance.now()),
    onDecided: async (batch) => {
      const seconds = (performance.now() - tickBeganMs) / 1000;
      rssBytes = Math.max(rssBytes, process.memoryUsage.rss());
      ticked += 1;
      if (ticked === 1) firstTickSeconds = seconds;
      if (ticked > warmUpTicks) {
        tickSeconds.push(seconds);
        ages.push(...batch.flatMap(({ decision }) => ageOf(decision)));
        decisions += batch.length;
      }
      if (ticked === warmUpTicks)
        before = {
          cpu: process.cpuUsage(),
          loopMs: loopCpuMs(),
          wire: wire(),
          stages: await stageSeconds(),
        };
    },
    stop: new AbortController().signal,
  },
);
const { user, system } = process.cpuUsage(before.cpu);
const loopSeconds = (loopCpuMs() - before.loopMs) / 1000;
const { queries, others, bytes } = wire();
const stages = await stageSeconds();
const loopHeapBytes = process.memoryUsage().heapUsed;
const scrapeBeganMs = loopCpuMs();
await controller.metrics.registry.metrics();
const scrapeCpuSeconds = (loopCpuMs() - scrapeBeganMs) / 1000;
await controller.close();
await source.close();

const counted = tickSeconds.length;
const cost: FleetCost = {
  workloads,
  ticks: counted,
  firstTickSeconds,
  tickSeconds: quantiles(tickSeconds),
  cpuSecondsPerTick: (user + system) / 1e6 / counted,
  loopCpuSecondsPerTick: loopSeconds / counted,
  rssBytes,
  loopHeapBytes,
  scrapeCpuSeconds,
  queriesPerTick: (queries - before.wire.queries) / counted,
  bytesPerTick: (bytes - before.wire.bytes) / counted,
  // None, in a dry run; `--beside-hpa` counts them on a real API server.
  apiRequestsPerTick: (others - before.wire.others) / counted,
  forecastRatio: ages.length / decisions,
  forecastAgeSeconds: quantiles(ages),
  stageCpuSecondsPerTick: Object.fromEntries(
    Object.entries(stages).map(([stage, sum]) => [stage, (sum - before.stages[stage]) / counted]),
  ),
};
process.stdout.write(`${JSON.stringify(cost)}\n`);

function ageOf({ forecast, decidedAtMs }: Decision): number[] {
  return forecast.kind === 'forecast' ? [(decidedAtMs - forecast.originAtMs) / 1000] : [];
}

function quantiles(values: readonly number[]): FleetCost['tickSeconds'] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (level: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(level * sorted.length) - 1))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Sums so far, by stage. Not by reading all metrics: with ten thousand workloads that is seconds, and 100 MB that stay. */
async function stageSeconds(): Promise<Readonly<Record<string, number>>> {
  const text = await controller.metrics.registry.getSingleMetricAsString('prescale_tick_duration_seconds');
  const sums = [...text.matchAll(/tick_duration_seconds_sum\{stage="(\w+)"\} (\S+)/g)];
  return Object.fromEntries(sums.map(([, stage, sum]) => [stage, Number(sum)]));
}

/** Linux counts for each thread what it has run; elsewhere it is the wall's time. */
function loopCpuMs(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
