/**
 * What the network sees. At each origin one row: the features, and the track record so far (how the base and the
 * experts did at origins whose actual is known by then). The network reads the rows of the last origins up to the one
 * it forecasts at, and for each step of the horizon how far each expert is from the base, in the base's expected
 * errors. A row is a function of what was known at its origin. A reading that is not known is NaN in it, and the mean to the
 * network (standardise): a zero would be told as far from it.
 */
import { SECONDS_PER_HOUR } from '../../../domain/clock.ts';
import type { FeatureContext } from '../../features/feature-context.ts';
import type { FeatureSpec } from '../../features/feature-spec.ts';
import { readFeatures } from '../../features/feature-table.ts';
import { EXPERTS, PLAIN_EXPERTS, writeExperts } from './experts.ts';

/** A base forecast at one origin, in the series' scale. */
export interface BasePath {
  readonly forecasts: Float64Array;
  /** Square roots of the expected absolute errors. */
  readonly sizes: Float64Array;
}

/** One origin: the base's path and where the experts stand beside it. */
export interface OriginRecord {
  readonly origin: number;
  readonly base: BasePath;
  /** [step * EXPERTS + expert], (expert - base) / expected error, bounded; 0 where the expert has nothing. */
  readonly offsets: Float32Array;
  readonly row: Float32Array;
}

/**
 * The base's newest known errors at its first and at its last step, a flag for each; how the expected error changed; how
 * long the history is; what each expert would have gained.
 */
const TRACK_COLUMNS = 6 + EXPERTS;
/** The errors that are repeated are those of so many newest paths whose whole horizon is known. */
export const REPEATED_PATHS = 4;
/** Days of history, beyond which more says nothing. */
const MOST_AGE_DAYS = 42;
const LEAST_AGE_DAYS = 0.05;
/** The lead time, the step and the expected error beside that of the first step. */
export const STEP_COLUMNS = EXPERTS + 4;

const MOST_OFFSET = 8;
const MOST_GAIN = 3;

export function rowColumns(features: readonly FeatureSpec[]): number {
  return features.reduce((sum, { group }) => sum + (group === 'calendar' ? 1 : 2), TRACK_COLUMNS);
}

/** What stands in a row: each feature, and whether it is known (the calendar always is), then the track record. */
export function columnNames(features: readonly FeatureSpec[]): readonly string[] {
  return [
    ...features.flatMap(({ name, group }) => (group === 'calendar' ? [name] : [name, knownColumn(name)])),
    ...Array.from({ length: TRACK_COLUMNS }, (_, column) => `track ${column}`),
  ];
}

/** The column that tells whether a feature is known. */
export function knownColumn(feature: string): string {
  return `${feature} is known`;
}

export function expectedError({ sizes }: BasePath, step: number): number {
  return sizes[step] * sizes[step];
}

export type Surroundings = Omit<FeatureContext, 'origin'>;

/** The record at `origin`; `before` are the earlier origins, whose actuals may be known. */
export function recordAt(
  surroundings: Surroundings,
  at: { readonly origin: number; readonly base: BasePath },
  features: readonly FeatureSpec[],
  before: Track,
): OriginRecord {
  const context = { ...surroundings, origin: at.origin };
  const known = knownOf(before, at.origin, context.horizonSteps);
  const offsets = offsetsAt(context, at.base, known);
  const row = new Float32Array(rowColumns(features));
  let column = 0;
  readFeatures(features, context).forEach((value, index) => {
    const isKnown = value === value;
    row[column++] = isKnown || features[index].isReading ? value : 0;
    if (features[index].group !== 'calendar') row[column++] = isKnown ? 1 : 0;
  });
  writeTrack(context, at.base, known, row.subarray(column));
  return { origin: at.origin, base: at.base, offsets, row };
}

/** What rows read of earlier origins, which ascend by their index. */
export interface Track {
  readonly from: number;
  /** One past the newest. */
  readonly end: number;
  originAt(index: number): number;
  /** The base's, in the series' scale. */
  forecastAt(index: number, step: number): number;
  /** At the first and at the last step. */
  firstExpectedAt(index: number): number;
  lastExpectedAt(index: number): number;
  lastOffsetAt(index: number, expert: number): number;
}

/** The track of records that are kept whole. */
export function trackOf(records: readonly OriginRecord[]): Track {
  const last = (records[0]?.base.forecasts.length ?? 0) - 1;
  return {
    from: 0,
    end: records.length,
    originAt: (index) => records[index].origin,
    forecastAt: (index, step) => records[index].base.forecasts[step],
    firstExpectedAt: (index) => expectedError(records[index].base, 0),
    lastExpectedAt: (index) => expectedError(records[index].base, last),
    lastOffsetAt: (index, expert) => records[index].offsets[last * EXPERTS + expert],
  };
}

