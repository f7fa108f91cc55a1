import { MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import type { LiveColumns, LiveFeature, LiveHistory } from '../domain/live-history.ts';
import { createRandom, type Random } from '../domain/random.ts';
import { sampleNormal, samplePoisson } from '../domain/samplers.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { dayShape, ornsteinUhlenbeck, pick, takeOut, weekFactors } from './generate-series.ts';
import { type Course, happen } from './incidents.ts';

export interface GeneratedLive {
  readonly series: TimeSeries;
  readonly live: LiveHistory;
}

/** A column is missing in so many series, and each column has gaps where the rates have. */
const MISSING_RATIO = 0.2;
const MEMORY_SLOTS = 200;

/**
 * Invented arrival rates with the live metrics beside them, in which things happen that the rates alone do not tell apart
 * (incidents.ts). The same seed gives the same series on every machine.
 */
export function generatedLiveSeries(seed: number): GeneratedLive {
  const random = createRandom(seed);
  const stepSeconds = pick(random, [300, 300, 600]);
  const count = Math.floor(((12 + 6 * random()) * SECONDS_PER_DAY) / stepSeconds);
  const usual = usualIntensity(random, stepSeconds, count);
  const course = happen(random, usual, stepSeconds);
  const meanCount = 10 ** (2.5 + 2 * random());
  const values = course.intensity.map((level) => samplePoisson(random, meanCount * level) / stepSeconds);
  const startAtMs = Date.UTC(2024, 0, 1) + Math.floor(360 * random()) * SECONDS_PER_DAY * MS_PER_SECOND;
  takeOut(random, values);
  const metrics = measured(random, values, course);
  const seriesOf = (column: Float64Array): TimeSeries => ({ startAtMs, stepSeconds, values: column });
  const named = Object.entries(metrics).map(([name, column]) => [name, seriesOf(column)]);
  return {
    series: seriesOf(values),
    live: {
      metrics: Object.fromEntries(named) as LiveColumns,
      rolloutsAtMs: course.rolloutSlots.map((slot) => startAtMs + slot * stepSeconds * MS_PER_SECOND),
    },
  };
}

/** Mean about 1: a shape by day and week, and slow wandering. */
function usualIntensity(random: Random, stepSeconds: number, count: number): Float64Array {
  const shape = dayShape(random);
  const weekday = weekFactors(random);
  const wander = ornsteinUhlenbeck(random, stepSeconds, count);
  const stepDays = stepSeconds / SECONDS_PER_DAY;
  return wander.map(
    (log, slot) => shape((slot * stepDays) % 1) * weekday(slot * stepDays) * Math.exp(0.5 * log),
  );
}

/** What would be measured beside `rates`, each with noise; some columns are missing. */
function measured(
  random: Random,
  rates: Float64Array,
  { errorRatio, slowness, connecting }: Course,
): Partial<Record<LiveFeature, Float64Array>> {
  const highest = rates.reduce((most, rate) => (rate > most ? rate : most), 0);
  const full = (1.2 + random()) * highest;
  const noisy = (size: number): number => Math.exp(size * sampleNormal(random));
  const latencySeconds = 0.01 * 10 ** (1.5 * random());
  const cpu = rates.map((rate) => Math.min(1, (0.05 + (0.8 * rate) / full) * noisy(0.05)));
  const latency = cpu.map((used, slot) => (latencySeconds * slowness[slot] * noisy(0.1)) / (1.05 - used));
  const memory = ornsteinUhlenbeck(random, 60, rates.length);
  const all: Record<LiveFeature, Float64Array> = {
    cpuUtilization: cpu,
    memoryUtilization: memory.map((log, slot) =>
      Math.min(1, 0.5 * Math.exp(0.3 * log) + (0.3 * (slot % MEMORY_SLOTS)) / MEMORY_SLOTS),
    ),
    latency,
    errorRatio: errorRatio.map((ratio) => Math.min(1, ratio * noisy(0.3))),
    connections: rates.map((rate, slot) => 10 * (rate + 0.01 * full) * connecting[slot] * noisy(0.05)),
    diskIo: rates.map((rate) => 5e4 * (rate + 0.05 * full) * noisy(0.3)),
    inFlight: rates.map((rate, slot) => rate * latency[slot] * noisy(0.1)),
  };
  return Object.fromEntries(Object.entries(all).filter(() => random() >= MISSING_RATIO));
}
