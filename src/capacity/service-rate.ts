import { median, robustSpread } from './median.ts';
import { tQuantile } from './student-t.ts';
import type { WorkSample } from './work-sample.ts';

/** A rate with its 95 % interval. */
export interface RateEstimate {
  readonly rateRps: number;
  readonly lowerRps: number;
  readonly upperRps: number;
}

/** Beyond so many standard deviations a slot counts no more than one at this distance (Huber 1964). */
const CLIP = 1.5;
const MAX_STEPS = 50;
const PRECISION_RATIO = 1e-10;
/** Three degrees of freedom are the least that Student's t is computed for. */
export const MIN_RATE_SAMPLES = 4;
/** Slots that lean the same way as their neighbours are worth less than independent ones; no less than this. */
const MAX_CORRELATION = 0.95;

/**
 * Completions per second of a busy server: mu = X / busy (utilization law; Denning & Buzen 1978), at any utilization,
 * as busy time holds no waiting. The sum over slots is an M-estimate: what a slot completes differs from mu * busy by
 * a noise whose variance grows with the work, so the difference over its root is what is clipped. The interval is
 * Student's, with the clipped residuals' own spread, widened where neighbouring slots err alike.
 *
 * @throws RangeError on fewer than MIN_RATE_SAMPLES samples.
 */
export function estimateServiceRate(samples: readonly WorkSample[]): RateEstimate {
  if (samples.length < MIN_RATE_SAMPLES) throw new RangeError(`needs ${MIN_RATE_SAMPLES} samples`);
  const { rateRps, clippedAt } = fittedRate(samples);
  const half = tQuantile(samples.length - 1) * standardError(samples, rateRps, clippedAt);
  return { rateRps, lowerRps: Math.max(0, rateRps - half), upperRps: rateRps + half };
}

/** (completed - mu * busy) / sqrt(work): as variable in a slot of little work as in one of much. */
export function residualOf(sample: WorkSample, rateRps: number): number {
  return (sample.throughputRps - rateRps * sample.busyServers) / Math.sqrt(workOf(sample, rateRps));
}

/** Busy servers as both measurements have them: one alone may be 0 in a slot of little work. */
function workOf({ throughputRps, busyServers }: WorkSample, rateRps: number): number {
  return (busyServers + throughputRps / rateRps) / 2;
}

export function clipped(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

function fittedRate(samples: readonly WorkSample[]): { rateRps: number; clippedAt: number } {
  let rateRps = median(samples.map(({ throughputRps, busyServers }) => throughputRps / busyServers));
  let clippedAt = 0;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const residuals = samples.map((sample) => residualOf(sample, rateRps));
    clippedAt = CLIP * robustSpread(residuals);
    let throughput = 0;
    let busy = 0;
    samples.forEach((sample, i) => {
      const size = Math.abs(residuals[i]);
      const weight = size <= clippedAt ? 1 : clippedAt / size;
      throughput += weight * sample.throughputRps;
      busy += weight * sample.busyServers;
    });
    // More than half of the slots agree to the last digit.
    if (busy === 0) break;
    const next = throughput / busy;
    const moved = Math.abs(next - rateRps);
    rateRps = next;
    if (moved <= PRECISION_RATIO * rateRps) break;
  }
  return { rateRps, clippedAt };
}

/** Of an M-estimate (Huber & Ronchetti, Robust Statistics, 6.3): clipped residuals over the share not clipped. */
function standardError(samples: readonly WorkSample[], rateRps: number, clippedAt: number): number {
  const count = samples.length;
  const residuals = samples.map((sample) => clipped(residualOf(sample, rateRps), clippedAt));
  let squares = 0;
  let busy = 0;
  let whole = 0;
  samples.forEach((sample, i) => {
    squares += workOf(sample, rateRps) * residuals[i] ** 2;
    busy += sample.busyServers;
    if (Math.abs(residuals[i]) < clippedAt) whole += 1;
  });
  if (squares === 0) return 0;
  const correlation = neighbourCorrelation(samples, residuals);
  const variance = (squares * count) / (count - 1) / (busy * (whole / count)) ** 2;
  return Math.sqrt((variance * (1 + correlation)) / (1 - correlation));
}

/** Correlation of consecutive residuals, at least 0: noise of an AR(1) widens an interval by (1 + it) / (1 - it). */
export function neighbourCorrelation(
  samples: readonly { readonly atMs: number }[],
  residuals: readonly number[],
): number {
  let stepMs = Infinity;
  for (let i = 1; i < samples.length; i += 1)
    stepMs = Math.min(stepMs, samples[i].atMs - samples[i - 1].atMs);
  let products = 0;
  let squares = 0;
  for (let i = 1; i < samples.length; i += 1) {
    if (samples[i].atMs - samples[i - 1].atMs !== stepMs) continue;
    products += residuals[i] * residuals[i - 1];
    squares += (residuals[i] ** 2 + residuals[i - 1] ** 2) / 2;
  }
  return squares === 0 ? 0 : Math.max(0, Math.min(MAX_CORRELATION, products / squares));
}
