import type { LiveHistory } from '../../domain/live-history.ts';
import { asKept, type TimeSeries } from '../../domain/time-series.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import { asKeptLive, liveAtStep, liveOfRecording } from '../../observe/live-columns.ts';
import { loadRecording } from '../../observe/recording/load-recording.ts';
import type { Recording } from '../../observe/recording/recording.ts';
import { resample } from '../../observe/resample.ts';
import { createProgress } from '../progress.ts';

/** Where no calendar is given: UTC, no events. */
export const NO_CALENDAR = {
  timeZone: 'UTC',
  holidayCountry: null,
  events: [],
  excludedFromTraining: [],
} as const;

/** The whole recording. Warnings go to stderr. */
export async function loadedRecording(file: string): Promise<Recording> {
  const progress = createProgress();
  const recording = await loadRecording(file, {
    onProgress: (read, total) => progress.update(total === null ? 0 : read / total, `reading ${file}`),
  }).finally(() => progress.finish());
  for (const warning of recording.warnings) process.stderr.write(`${recording.name}: ${warning}\n`);
  return recording;
}

/** A recording as it is forecast from. */
export interface RecordedSeries {
  readonly name: string;
  /** Arrival rates. */
  readonly series: TimeSeries;
  /** Its other columns at the same step, as far as a forecast is made of them; undefined: it has none. */
  readonly live: LiveHistory | undefined;
}

/** A recording at `stepSeconds` (its own step where undefined). Warnings go to stderr. */
export async function recordedSeries(file: string, stepSeconds: number | undefined): Promise<RecordedSeries> {
  const recording = await loadedRecording(file);
  if (stepSeconds !== undefined) refuseFinerStep(stepSeconds, recording.stepSeconds);
  const { name } = recording;
  const [own, live] = [recording.columns.arrivalRate, liveOfRecording(recording)];
  if (stepSeconds === undefined) return { name, series: own, live };
  return { name, series: resample(own, stepSeconds), live: live && liveAtStep(live, stepSeconds) };
}

/** The same, in the numbers that a controller would have kept. */
export async function keptSeries(file: string, stepSeconds: number | undefined): Promise<RecordedSeries> {
  const { name, series, live } = await recordedSeries(file, stepSeconds);
  return { name, series: asKept(series), live: live && asKeptLive(live) };
}

function refuseFinerStep(stepSeconds: number, ownStepSeconds: number): void {
  if (stepSeconds >= ownStepSeconds && Number.isInteger(stepSeconds / ownStepSeconds)) return;
  const own = durationFromSeconds(ownStepSeconds);
  throw new PrescaleError(
    'usage',
    `--step: got ${durationFromSeconds(stepSeconds)}, allowed: a multiple of the recording's step, which is ${own}`,
  );
}

/** Whole steps of `durationSeconds`; an error that names `flag` where it is no multiple of the step, or none at all. */
export function stepsOf(flag: string, durationSeconds: number, stepSeconds: number): number {
  const steps = durationSeconds / stepSeconds;
  if (steps >= 1 && Number.isInteger(steps)) return steps;
  const step = durationFromSeconds(stepSeconds);
  throw new PrescaleError(
    'usage',
    `${flag}: got ${durationFromSeconds(durationSeconds)}, allowed: a multiple of the step, which is ${step}`,
  );
}
