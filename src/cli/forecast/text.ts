import { isoFromMs, MS_PER_SECOND } from '../../domain/clock.ts';
import { type Forecast, QUANTILE_LEVELS } from '../../domain/forecast.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { linePlot } from '../../explain/ascii-plot.ts';

/** The levels that people and programs are shown. */
const SHOWN_LEVELS = [0.05, 0.5, 0.8, 0.9, 0.95, 0.99] as const;
/** Of the plot, this many horizons of history before one of forecast. */
const PLOTTED_HORIZONS = 4;

type Points = readonly {
  readonly at: string;
  readonly meanRps: number;
  readonly quantilesRps: Readonly<Record<string, number>>;
}[];

export function pointsOf({ originAtMs, stepSeconds, meanRps, quantilesRps }: Forecast): Points {
  return meanRps.map((mean, step) => ({
    at: isoFromMs(originAtMs + step * stepSeconds * MS_PER_SECOND),
    meanRps: mean,
    quantilesRps: Object.fromEntries(
      SHOWN_LEVELS.map((level) => [String(level), quantilesRps[step][QUANTILE_LEVELS.indexOf(level)]]),
    ),
  }));
}

/** Who forecast, a row per step, and a plot of the newest history with the median (o) and the 0.95 quantile (^). */
export function forecastText(forecast: Forecast, known: TimeSeries): string {
  const percent = (100 * forecast.confidenceRatio).toFixed(1);
  const lines = [
    `${forecast.model}, from ${isoFromMs(forecast.originAtMs)}: the load stays at or below the 0.95 path with ${percent} %`,
    ...forecast.skipped.map(({ model, reason, message }) => `  not ${model}: ${reason} (${message})`),
    '',
    ['requests per second'.padEnd(20), 'mean', ...SHOWN_LEVELS.map((level) => `q${level}`)]
      .map((cell, i) => (i === 0 ? cell : cell.padStart(9)))
      .join(' '),
    ...pointsOf(forecast).map(({ at, meanRps, quantilesRps }) =>
      [
        at.padEnd(20),
        ...[meanRps, ...Object.values(quantilesRps)].map((rate) => rateText(rate).padStart(9)),
      ].join(' '),
    ),
    '',
    plotText(forecast, known),
  ];
  return `${lines.join('\n')}\n`;
}

function plotText({ quantilesRps, originAtMs, stepSeconds }: Forecast, known: TimeSeries): string {
  const past = [...known.values.slice(-PLOTTED_HORIZONS * quantilesRps.length)];
  const gap = (count: number): number[] => new Array<number>(count).fill(Number.NaN);
  const after = (level: (typeof SHOWN_LEVELS)[number]): number[] =>
    gap(past.length).concat(quantilesRps.map((row) => row[QUANTILE_LEVELS.indexOf(level)]));
  const toMs = (slots: number): number => originAtMs + slots * stepSeconds * MS_PER_SECOND;
  return linePlot(
    [
      { mark: '^', values: after(0.95) },
      { mark: 'o', values: after(0.5) },
      { mark: '·', values: past.concat(gap(quantilesRps.length)) },
    ],
    { fromValue: 0, axisEnds: [isoFromMs(toMs(-past.length)), isoFromMs(toMs(quantilesRps.length))] },
  );
}

/** Four significant digits, no exponent in the usual range. */
function rateText(rate: number): string {
  return rate !== 0 && (rate < 1e-4 || rate >= 1e9)
    ? rate.toExponential(2)
    : String(Number(rate.toPrecision(4)));
}
