/**
 * How far the load goes beyond what is expected of it: kept as a histogram of ratios, each lead time's outcome weighed by
 * the load that was expected, so that a quantile of it is the share of requests that would be served.
 *
 * A forecast's quantiles know the hour and the day; where the load does nothing that the hour or the day foretells (news,
 * batches, noise) they are late or far too wide, and a fixed share to spare over what is there serves better for less.
 * Which of the two it is, each workload's own past says: both have named a 0.99 quantile beforehand, and the quantile
 * (pinball) loss of what they named (Koenker and Bassett 1978) is what spare and missing capacity have cost.
 */
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import type { Mutable } from '../domain/mutable.ts';
import type { Expectation, OvershootRecord } from '../domain/overshoot.ts';

/** Finer where small differences are paid for at every hour. What came beyond the last counts as the last. */
export const RATIO_EDGES = [
  1, 1.02, 1.04, 1.06, 1.08, 1.1, 1.13, 1.16, 1.2, 1.25, 1.3, 1.4, 1.5, 1.65, 1.8, 2, 2.3, 2.6, 3, 3.5, 4, 5,
  6, 8, 10, 13, 16, 20, 30, 50,
] as const;
/** Both are judged at this level. */
export const JUDGED_LEVEL = 0.99;
/** Loads change their habits. */
const FORGOTTEN_OVER_SECONDS = 14 * SECONDS_PER_DAY;
/** A lead time has so many expectations under way. */
const EXPECTATIONS_PER_LEAD_TIME = 8;
/** So many are learnt from before what was named is judged, and so many judged before it is believed. */
const LEAST_SAMPLES = 60;
/** So much less must the loss be: a forecast that is about as good knows the hours to come besides. */
const BETTER_RATIO = 0.7;

const EMPTY: OvershootRecord = {
  weights: RATIO_EDGES.map(() => 0),
  samples: 0,
  forecastLossRps: 0,
  overshootLossRps: 0,
  highestRps: 0,
  pending: [],
};

interface Measured {
  readonly measuredRps: number;
  readonly nowMs: number;
  readonly leadTimeSeconds: number;
}

/** What was due by `nowMs` has come, or has not: `measuredRps` is the load now. */
export function overshootAfter(
  record: OvershootRecord | undefined,
  now: Measured,
): OvershootRecord | undefined {
  if (record === undefined) return undefined;
  const { measuredRps, nowMs, leadTimeSeconds } = now;
  const isDue = record.pending[0]?.dueAtMs <= nowMs;
  const isHighest = measuredRps > record.highestRps;
  if (!isDue && !isHighest) return record;
  const seen = copyOf(record);
  if (isHighest) seen.highestRps = measuredRps;
  if (!isDue) return seen;
  const tooLateMs = nowMs - spacingSeconds(leadTimeSeconds) * MS_PER_SECOND;
  for (const expectation of record.pending)
    if (expectation.dueAtMs <= nowMs && expectation.dueAtMs > tooLateMs) learn(seen, expectation, now);
  seen.pending = record.pending.filter(({ dueAtMs }) => dueAtMs > nowMs);
  return seen;
}

/** Field by field: there is a new one at every tick. */
function copyOf(record: OvershootRecord): Mutable<OvershootRecord> {
  return {
    weights: record.weights,
    samples: record.samples,
    forecastLossRps: record.forecastLossRps,
    overshootLossRps: record.overshootLossRps,
    highestRps: record.highestRps,
    pending: record.pending,
  };
}

/** With what is `expected` one lead time from now, where the newest expectation is old enough; else that is not asked for. */
export function expecting(
  record: OvershootRecord | undefined,
  { nowMs, leadTimeSeconds }: { readonly nowMs: number; readonly leadTimeSeconds: number },
  expected: () => Pick<Expectation, 'expectedRps' | 'forecastRps'>,
): OvershootRecord {
  const known = record ?? EMPTY;
  const dueAtMs = nowMs + leadTimeSeconds * MS_PER_SECOND;
  const newestAtMs = known.pending.at(-1)?.dueAtMs ?? -Infinity;
  if (dueAtMs < newestAtMs + spacingSeconds(leadTimeSeconds) * MS_PER_SECOND) return known;
  const { expectedRps, forecastRps } = expected();
  const overshootRps = expectedRps * ratioAt(known, JUDGED_LEVEL);
  const next = copyOf(known);
  // Not spread: a list that grows by one that way has room for a dozen more, and records are kept.
  next.pending = known.pending.concat({ dueAtMs, expectedRps, forecastRps, overshootRps });
  return next;
}

