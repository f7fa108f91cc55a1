import type { CommandBody } from '../command-spec.ts';
import { isoFromMs } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import type { Forecast, ForecastResult } from '../../domain/forecast.ts';
import { knownAt, seriesEndMs, slotStartMs, type TimeSeries } from '../../domain/time-series.ts';
import { shippedNetwork } from '../../infer/shipped-network.ts';
import { createModels, DEFAULT_CHAIN } from '../../forecast/create-models.ts';
import { defaultHorizonSteps } from '../../forecast/default-horizon.ts';
import { AUTO, type EvaluatedName } from '../../forecast/rolling-origin.ts';
import { createForecastChain } from '../../forecast/select-forecast.ts';
import { NO_CALENDAR, keptSeries, stepsOf } from '../evaluate/recorded-series.ts';
import { forecastText, pointsOf } from './text.ts';

/** The flags as spec.ts declares and parses them. */
interface ForecastFlags {
  readonly recording: string;
  readonly at?: number;
  readonly horizon?: number;
  readonly step?: number;
  readonly model: EvaluatedName;
  readonly json?: true;
}

export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as ForecastFlags;
  const { name, series, live } = await keptSeries(flags.recording, flags.step);
  const known = knownTo(series, flags.at);
  const horizonSteps =
    flags.horizon === undefined
      ? defaultHorizonSteps(series.stepSeconds)
      : stepsOf('--horizon', flags.horizon, series.stepSeconds);
  const [result] = createForecastChain(createModels(await shippedNetwork())).forecast([
    {
      seriesKey: name,
      series: known,
      live,
      horizonSteps,
      calendar: NO_CALENDAR,
      models: flags.model === AUTO ? DEFAULT_CHAIN : [flags.model],
    },
  ]);
  return report(result, known, flags);
};

/** What was known at `atMs`; all of it where no time is given. */
function knownTo(series: TimeSeries, atMs: number | undefined): TimeSeries {
  if (atMs === undefined) return series;
  const earliestMs = slotStartMs(series, 1);
  const latestMs = seriesEndMs(series);
  if (atMs >= earliestMs && atMs <= latestMs) return knownAt(series, atMs);
  throw new PrescaleError(
    'usage',
    `--at: got ${isoFromMs(atMs)}, allowed: ${isoFromMs(earliestMs)} to ${isoFromMs(latestMs)}, where the recording is known`,
  );
}

function report(result: ForecastResult, known: TimeSeries, { model, json }: ForecastFlags): number {
  // naive closes every chain; who asks for one model wants that one.
  if (result.kind === 'unavailable' || (model !== AUTO && result.model !== model)) {
    process.stderr.write(`prescale: no forecast\n${result.skipped.map(skippedLine).join('')}`);
    return 1;
  }
  process.stdout.write(json ? `${JSON.stringify(jsonOf(result))}\n` : forecastText(result, known));
  return 0;
}

function skippedLine({ model, reason, message }: ForecastResult['skipped'][number]): string {
  return `  ${model}: ${reason} (${message})\n`;
}

function jsonOf(forecast: Forecast): object {
  const { model, skipped, confidenceRatio, originAtMs, stepSeconds } = forecast;
  const originAt = isoFromMs(originAtMs);
  return { model, skipped, confidenceRatio, originAt, stepSeconds, points: pointsOf(forecast) };
}