/** What of a track is known at an origin, by index; undefined where nothing is. */
interface KnownTrack {
  readonly track: Track;
  /** The newest whose first step is known. */
  readonly first: number | undefined;
  /** The newest whose whole horizon is known. */
  readonly last: number | undefined;
}

function knownOf(track: Track, origin: number, horizonSteps: number): KnownTrack {
  const newestUpTo = (slot: number): number | undefined => {
    let index = track.end - 1;
    while (index >= track.from && track.originAt(index) > slot) index -= 1;
    return index < track.from ? undefined : index;
  };
  return { track, first: newestUpTo(origin - 1), last: newestUpTo(origin - horizonSteps) };
}

function offsetsAt(context: FeatureContext, base: BasePath, known: KnownTrack): Float32Array {
  const steps = base.forecasts.length;
  const experts = new Float64Array(steps * EXPERTS);
  writeExperts(context, steps, experts);
  const offsets = new Float32Array(experts.length);
  for (let step = 0, from = 0; step < steps; step += 1, from += EXPERTS) {
    const expected = expectedError(base, step);
    for (let expert = 0; expert < PLAIN_EXPERTS; expert += 1)
      offsets[from + expert] = orZero(bounded((experts[from + expert] - base.forecasts[step]) / expected));
    const { newest, mean } = missedAgain(known, step, context.view);
    offsets[from + PLAIN_EXPERTS] = orZero(bounded(newest / expected));
    offsets[from + PLAIN_EXPERTS + 1] = orZero(bounded(mean / expected));
  }
  return offsets;
}

/** NaN stays NaN. */
function bounded(offset: number): number {
  return Math.min(MOST_OFFSET, Math.max(-MOST_OFFSET, offset));
}

function orZero(offset: number): number {
  return offset === offset ? offset : 0;
}

/** What the newest whole path missed by, and the mean of the newest few; NaN where not known. */
function missedAgain(
  { track, last }: KnownTrack,
  step: number,
  view: FeatureContext['view'],
): { readonly newest: number; readonly mean: number } {
  if (last === undefined) return { newest: Number.NaN, mean: Number.NaN };
  let sum = 0;
  let count = 0;
  for (let index = last; index >= track.from && index > last - REPEATED_PATHS; index -= 1) {
    const missed = missedBy(track, index, step, view);
    if (missed !== missed) continue;
    sum += missed;
    count += 1;
  }
  return { newest: missedBy(track, last, step, view), mean: count > 0 ? sum / count : Number.NaN };
}

/** Actual less base forecast, in the series' scale; NaN where not known. */
function missedBy(track: Track, index: number, step: number, view: FeatureContext['view']): number {
  return view.at(track.originAt(index) + step) - track.forecastAt(index, step);
}

function writeTrack(
  { view, origin, horizonSteps, slotsPerDay }: FeatureContext,
  base: BasePath,
  { track, first, last }: KnownTrack,
  into: Float32Array,
): void {
  if (first !== undefined) {
    const expected = track.firstExpectedAt(first);
    writeKnown(bounded(missedBy(track, first, 0, view) / expected), into, 0);
    into[4] = Math.log(expectedError(base, 0) / expected);
  }
  const ageDays = (origin - view.firstSlot) / slotsPerDay;
  into[5] = Math.log2(Math.min(MOST_AGE_DAYS, Math.max(LEAST_AGE_DAYS, ageDays)));
  if (last === undefined) return;
  const lastError = bounded(missedBy(track, last, horizonSteps - 1, view) / track.lastExpectedAt(last));
  writeKnown(lastError, into, 2);
  if (lastError !== lastError) return;
  for (let expert = 0; expert < EXPERTS; expert += 1)
    into[6 + expert] = gainOf(lastError, track.lastOffsetAt(last, expert));
}

/** The value and whether it is known; 0 in a row that is new. */
function writeKnown(value: number, into: Float32Array, at: number): void {
  if (value !== value) return;
  into[at] = value;
  into[at + 1] = 1;
}

/** How much nearer an expert was than the base, in expected errors. */
function gainOf(error: number, offset: number): number {
  const gain = Math.abs(error) - Math.abs(error - offset);
  return Math.min(MOST_GAIN, Math.max(-MOST_GAIN, gain));
}

/** What the network is told of step `step`, into `into`. */
export function writeStepInputs(
  { base, offsets }: OriginRecord,
  step: number,
  stepSeconds: number,
  into: Float32Array,
): void {
  for (let expert = 0; expert < EXPERTS; expert += 1)
    into[expert] = Math.asinh(offsets[step * EXPERTS + expert]);
  into[EXPERTS] = Math.log(((step + 1) * stepSeconds) / SECONDS_PER_HOUR);
  into[EXPERTS + 1] = Math.log(stepSeconds / SECONDS_PER_HOUR);
  into[EXPERTS + 2] = (step + 1) / base.forecasts.length;
  into[EXPERTS + 3] = Math.log(expectedError(base, step) / expectedError(base, 0));
}
