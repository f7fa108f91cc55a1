/**
 * What a forecast costs in steady state: workloads whose histories slide (or, as young ones do, grow) by a slot a tick, each
 * forecast once a tick.
 *
 *   npx tsx test/bench/built.ts --expose-gc test/bench/forecast/cost.ts [--days 14] [--step 60] [--workloads 8] [--ticks 300] [--model ensemble] [--grow] [--network]
 *
 * Prints the CPU time (user) of a forecast, the first one's apart, of the second half of the workloads, and the memory that is kept for a workload beside its
 * history, which is in shared memory as a controller's. `--network`: with the shipped one among the experts. The load is generated: a day's wave, a weekly one, noise.
 */
import type { ModelName } from '../../../src/domain/forecast.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { createModels } from '../../../src/forecast/create-models.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { defaultHorizonSteps } from '../../../src/forecast/default-horizon.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  days: { type: 'string', default: '14' },
  step: { type: 'string', default: '60' },
  workloads: { type: 'string', default: '8' },
  ticks: { type: 'string', default: '300' },
  model: { type: 'string', default: 'ensemble' },
  grow: { type: 'boolean', default: false },
  network: { type: 'boolean', default: false },
});
const stepSeconds = Number(flags.step);
const slots = Math.round((Number(flags.days) * 86_400) / stepSeconds);
const [workloads, ticks] = [Number(flags.workloads), Number(flags.ticks)];
const calendar = { timeZone: 'UTC', holidayCountry: null, events: [], excludedFromTraining: [] };
const loads = Array.from({ length: 2 * Math.ceil(workloads / 2) }, (_, seed) =>
  generatedLoad(seed + 1, slots + ticks),
);
const chain = createForecastChain(
  createModels(flags.network ? await shippedNetwork() : { missing: 'not asked for' }),
);

const half = Math.ceil(workloads / 2);
// The first half makes the compiler work, and everything that is kept once.
costOf(0, half);
const bytesBefore = keptBytes();
const { firstMs, laterMs } = costOf(half, 2 * half);
const keptKilobytes = (keptBytes() - bytesBefore) / half / 1024;
const memory = globalThis.gc === undefined ? 'unknown without --expose-gc' : `${keptKilobytes.toFixed(0)} kB`;
console.log(
  `${flags.model}, ${flags.days} days at ${stepSeconds} s: ${laterMs.toFixed(3)} ms of CPU a forecast, the first ${firstMs.toFixed(0)} ms, kept for a workload ${memory}`,
);

/** Milliseconds of CPU a forecast, of the workloads from `from` to before `to`. */
function costOf(from: number, to: number): { readonly firstMs: number; readonly laterMs: number } {
  const some = loads.slice(from, to).map((load, index) => ({ load, seriesKey: `load ${from + index}` }));
  const firstMs = userMs(() => forecastAll(some, 0)) / some.length;
  const laterMs = userMs(() => {
    for (let tick = 1; tick <= ticks; tick += 1) forecastAll(some, tick);
  });
  return { firstMs, laterMs: laterMs / ticks / some.length };
}

interface Workload {
  readonly load: Float32Array;
  readonly seriesKey: string;
}

function forecastAll(some: readonly Workload[], tick: number): void {
  for (const { load, seriesKey } of some) {
    const series = {
      startAtMs: Date.UTC(2026, 0, 5, 13, 10) + firstSlotAt(tick) * stepSeconds * 1000,
      stepSeconds,
      values: load.subarray(firstSlotAt(tick), tick + slots),
    };
    const models = [flags.model as ModelName];
    const horizonSteps = defaultHorizonSteps(stepSeconds);
    const [result] = chain.forecast([
      { seriesKey, series, horizonSteps, decisionSteps: 3, calendar, models },
    ]);
    if (result.kind !== 'forecast' || result.model !== flags.model)
      throw new Error(JSON.stringify(result.skipped));
  }
}

function firstSlotAt(tick: number): number {
  return flags.grow ? 0 : tick;
}

function generatedLoad(seed: number, count: number): Float32Array {
  const random = createRandom(seed);
  const daySlots = 86_400 / stepSeconds;
  const load = new Float32Array(new SharedArrayBuffer(count * Float32Array.BYTES_PER_ELEMENT));
  for (let slot = 0; slot < count; slot += 1) {
    const day = Math.sin((2 * Math.PI * slot) / daySlots);
    const week = Math.sin((2 * Math.PI * slot) / daySlots / 7);
    load[slot] = 100 * (1.5 + day + 0.2 * week) * (0.85 + 0.3 * random());
  }
  return load;
}

function userMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  return process.cpuUsage(before).user / 1000;
}

function keptBytes(): number {
  // The first tells of what is no longer needed, the second lets go of its arrays.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
