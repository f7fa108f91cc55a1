/**
 * One size of the scale bench, in a process of its own so that its memory is its own: plays the loop as
 * `prescale run --prometheus` does, and prints what it cost as a line of JSON. Arguments: URL, workloads, ticks.
 */
import type * as Assembling from '../../../src/cli/run/assemble-controller.ts';
import type * as Clocks from '../../../src/control/clocks/system-clock.ts';
import { ALWAYS } from '../../../src/control/fleet.ts';
import type * as Network from '../../../src/infer/shipped-network.ts';
import type * as Configs from '../../../src/observe/prometheus/prometheus-config.ts';
import type * as Sources from '../../../src/observe/prometheus/prometheus-source.ts';
import type * as Logging from '../../../src/telemetry/logger.ts';
import { queriesSoFar } from '../../integration/prometheus/real-prometheus.ts';
import { HISTORY_END_MS, policies } from './fleet.ts';
import type { FleetCost } from './fleet-cost.ts';

/** As it ships, from dist/: tsx gives each closure its name when it is made, which costs a quarter of all time. */
async function built<Module>(path: string): Promise<Module> {
  return (await import(new URL(`../../../dist/${path}.js`, import.meta.url).href)) as Module;
}

const { assembleController } = await built<typeof Assembling>('cli/run/assemble-controller');
const { createSystemClock } = await built<typeof Clocks>('control/clocks/system-clock');
const { prometheusConfigFromUrl } = await built<typeof Configs>('observe/prometheus/prometheus-config');
const { createPrometheusSource } = await built<typeof Sources>('observe/prometheus/prometheus-source');
const { shippedNetwork } = await built<typeof Network>('infer/shipped-network');
const { createLogger } = await built<typeof Logging>('telemetry/logger');

const TICK_SECONDS = 15;
const [url, workloadsText, ticksText] = process.argv.slice(2);
const [workloads, ticks] = [Number(workloadsText), Number(ticksText)];

const source = createPrometheusSource(prometheusConfigFromUrl(url));
const clock = createSystemClock();
const controller = assembleController({
  tickSeconds: TICK_SECONDS,
  logger: createLogger('error'),
  network: await shippedNetwork(),
});
controller.attend(
  policies(workloads).map((policy) => ({ policy, source, recording: undefined, description: '' })),
  Array.from({ length: workloads }, () => ALWAYS),
);

/** One tick more than is counted: the first one reads the whole history and fits every model. */
const firstAtMs = HISTORY_END_MS - ticks * TICK_SECONDS * 1000;
const tickSeconds: number[] = [];
let [beganMs, cpuBegan, first] = [clock.monotonicMs(), process.cpuUsage(), 0];
let queriesBefore = 0;
let rssBytes = 0;
let decisions = 0;
await controller.run(
  { speed: 'max', firstAtMs, lastAtMs: HISTORY_END_MS, attendances: [], isSideBySide: false },
  clock,
  {
    onDecided: async (batch) => {
      const seconds = (clock.monotonicMs() - beganMs) / 1000;
      rssBytes = Math.max(rssBytes, process.memoryUsage.rss());
      if (first === 0) {
        first = seconds;
        cpuBegan = process.cpuUsage();
        queriesBefore = await queriesSoFar(url);
      } else {
        tickSeconds.push(seconds);
        decisions += batch.filter(({ decision }) => decision.forecast.kind === 'forecast').length;
      }
      beganMs = clock.monotonicMs();
    },
    stop: new AbortController().signal,
  },
);
const { user, system } = process.cpuUsage(cpuBegan);
const queries = (await queriesSoFar(url)) - queriesBefore;
await source.close();

const cost: FleetCost = {
  workloads,
  ticks: tickSeconds.length,
  firstTickSeconds: first,
  tickSeconds: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
  cpuSecondsPerTick: (user + system) / 1e6 / tickSeconds.length,
  rssBytes,
  queriesPerTick: queries / tickSeconds.length,
  // A dry run: the cluster is neither read nor written.
  apiRequestsPerTick: 0,
  forecastRatio: decisions / (workloads * tickSeconds.length),
  stageSecondsPerTick: await stageSeconds(tickSeconds.length + 1),
};
process.stdout.write(`${JSON.stringify(cost)}\n`);

function quantile(level: number): number {
  const sorted = tickSeconds.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(level * sorted.length) - 1)];
}

/** The first tick included. */
async function stageSeconds(ticksInAll: number): Promise<Readonly<Record<string, number>>> {
  const text = await controller.metrics.registry.metrics();
  const sums = [...text.matchAll(/tick_duration_seconds_sum\{stage="(\w+)"\} (\S+)/g)];
  return Object.fromEntries(sums.map(([, stage, sum]) => [stage, Number(sum) / ticksInAll]));
}
