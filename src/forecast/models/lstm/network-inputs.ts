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
  return columnNames(features).length;
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

/** The record at `origin`; `before` are the earlier origins' records, ascending, whose actuals may be known. */
export function recordAt(
  surroundings: Surroundings,
  at: { readonly origin: number; readonly base: BasePath },
  features: readonly FeatureSpec[],
  before: readonly OriginRecord[],
): OriginRecord {
  const context = { ...surroundings, origin: at.origin };
  const [first, ...complete] = trackedBefore(before, at.origin, context.horizonSteps);
  const offsets = offsetsAt(context, at.base, complete);
  const row = new Float32Array(rowColumns(features));
  let column = 0;
  readFeatures(features, context).forEach((value, index) => {
    const known = value === value;
    row[column++] = known || features[index].isReading ? value : 0;
    if (features[index].group !== 'calendar') row[column++] = known ? 1 : 0;
  });
  writeTrack(context, at.base, { first, last: complete[0] }, row.subarray(column));
  return { origin: at.origin, base: at.base, offsets, row };
}

/** The newest record whose first step is known at `origin`, and the newest ones whose whole horizon is, newest first. */
export function trackedBefore(
  before: readonly OriginRecord[],
  origin: number,
  horizonSteps: number,
): readonly (OriginRecord | undefined)[] {
  let index = before.length - 1;
  while (index >= 0 && before[index].origin > origin - 1) index -= 1;
  const first = before[index];
  while (index >= 0 && before[index].origin > origin - horizonSteps) index -= 1;
  return [first, ...before.slice(Math.max(0, index + 1 - REPEATED_PATHS), index + 1).reverse()];
}

function offsetsAt(
  context: FeatureContext,
  base: BasePath,
  complete: readonly (OriginRecord | undefined)[],
): Float32Array {
  const steps = base.forecasts.length;
  const experts = new Float64Array(steps * EXPERTS);
  writeExperts(context, steps, experts);
  const offsets = new Float32Array(experts.length);
  for (let step = 0, from = 0; step < steps; step += 1, from += EXPERTS) {
    const expected = expectedError(base, step);
    for (let expert = 0; expert < PLAIN_EXPERTS; expert += 1)
      offsets[from + expert] = bounded((experts[from + expert] - base.forecasts[step]) / expected);
    const errors = complete.map((one) => missedBy(one, step, context.view));
    offsets[from + PLAIN_EXPERTS] = bounded(errors[0] / expected);
    offsets[from + PLAIN_EXPERTS + 1] = bounded(meanOfKnown(errors) / expected);
  }
  return offsets;
}

/** 0 where there is nothing. */
function bounded(offset: number): number {
  return offset === offset ? Math.min(MOST_OFFSET, Math.max(-MOST_OFFSET, offset)) : 0;
}

/** Actual less base forecast, in the series' scale; NaN where not known. */
function missedBy(record: OriginRecord | undefined, step: number, view: FeatureContext['view']): number {
  return record === undefined ? Number.NaN : view.at(record.origin + step) - record.base.forecasts[step];
}

function meanOfKnown(values: readonly number[]): number {
  const known = values.filter((value) => value === value);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : Number.NaN;
}

function writeTrack(
  context: FeatureContext,
  base: BasePath,
  { first, last }: { readonly first: OriginRecord | undefined; readonly last: OriginRecord | undefined },
  into: Float32Array,
): void {
  const { view, origin, horizonSteps, slotsPerDay } = context;
  const step = horizonSteps - 1;
  const firstError = first && errorOf(first, 0, view.at(first.origin));
  const lastError = last && errorOf(last, step, view.at(last.origin + step));
  const ageDays = (origin - view.firstSlot) / slotsPerDay;
  writeKnown(firstError, into, 0);
  writeKnown(lastError, into, 2);
  into[4] = first === undefined ? 0 : Math.log(expectedError(base, 0) / expectedError(first.base, 0));
  into[5] = Math.log2(Math.min(MOST_AGE_DAYS, Math.max(LEAST_AGE_DAYS, ageDays)));
  if (last !== undefined && lastError !== undefined)
    writeGains(lastError, last.offsets.subarray(step * EXPERTS), into.subarray(6));
}

/** The value and whether it is known. */
function writeKnown(value: number | undefined, into: Float32Array, at: number): void {
  into[at] = value ?? 0;
  into[at + 1] = value === undefined ? 0 : 1;
}

/** How much nearer each expert was than the base, in expected errors. */
function writeGains(error: number, offsets: Float32Array, into: Float32Array): void {
  for (let expert = 0; expert < EXPERTS; expert += 1) {
    const gain = Math.abs(error) - Math.abs(error - offsets[expert]);
    into[expert] = Math.min(MOST_GAIN, Math.max(-MOST_GAIN, gain));
  }
}

/** In expected errors, bounded; undefined where the actual is not known. */
function errorOf({ base }: OriginRecord, step: number, actual: number): number | undefined {
  const error = (actual - base.forecasts[step]) / expectedError(base, step);
  if (error !== error) return undefined;
  return Math.min(MOST_OFFSET, Math.max(-MOST_OFFSET, error));
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
