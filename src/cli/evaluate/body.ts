import type { CommandBody } from '../command-spec.ts';
import { shippedNetwork } from '../../infer/shipped-network.ts';
import { createModels, DEFAULT_CHAIN } from '../../forecast/create-models.ts';
import { defaultHorizonSteps } from '../../forecast/default-horizon.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import { invalidInput, PrescaleError } from '../../domain/errors.ts';
import {
  AUTO,
  type EvaluatedName,
  evaluateRolling,
  type RollingPlan,
} from '../../forecast/rolling-origin.ts';
import { asKeptLive } from '../../observe/live-columns.ts';
import { createProgress } from '../progress.ts';
import { type ForecastLines, openForecastLines } from './forecast-lines.ts';
import { EVALUATED_NAMES } from './model-flag.ts';
import { NO_CALENDAR, recordedSeries, stepsOf } from './recorded-series.ts';
import { type EarlyFlags, refuseEarly } from './refuse-early.ts';
import { type EvaluatedRecording, recordingText, summaryText } from './text.ts';

/** The flags as spec.ts declares and parses them. */
interface EvaluateFlags extends EarlyFlags {
  readonly every: number;
  readonly step?: number;
  readonly horizon?: number;
  readonly lookback?: number;
  readonly json?: true;
}

export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as EvaluateFlags;
  await refuseEarly(flags);
  const lines = flags.forecasts === undefined ? undefined : await openForecastLines(flags.forecasts);
  const evaluated: EvaluatedRecording[] = [];
  for (const file of flags.recording) {
    const one = await evaluateFile(file, flags, lines);
    await lines?.flush();
    evaluated.push(one);
    if (!flags.json) process.stdout.write(`${recordingText(one)}\n`);
  }
  await lines?.close();
  if (flags.json) process.stdout.write(`${JSON.stringify({ recordings: evaluated.map(jsonOf) })}\n`);
  else if (evaluated.length > 1) process.stdout.write(summaryText(evaluated));
  return 0;
};

async function evaluateFile(
  file: string,
  flags: EvaluateFlags,
  lines: ForecastLines | undefined,
): Promise<EvaluatedRecording> {
  const { name, series, live } = await recordedSeries(file, flags.step);
  const plan = { ...planFor(series, flags), live: live && asKeptLive(live) };
  const names = namesFor(flags);
  const progress = createProgress();
  const { origins, models } = evaluateRolling(plan, {
    models: createModels(await shippedNetwork()),
    chain: DEFAULT_CHAIN,
    names,
    monotonicMs: () => performance.now(),
    onProgress: (doneRatio) => progress.update(doneRatio, name),
    onForecast(model, result) {
      if (model === (flags.model ?? AUTO) && result.kind === 'forecast') lines?.add(name, result);
    },
  });
  progress.finish();
  const { stepSeconds } = series;
  if (origins === 0) throw nothingToScore(name, series);
  return { recording: name, stepSeconds, horizonSeconds: plan.horizonSteps * stepSeconds, origins, models };
}

function planFor(series: RollingPlan['series'], flags: EvaluateFlags): RollingPlan {
  const { stepSeconds } = series;
  return {
    series,
    horizonSteps:
      flags.horizon === undefined
        ? defaultHorizonSteps(stepSeconds)
        : stepsOf('--horizon', flags.horizon, stepSeconds),
    // Every step where a step is longer than the time between two forecasts.
    strideSlots: Math.max(1, Math.floor(flags.every / stepSeconds)),
    lookbackSlots: flags.lookback === undefined ? Infinity : lookbackSlotsOf(flags.lookback, stepSeconds),
    calendar: NO_CALENDAR,
  };
}

function lookbackSlotsOf(lookbackSeconds: number, stepSeconds: number): number {
  if (lookbackSeconds >= stepSeconds) return Math.floor(lookbackSeconds / stepSeconds);
  const [got, step] = [lookbackSeconds, stepSeconds].map(durationFromSeconds);
  throw new PrescaleError('usage', `--lookback: got ${got}, allowed: at least the step, which is ${step}`);
}

function nothingToScore(name: string, { values, stepSeconds }: RollingPlan['series']): PrescaleError {
  const got = `${values.length} slots of ${durationFromSeconds(stepSeconds)} without a sample in the last third`;
  return invalidInput(`recording ${name}`, [
    { path: 'rows', got, allowed: 'samples in the last third, which forecasts are scored on' },
  ]);
}

/** The models asked for (all where none is), with the one whose forecasts are written. */
function namesFor({
  models = EVALUATED_NAMES,
  forecasts,
  model = AUTO,
}: EvaluateFlags): readonly EvaluatedName[] {
  return forecasts === undefined || models.includes(model) ? models : [...models, model];
}

function jsonOf({ models, ...one }: EvaluatedRecording): object {
  return { ...one, models: Object.fromEntries(models) };
}
