import { setImmediate as nextTurn } from 'node:timers/promises';
import { defaultHorizonSteps } from '../forecast/default-horizon.ts';
import type { FeatureSpec } from '../forecast/features/feature-spec.ts';
import type { ForecastRequest } from '../forecast/forecaster.ts';
import { liveAtStep } from '../observe/live-columns.ts';
import { resample } from '../observe/resample.ts';
import { generatedLiveSeries } from './generate-live.ts';
import { generatedSeries } from './generate-series.ts';
import { examplesOf, type NamedSeries, type SeriesExamples } from './series-examples.ts';

export type { NamedSeries };

const CALENDAR: ForecastRequest['calendar'] = { timeZone: 'UTC', events: [] };
/** Every recording is also learned from at these steps, where they are multiples of its own. */
const COARSER_STEPS_SECONDS = [300, 1800, 3600];
/** A coarser series must still have so many slots. */
const LEAST_SLOTS = 500;

/** The series itself, and coarser ones made of it: a network that has seen one step only knows no other. */
export function atSeveralSteps({ name, series, live }: NamedSeries): readonly NamedSeries[] {
  const coarser = COARSER_STEPS_SECONDS.filter(
    (step) =>
      step > series.stepSeconds &&
      Number.isInteger(step / series.stepSeconds) &&
      (series.values.length * series.stepSeconds) / step >= LEAST_SLOTS,
  ).map((step) => ({ name, series: resample(series, step), live: live && liveAtStep(live, step) }));
  return [{ name, series, live }, ...coarser];
}

/** `count` generated series; their seeds follow from `seed`. */
export function generatedNamed(count: number, seed: number): readonly NamedSeries[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `generated-${index + 1}`,
    series: generatedSeries(seed * 10_000 + index),
  }));
}

/** `count` generated series with what is measured beside them; their seeds follow from `seed`. */
export function generatedLiveNamed(count: number, seed: number): readonly NamedSeries[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `generated-live-${index + 1}`,
    ...generatedLiveSeries(seed * 10_000 + index),
  }));
}

/** Examples of each series that is long enough; `onDone` after each. Each takes seconds: between them others have their turn. */
export async function examplesFrom(
  named: readonly NamedSeries[],
  features: readonly FeatureSpec[],
  onDone: (doneRatio: number, name: string) => void,
): Promise<readonly SeriesExamples[]> {
  const all: SeriesExamples[] = [];
  for (const [index, one] of named.entries()) {
    const { name, series } = one;
    const horizonSteps = defaultHorizonSteps(series.stepSeconds);
    const examples = examplesOf(one, { horizonSteps, calendar: CALENDAR, features });
    if (examples !== undefined) all.push(examples);
    onDone((index + 1) / named.length, name);
    await nextTurn();
  }
  return all;
}