/** Whether so many times what is expected has been clearly the better upper quantile than the forecast's. */
export function isOvershootBetter(record: OvershootRecord | undefined): record is OvershootRecord {
  return (
    record !== undefined &&
    record.samples >= 2 * LEAST_SAMPLES &&
    record.overshootLossRps < BETTER_RATIO * record.forecastLossRps
  );
}

/** `ratiosAt` one level. */
export function ratioAt(record: OvershootRecord, level: number): number {
  return ratiosAt(record, [level])[0];
}

/**
 * At least 1: how many times what was expected came at most, at each share (0..1, ascending) of it. The next outcome counts
 * as one more, whose place nobody knows (conformal prediction): a level that there are too few samples for is the largest
 * seen.
 */
export function ratiosAt({ weights, samples }: OvershootRecord, levels: readonly number[]): number[] {
  let [total, last] = [0, 0];
  for (let edge = 0; edge < weights.length; edge += 1) {
    total += weights[edge];
    if (weights[edge] > 0) last = edge;
  }
  let bin = 0;
  let below = 0;
  return levels.map((level) => {
    const wanted = (level + (level - 0.5) / Math.max(1, samples)) * total;
    for (; bin <= last && (weights[bin] === 0 || below + weights[bin] < wanted); bin += 1)
      below += weights[bin];
    return bin > last ? RATIO_EDGES[last] : within(bin, (wanted - below) / weights[bin]);
  });
}

function within(bin: number, wayRatio: number): number {
  if (bin === 0) return RATIO_EDGES[0];
  return RATIO_EDGES[bin - 1] + wayRatio * (RATIO_EDGES[bin] - RATIO_EDGES[bin - 1]);
}

/** What came of what was expected. */
function learn(
  record: Mutable<OvershootRecord>,
  { expectedRps, forecastRps, overshootRps }: Expectation,
  { measuredRps, leadTimeSeconds }: Measured,
): void {
  if (!(expectedRps > 0) && !(measuredRps > 0)) return;
  const keptRatio = Math.exp(-spacingSeconds(leadTimeSeconds) / FORGOTTEN_OVER_SECONDS);
  // What was named before enough was known says nothing about what will be.
  const counted = record.samples < LEAST_SAMPLES ? 0 : 1;
  record.weights = fadedWith(record.weights, keptRatio, { expectedRps, ratio: measuredRps / expectedRps });
  record.samples = keptRatio * record.samples + 1;
  record.forecastLossRps = keptRatio * record.forecastLossRps + counted * lossRps(measuredRps, forecastRps);
  record.overshootLossRps =
    keptRatio * record.overshootLossRps + counted * lossRps(measuredRps, overshootRps);
}

function fadedWith(
  weights: readonly number[],
  keptRatio: number,
  { expectedRps, ratio }: { readonly expectedRps: number; readonly ratio: number },
): readonly number[] {
  const faded = weights.slice();
  for (let edge = 0; edge < faded.length; edge += 1) faded[edge] *= keptRatio;
  let bin = 0;
  while (bin < RATIO_EDGES.length - 1 && !(ratio <= RATIO_EDGES[bin])) bin += 1;
  faded[bin] += expectedRps;
  return faded;
}

/** Quantile loss at JUDGED_LEVEL. */
function lossRps(actualRps: number, namedRps: number): number {
  const missingRps = actualRps - namedRps;
  return missingRps > 0 ? JUDGED_LEVEL * missingRps : (JUDGED_LEVEL - 1) * missingRps;
}

function spacingSeconds(leadTimeSeconds: number): number {
  return leadTimeSeconds / EXPECTATIONS_PER_LEAD_TIME;
}
