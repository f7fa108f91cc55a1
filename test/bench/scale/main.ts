/**
 * What a tick costs as the fleet grows: a real Prometheus with a counter per workload, the loop as `prescale run` has
 * it live, dry (15 s ticks, a new minute every fourth), after a warm-up in which all models are fitted.
 *
 *   npm run bench:scale -- [--workloads 100,1000] [--ticks 12] [--warm-up-ticks 8] [--history-minutes 180] [--replayed] [--beside-hpa 100,1000] [--json]
 *
 * With `--replayed` what a real Prometheus answers for a hundred workloads is recorded and served for as many as there are:
 * no Prometheus holds a hundred thousand counters on this machine beside what is measured.
 * With `--beside-hpa` also, at each of these sizes, the controller and HPA on a real control plane one after the other
 * (test/bench/reaction): what both cost in calm, and how soon after a change of load all have been scaled.
 *
 * With `--json` a line of JSON per size. Needs prometheus and promtool; five minutes for each size.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { makePrometheusDir, startPrometheus } from '../../integration/prometheus/real-prometheus.ts';
import { reactionOf, reactionText } from '../reaction/reaction.ts';
import { SIDES } from '../reaction/sides.ts';
import { countersText, FLEET_QUERY, HISTORY_END_MS } from './fleet.ts';
import type { FleetCost } from './fleet-cost.ts';
import { recordAnswers, startReplayedPrometheus } from './replayed-prometheus.ts';
import { commandFlags, wholeNumber, wholeNumbers } from '../../command-flags.ts';

const run = promisify(execFile);
const flags = commandFlags({
  workloads: { type: 'string', default: '100,1000' },
  ticks: { type: 'string', default: '12' },
  'warm-up-ticks': { type: 'string', default: '8' },
  'history-minutes': { type: 'string', default: '180' },
  'beside-hpa': { type: 'string' },
  replayed: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
});
const sizes = wholeNumbers('workloads', flags.workloads);
const ticks = wholeNumber('ticks', flags.ticks);
const warmUpTicks = wholeNumber('warm-up-ticks', flags['warm-up-ticks']);
const historyMinutes = wholeNumber('history-minutes', flags['history-minutes']);
const besideHpa = flags['beside-hpa'] === undefined ? [] : wholeNumbers('beside-hpa', flags['beside-hpa']);

const minutes = historyMinutes + Math.ceil((ticks + warmUpTicks) / 4);
/** Whose answers are replayed. */
const RECORDED_WORKLOADS = 100;
/** Above so many the loop's heap does not fit into the 4 GB that node allows by itself. */
const USUAL_HEAP_WORKLOADS = 20_000;

/** From the checkout. */
const PLAY_FLEET = 'test/bench/scale/play-fleet.ts';

const rows: FleetCost[] = [];
for (const size of sizes) {
  const row = await costOf(size);
  rows.push(row);
  if (flags.json) process.stdout.write(`${JSON.stringify(row)}\n`);
}
if (!flags.json) process.stdout.write(table(rows));
for (const size of besideHpa)
  for (const side of SIDES) {
    const reaction = await reactionOf(side, size);
    process.stdout.write(`${flags.json ? JSON.stringify(reaction) : reactionText(reaction)}\n`);
  }

async function costOf(workloads: number): Promise<FleetCost> {
  const source = await (flags.replayed ? startReplayed(workloads) : startReal(workloads));
  try {
    const counts = [workloads, ticks, warmUpTicks, historyMinutes].map(String);
    const nodeFlags = workloads > USUAL_HEAP_WORKLOADS ? ['--max-old-space-size=16384'] : [];
    const built = new URL('../built.ts', import.meta.url).pathname;
    const args = ['--import', 'tsx', built, ...nodeFlags, PLAY_FLEET, source.url, ...counts];
    const { stdout } = await run(process.execPath, args, { maxBuffer: 2 ** 24 });
    return JSON.parse(stdout) as FleetCost;
  } finally {
    await source.stop();
  }
}

interface Source {
  readonly url: string;
  stop(): Promise<void>;
}

async function startReal(workloads: number): Promise<Source> {
  const dir = await makePrometheusDir();
  const file = join(dir, 'counters.om');
  await pipeline(Readable.from(countersText(workloads, minutes)), createWriteStream(file));
  await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, join(dir, 'data')]);
  await rm(file);
  const prometheus = await startPrometheus(dir);
  return { url: prometheus.url, stop: () => prometheus.remove() };
}

async function startReplayed(workloads: number): Promise<Source> {
  const real = await startReal(Math.min(workloads, RECORDED_WORKLOADS));
  try {
    const fromMs = HISTORY_END_MS - minutes * 60_000;
    const recorded = await recordAnswers(real.url, { query: FLEET_QUERY, fromMs, toMs: HISTORY_END_MS });
    return await startReplayedPrometheus(recorded, 'app');
  } finally {
    await real.stop();
  }
}

function table(costs: readonly FleetCost[]): string {
  const [least] = costs;
  const line = (cells: readonly string[]): string => `${cells.map((cell) => cell.padStart(11)).join('')}\n`;
  const head = [
    'workloads',
    'p50',
    'p95',
    'p99',
    'loop CPU',
    'all CPU',
    'x linear',
    'RSS',
    'age p95',
    'queries',
    'bytes',
  ];
  return [
    line(head),
    ...costs.map((cost) => {
      const { p50, p95, p99 } = cost.tickSeconds;
      const linear = (least.cpuSecondsPerTick * cost.workloads) / least.workloads;
      return line([
        String(cost.workloads),
        ...[p50, p95, p99, cost.loopCpuSecondsPerTick, cost.cpuSecondsPerTick].map(secondsText),
        (cost.cpuSecondsPerTick / linear).toFixed(2),
        `${Math.round(cost.rssBytes / 1e6)} MB`,
        secondsText(cost.forecastAgeSeconds.p95),
        cost.queriesPerTick.toFixed(2),
        `${(cost.bytesPerTick / 1000).toFixed(0)} kB`,
      ]);
    }),
    ...costs.map(
      ({ workloads, stageCpuSecondsPerTick }) =>
        `${workloads} workloads, CPU of the loop by stage: ${Object.entries(stageCpuSecondsPerTick)
          .map(([stage, seconds]) => `${stage} ${secondsText(seconds)}`)
          .join(', ')}\n`,
    ),
  ].join('');
}

function secondsText(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}
