import { MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import { createRandom, type Random } from '../domain/random.ts';
import { sampleGammaOfMeanOne, sampleNormal, samplePoisson } from '../domain/samplers.ts';
import type { TimeSeries } from '../domain/time-series.ts';

/**
 * Invented but plausible arrival rates, for what the recordings do not hold enough of: a non-homogeneous Poisson
 * process whose intensity has a shape by day and week, drifts, is shifted and bursts; counts are overdispersed (gamma
 * mixed Poisson). The same seed gives the same series on every machine.
 */
export function generatedSeries(seed: number): TimeSeries {
  const random = createRandom(seed);
  const stepSeconds = pick(random, [300, 300, 600, 1800, 3600, 3600]);
  const days = stepSeconds < 600 ? 16 + 12 * random() : 40 + 40 * random();
  const count = Math.floor((days * SECONDS_PER_DAY) / stepSeconds);
  const intensity = intensityOf(random, stepSeconds, count);
  const meanCount = 10 ** (0.3 + 4 * random());
  const dispersion = random() < 0.5 ? undefined : 1 + 10 ** (0.5 + 1.5 * random());
  const values = intensity.map((level) => {
    const expected =
      meanCount * level * (dispersion === undefined ? 1 : sampleGammaOfMeanOne(random, dispersion));
    return samplePoisson(random, expected) / stepSeconds;
  });
  takeOut(random, values);
  return {
    startAtMs: Date.UTC(2024, 0, 1) + Math.floor(360 * random()) * SECONDS_PER_DAY * MS_PER_SECOND,
    stepSeconds,
    values,
  };
}

/** One of them, each as likely. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)];
}

/** Mean about 1. */
function intensityOf(random: Random, stepSeconds: number, count: number): Float64Array {
  const shape = dayShape(random);
  const weekday = weekFactors(random);
  const stepDays = stepSeconds / SECONDS_PER_DAY;
  const wander = ornsteinUhlenbeck(random, stepSeconds, count);
  const growthPerDay = 0.01 * sampleNormal(random) * (random() < 0.5 ? 1 : 0);
  const intensity = Float64Array.from({ length: count }, (_, slot) => {
    const atDays = slot * stepDays;
    return shape(atDays % 1) * weekday(atDays) * Math.exp(growthPerDay * atDays + wander[slot]);
  });
  shiftLevels(random, intensity, stepDays);
  addBursts(random, intensity, stepSeconds);
  return intensity;
}

/** exp of three random harmonics of the day: from nearly flat to a factor of ten between night and evening. */
export function dayShape(random: Random): (dayRatio: number) => number {
  const strength = random() < 0.15 ? 0 : 1.2 * random();
  const waves = [1, 2, 3].map((harmonic) => ({
    harmonic,
    size: (strength * sampleNormal(random)) / harmonic,
    phase: 2 * Math.PI * random(),
  }));
  return (dayRatio) =>
    Math.exp(
      waves.reduce(
        (sum, { harmonic, size, phase }) => sum + size * Math.sin(2 * Math.PI * harmonic * dayRatio + phase),
        0,
      ),
    );
}

export function weekFactors(random: Random): (atDays: number) => number {
  const weekend = random() < 0.3 ? 1 : Math.exp(-0.8 * random());
  const factors = Array.from(
    { length: 7 },
    (_, day) => Math.exp(0.05 * sampleNormal(random)) * (day > 4 ? weekend : 1),
  );
  return (atDays) => factors[Math.floor(atDays) % 7];
}

/** Slow wandering in log scale: mean-reverting with a memory of 20 minutes to a day. */
export function ornsteinUhlenbeck(random: Random, stepSeconds: number, count: number): Float64Array {
  const memorySeconds = 1200 * 72 ** random();
  const keep = Math.exp(-stepSeconds / memorySeconds);
  const size = 0.02 * 15 ** random() * Math.sqrt(1 - keep * keep);
  const path = new Float64Array(count);
  for (let slot = 1; slot < count; slot += 1)
    path[slot] = keep * path[slot - 1] + size * sampleNormal(random);
  return path;
}

function shiftLevels(random: Random, intensity: Float64Array, stepDays: number): void {
  const shifts = random() < 0.5 ? 0 : 1 + Math.floor(3 * random());
  for (let shift = 0; shift < shifts; shift += 1) {
    const from = Math.floor(random() * intensity.length);
    const to = random() < 0.5 ? intensity.length : from + Math.ceil((0.1 + 2 * random()) / stepDays);
    const factor = Math.exp(0.7 * sampleNormal(random));
    for (let slot = from; slot < Math.min(to, intensity.length); slot += 1) intensity[slot] *= factor;
  }
}

/** Sudden crowds that fade: up within minutes, down by half every few minutes to hours. */
function addBursts(random: Random, intensity: Float64Array, stepSeconds: number): void {
  const perDay = random() < 0.4 ? 0 : 4 * random() ** 3;
  const days = (intensity.length * stepSeconds) / SECONDS_PER_DAY;
  const bursts = samplePoisson(random, perDay * days);
  for (let burst = 0; burst < bursts; burst += 1) {
    const from = Math.floor(random() * intensity.length);
    const peak = Math.exp(0.7 + 0.8 * sampleNormal(random));
    const halfLifeSlots = Math.max(0.5, (180 * 60 ** random()) / stepSeconds);
    for (let slot = from; slot < Math.min(intensity.length, from + 12 * halfLifeSlots); slot += 1)
      intensity[slot] *= 1 + peak * 0.5 ** ((slot - from) / halfLifeSlots);
  }
}

/** A gap of some hours in every third series. */
export function takeOut(random: Random, values: Float64Array): void {
  if (random() > 1 / 3) return;
  const from = Math.floor(random() * values.length);
  values.fill(Number.NaN, from, from + Math.floor(0.02 * random() * values.length));
}
