import { MS_PER_SECOND } from '../domain/clock.ts';
import { median, robustSpread } from './median.ts';
import { clipped, MIN_RATE_SAMPLES, residualOf } from './service-rate.ts';
import type { WorkSample } from './work-sample.ts';

/** A rate that changed: from `startIndex` on it is another. */
export interface RateChange {
  readonly kind: 'drop' | 'rise';
  readonly startIndex: number;
  readonly atMs: number;
  readonly beforeRps: number;
  readonly afterRps: number;
}

/** Changes below this share of the rate are left to the estimate, which follows them by itself. */
const MIN_CHANGE_RATIO = 0.15;
/**
 * Standard errors that the newest slots must differ by. 30 days have 43,200 minutes, about 20,000 of them independent
 * looks: a chance of 3.4e-6 at each makes less than 0.1 false alarms.
 */
const MIN_STANDARD_ERRORS = 4.5;
/** A drop is believed after minutes: each one costs late requests. */
const DROP_SECONDS = [300, 600];
/** A rise when it is most of an hour: a service that fails at once looks quick, and nobody waits for a rise. */
const RISE_SECONDS = 3600;
/** Fewer than this is no measure of what was usual; more than this is another time of day. */
const MIN_REFERENCE_SAMPLES = 20;
const MAX_REFERENCE_SAMPLES = 120;
/** One slot may lie; the newest few are compared without what lies further out than this. */
const CLIP_SPREADS = 3;

/**
 * Where the rate changed, oldest first: walks along the samples and compares the newest slots (their median, and the
 * mean of their clipped residuals) with those before, since the last change. What is known at a sample does not
 * depend on those after it.
 */
export function findRateChanges(samples: readonly WorkSample[], stepSeconds: number): RateChange[] {
  const walk = {
    samples,
    rates: Float64Array.from(samples, ({ throughputRps, busyServers }) => throughputRps / busyServers),
    stepSeconds,
  };
  const windows = windowsFor(stepSeconds);
  const changes: RateChange[] = [];
  let startIndex = 0;
  for (let end = MIN_REFERENCE_SAMPLES; end <= samples.length; end += 1)
    for (const window of windows) {
      const change = changeWithin(walk, { startIndex, end }, window);
      if (change === undefined) continue;
      changes.push(change);
      startIndex = change.startIndex;
    }
  return changes;
}

interface Window {
  readonly kind: RateChange['kind'];
  readonly slots: number;
}

/** Two slots at least, however long they are: one alone may lie. */
function windowsFor(stepSeconds: number): readonly Window[] {
  const slotsOf = (seconds: number): number => Math.max(2, Math.round(seconds / stepSeconds));
  const drops = [...new Set(DROP_SECONDS.map(slotsOf))].map((slots) => ({ kind: 'drop', slots }) as const);
  return [...drops, { kind: 'rise', slots: slotsOf(RISE_SECONDS) }];
}

interface Walk {
  readonly samples: readonly WorkSample[];
  /** Of each sample, completions per busy server. */
  readonly rates: Float64Array;
  readonly stepSeconds: number;
}

function changeWithin(
  { samples, rates, stepSeconds }: Walk,
  { startIndex, end }: { startIndex: number; end: number },
  { kind, slots }: Window,
): RateChange | undefined {
  const from = end - slots;
  if (from - startIndex < MIN_REFERENCE_SAMPLES) return undefined;
  const referenceFrom = Math.max(startIndex, from - MAX_REFERENCE_SAMPLES);
  const usual = rates.subarray(referenceFrom, from);
  const newest = rates.subarray(from, end);
  const afterRps = median(newest);
  if (!isFar(usual, afterRps, kind)) return undefined;
  const beforeRps = median(usual);
  const apart = standardErrorsApart(samples.slice(referenceFrom, from), samples.slice(from, end), beforeRps);
  if (apart < MIN_STANDARD_ERRORS) return undefined;
  const border = Math.sqrt(beforeRps * afterRps);
  const passed = newest.findIndex((rate) => (kind === 'drop' ? rate < border : rate > border));
  const first = Math.min(from + passed, end - MIN_RATE_SAMPLES);
  const atMs = samples[first].atMs - stepSeconds * MS_PER_SECOND;
  return { kind, startIndex: first, atMs, beforeRps, afterRps };
}

/** Whether the median of `usual` is further from `rateRps` than MIN_CHANGE_RATIO; counted, as that is asked often. */
function isFar(usual: Float64Array, rateRps: number, kind: RateChange['kind']): boolean {
  const sign = kind === 'drop' ? 1 : -1;
  const limit = rateRps / (1 - sign * MIN_CHANGE_RATIO);
  let beyond = 0;
  for (let i = 0; i < usual.length; i += 1) if (sign * (usual[i] - limit) > 0) beyond += 1;
  return beyond > usual.length / 2;
}

function standardErrorsApart(
  reference: readonly WorkSample[],
  newest: readonly WorkSample[],
  rateRps: number,
): number {
  const spread = robustSpread(reference.map((sample) => residualOf(sample, rateRps)));
  const limit = CLIP_SPREADS * spread;
  const sum = newest.reduce((total, sample) => total + clipped(residualOf(sample, rateRps), limit), 0);
  const standardError = spread * Math.sqrt(1 / newest.length + 1 / reference.length);
  return spread === 0 ? Infinity : Math.abs(sum / newest.length) / standardError;
}
