/**
 * What a forecast costs in steady state: workloads whose histories grow by a slot a tick, each forecast once a tick.
 *
 *   npx tsx --expose-gc test/bench/forecast/cost.ts [--days 14] [--step 60] [--workloads 8] [--ticks 300] [--model ensemble]
 *
 * Prints the CPU time (user) of a forecast, the first one's apart, and the memory that is kept for a workload beside its
 * history. The load is generated: a day's wave, a weekly one, noise.
 */
import { parseArgs } from 'node:util';
import type { ModelName } from '../../../src/domain/forecast.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { createModels } from '../../../src/forecast/create-models.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { defaultHorizonSteps } from '../../../src/forecast/default-horizon.ts';

const { values: flags } = parseArgs({
  options: {
    days: { type: 'string', default: '14' },
    step: { type: 'string', default: '60' },
    workloads: { type: 'string', default: '8' },
    ticks: { type: 'string', default: '300' },
    model: { type: 'string', default: 'ensemble' },
  },
});
const stepSeconds = Number(flags.step);
const slots = Math.round((Number(flags.days) * 86_400) / stepSeconds);
const [workloads, ticks] = [Number(flags.workloads), Number(flags.ticks)];
const warmUpTicks = Math.ceil(ticks / 2);
const calendar = { timeZone: 'UTC', holidayCountry: null, events: [], excludedFromTraining: [] };
const loads = Array.from({ length: workloads }, (_, seed) =>
  generatedLoad(seed + 1, slots + warmUpTicks + ticks),
);
const chain = createForecastChain(createModels({ missing: 'not asked for' }));

const bytesBefore = keptBytes();
const firstMs = userMs(() => forecastAll(0)) / workloads;
// The compiler's threads are part of the CPU time: half of the ticks come before the clock is started.
for (let tick = 1; tick <= warmUpTicks; tick += 1) forecastAll(tick);
const laterMs = userMs(() => {
  for (let tick = 1; tick <= ticks; tick += 1) forecastAll(warmUpTicks + tick);
});
const keptKilobytes = (keptBytes() - bytesBefore) / workloads / 1024;
const memory = globalThis.gc === undefined ? 'unknown without --expose-gc' : `${keptKilobytes.toFixed(0)} kB`;
console.log(
  `${flags.model}, ${flags.days} days at ${stepSeconds} s: ${(laterMs / ticks / workloads).toFixed(3)} ms of CPU a forecast, the first ${firstMs.toFixed(0)} ms, kept for a workload ${memory}`,
);

function forecastAll(tick: number): void {
  loads.forEach((load, index) => {
    const series = {
      startAtMs: Date.UTC(2026, 0, 5, 13, 10) + tick * stepSeconds * 1000,
      stepSeconds,
      values: load.subarray(tick, tick + slots),
    };
    const models = [flags.model as ModelName];
    const [result] = chain.forecast([
      {
        seriesKey: `load ${index}`,
        series,
        horizonSteps: defaultHorizonSteps(stepSeconds),
        decisionSteps: 3,
        calendar,
        models,
      },
    ]);
    if (result.kind !== 'forecast' || result.model !== flags.model)
      throw new Error(JSON.stringify(result.skipped));
  });
}

function generatedLoad(seed: number, count: number): Float64Array {
  const random = createRandom(seed);
  const daySlots = 86_400 / stepSeconds;
  return Float64Array.from({ length: count }, (_, slot) => {
    const day = Math.sin((2 * Math.PI * slot) / daySlots);
    const week = Math.sin((2 * Math.PI * slot) / daySlots / 7);
    return 100 * (1.5 + day + 0.2 * week) * (0.85 + 0.3 * random());
  });
}

function userMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  return process.cpuUsage(before).user / 1000;
}

function keptBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
