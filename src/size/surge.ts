import { MS_PER_SECOND } from '../domain/clock.ts';
import { type Forecast, MEDIAN_INDEX } from '../domain/forecast.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Surge } from '../domain/sizing.ts';

/**
 * So much of what the load is above its forecast is expected to stay for the steps ahead: chosen by playing 0, 1/2 and 1
 * on recorded loads. Without it steady rises are followed late; all of it pays for noise.
 */
const LASTING_RATIO = 0.5;
/** Told apart in these shares of the expected rate; less is no surge. */
const FINEST_RATIO = 1 / 32;

/**
 * A forecast knows the load up to the end of its last whole step; what is measured since is newer. Where that is above
 * the forecast's median of the same time, half of it is added to all that is still to come. Below it nothing changes: replicas
 * that may not be needed leave with the next forecast. undefined where nothing newer is measured, or no more than was
 * expected.
 */
export function surgeOver(forecast: Forecast, arrivalRate: Measurement): Surge | undefined {
  if (arrivalRate.kind !== 'value') return undefined;
  const { value: measuredRps, endsAtMs } = arrivalRate;
  const step = Math.ceil((endsAtMs - forecast.originAtMs) / (forecast.stepSeconds * MS_PER_SECOND)) - 1;
  if (step < 0 || step >= forecast.quantilesRps.length) return undefined;
  const expectedRps = forecast.quantilesRps[step][MEDIAN_INDEX];
  const finestRps = FINEST_RATIO * expectedRps;
  const aboveRps = measuredRps - expectedRps;
  const surgeRps = finestRps > 0 ? Math.floor(aboveRps / finestRps) * finestRps : aboveRps;
  return surgeRps > 0 ? { measuredRps, expectedRps, addedRps: LASTING_RATIO * surgeRps } : undefined;
}

/** [step][quantile], requests per second. */
export type Rows = readonly (readonly number[])[];

/** The rows with every rate that much higher. */
export function raisedBy(rowsRps: Rows, addedRps: number): Rows {
  return rowsRps.map((row) => row.map((rate) => rate + addedRps));
}
