import { isoFromMs, MS_PER_SECOND } from '../domain/clock.ts';
import type { Decision } from '../domain/decision.ts';
import { durationFromSeconds } from '../domain/duration.ts';
import { QUANTILE_LEVELS, type Forecast, UPPER_INDEX } from '../domain/forecast.ts';
import { linePlot } from './ascii-plot.ts';

const MEDIAN = QUANTILE_LEVELS.indexOf(0.5);
const WIDTH_CELLS = 60;

/** The forecast that was decided on, as a plot for terminals; an empty text where there was none. */
export function forecastPlot({ forecast }: Decision): string {
  if (forecast.kind === 'unavailable') return '';
  const plot = linePlot(
    [
      { mark: '.', values: spread(forecast, UPPER_INDEX) },
      { mark: '*', values: spread(forecast, MEDIAN) },
    ],
    { widthCells: WIDTH_CELLS, heightCells: 8, fromValue: 0, axisEnds: axisEnds(forecast) },
  );
  return `requests per second, forecast by ${forecast.model}: * median, . 95 % stay below\n${plot}`;
}

/** One value per column: a short horizon is as wide as a long one. */
function spread({ quantilesRps }: Forecast, level: number): number[] {
  return Array.from(
    { length: Math.max(WIDTH_CELLS, quantilesRps.length) },
    (_, column, columns = Math.max(WIDTH_CELLS, quantilesRps.length)) =>
      quantilesRps[Math.floor((column * quantilesRps.length) / columns)][level],
  );
}

function axisEnds({ originAtMs, stepSeconds, quantilesRps }: Forecast): [string, string] {
  const horizonSeconds = stepSeconds * quantilesRps.length;
  const endMs = originAtMs + horizonSeconds * MS_PER_SECOND;
  return [isoFromMs(originAtMs), `${isoFromMs(endMs)} (+${durationFromSeconds(horizonSeconds)})`];
}
