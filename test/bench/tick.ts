/**
 * How long a tick of the whole loop takes: N made-up workloads with two days of one-minute history, virtual time.
 * `npx tsx test/bench/tick.ts [--workloads 35] [--ticks 240] [--json]`
 */
import { createRandom } from '../../src/domain/random.ts';
import type { Recording } from '../../src/observe/recording/recording.ts';
import { createRecordingSource } from '../../src/observe/recording/recording-source.ts';
import { ALWAYS } from '../../src/control/fleet.ts';
import { aPolicy } from '../builders/policy.ts';
import { playLoop, TICK_SECONDS } from '../integration/loop/play-loop.ts';
import { commandFlags, wholeNumber } from '../command-flags.ts';

const flags = commandFlags({
  workloads: { type: 'string', default: '35' },
  ticks: { type: 'string', default: '240' },
  json: { type: 'boolean', default: false },
});
const workloads = wholeNumber('workloads', flags.workloads);
const ticks = wholeNumber('ticks', flags.ticks);

const HISTORY_DAYS = 2;
const STEP_MS = 60_000;
const START_MS = Date.UTC(2025, 6, 21);
const FIRST_MS = START_MS + HISTORY_DAYS * 86_400_000;

/** A day's shape with its own height, hour and noise. */
function madeUp(seed: number): Recording {
  const random = createRandom(seed);
  const [height, hour] = [50 + 2000 * random(), 1440 * random()];
  const slots = HISTORY_DAYS * 1440 + Math.ceil((ticks * TICK_SECONDS * 1000) / STEP_MS) + 5;
  const values = Float64Array.from(
    { length: slots },
    (_, slot) => height * (1 - 0.6 * Math.cos((2 * Math.PI * (slot + hour)) / 1440)) * (0.9 + 0.2 * random()),
  );
  const arrivalRate = { startAtMs: START_MS, stepSeconds: 60, values };
  const name = `w${seed}`;
  return {
    name,
    stepSeconds: 60,
    startAtMs: START_MS,
    columns: { arrivalRate },
    notANumberSlots: {},
    warnings: [],
  };
}

function quantile(sorted: readonly number[], level: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))];
}

const fleet = Array.from({ length: workloads }, (_, index) => {
  const recording = madeUp(index + 1);
  const workload = { namespace: 'bench', name: recording.name };
  return { recording, policy: aPolicy({ workload, maxReplicas: 1000 }) };
});
const source = createRecordingSource(
  fleet.map(({ policy, recording }) => ({ workload: policy.workload, recording })),
);
const cpuBefore = process.cpuUsage();
const played = await playLoop(
  fleet.map(({ policy }) => ({ policy, source, attendance: ALWAYS })),
  { firstAtMs: FIRST_MS, ticks, observeSeconds: 60, timeoutSeconds: 120 },
);
const cpu = process.cpuUsage(cpuBefore);
// The first tick reads all of the history and fits every model: it is told apart.
const [first, ...rest] = played.map(({ realSeconds }) => realSeconds);
const sorted = rest.toSorted((a, b) => a - b);
const result = {
  workloads,
  ticks,
  firstTickSeconds: first,
  tickSeconds: { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) },
  cpuSecondsPerTick: (cpu.user + cpu.system) / 1e6 / ticks,
  rssBytes: process.memoryUsage.rss(),
};
console.log(
  flags.json
    ? JSON.stringify(result)
    : `${workloads} workloads, ${ticks} ticks of ${TICK_SECONDS} s: first ${ms(first)}, then p50 ${ms(result.tickSeconds.p50)}, p95 ${ms(result.tickSeconds.p95)}, p99 ${ms(result.tickSeconds.p99)}; ${ms(result.cpuSecondsPerTick)} CPU a tick; RSS ${(result.rssBytes / 1e6).toFixed(0)} MB`,
);

function ms(seconds: number): string {
  return `${(1000 * seconds).toFixed(1)} ms`;
}
