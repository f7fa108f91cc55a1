import { setImmediate as nextTurn } from 'node:timers/promises';
import { defaultHorizonSteps } from '../forecast/default-horizon.ts';
import type { FeatureSpec } from '../forecast/features/feature-spec.ts';
import type { ForecastRequest } from '../forecast/forecaster.ts';
import { resample } from '../observe/resample.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { generatedSeries } from './generate-series.ts';
import { examplesOf, type SeriesExamples } from './series-examples.ts';

export interface NamedSeries {
  readonly name: string;
  readonly series: TimeSeries;
}

const CALENDAR: ForecastRequest['calendar'] = { timeZone: 'UTC', events: [] };
/** Every recording is also learned from at these steps, where they are multiples of its own. */
const COARSER_STEPS_SECONDS = [300, 1800, 3600];
/** A coarser series must still have so many slots. */
const LEAST_SLOTS = 500;

/** The series itself, and coarser ones made of it: a network that has seen one step only knows no other. */
export function atSeveralSteps({ name, series }: NamedSeries): readonly NamedSeries[] {
  const coarser = COARSER_STEPS_SECONDS.filter(
    (step) =>
      step > series.stepSeconds &&
      Number.isInteger(step / series.stepSeconds) &&
      (series.values.length * series.stepSeconds) / step >= LEAST_SLOTS,
  ).map((step) => ({ name, series: resample(series, step) }));
  return [{ name, series }, ...coarser];
}

/** `count` generated series; their seeds follow from `seed`. */
export function generatedNamed(count: number, seed: number): readonly NamedSeries[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `generated-${index + 1}`,
    series: generatedSeries(seed * 10_000 + index),
  }));
}

/** Examples of each series that is long enough; `onDone` after each. Each takes seconds: between them others have their turn. */
export async function examplesFrom(
  named: readonly NamedSeries[],
  features: readonly FeatureSpec[],
  onDone: (doneRatio: number, name: string) => void,
): Promise<readonly SeriesExamples[]> {
  const all: SeriesExamples[] = [];
  for (const [index, { name, series }] of named.entries()) {
    const horizonSteps = defaultHorizonSteps(series.stepSeconds);
    const examples = examplesOf({ name, series }, { horizonSteps, calendar: CALENDAR, features });
    if (examples !== undefined) all.push(examples);
    onDone((index + 1) / named.length, name);
    await nextTurn();
  }
  return all;
}
