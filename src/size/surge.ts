import { MS_PER_SECOND } from '../domain/clock.ts';
import { type Forecast, MEDIAN_INDEX } from '../domain/forecast.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Surge } from '../domain/sizing.ts';
import { type OvershootRatios, snapped, timesExpected } from './overshoot.ts';
import { distributionFromQuantiles, shiftedBy } from './rate-distribution.ts';
import type { UncertainStep } from './window-loads.ts';

/**
 * So much of what the load is above its forecast is expected to stay for the steps ahead: chosen by playing 0, 1/2 and 1
 * on recorded loads. Without it steady rises are followed late; all of it pays for noise.
 */
const LASTING_RATIO = 0.5;
/** Told apart in these shares of the expected rate; less is no surge. */
const FINEST_RATIO = 1 / 16;

/**
 * A forecast knows the load up to the end of its last whole step; what is measured since is newer. Where that is above
 * the forecast's median of the same time, half of it is added to what has to be asked for now. Below it nothing changes: replicas
 * that may not be needed leave with the next forecast. undefined where nothing newer is measured, or no more than was
 * expected, or nothing was expected at all: then what is measured decides alone.
 */
export function surgeOver(forecast: Forecast, arrivalRate: Measurement): Surge | undefined {
  if (arrivalRate.kind !== 'value') return undefined;
  const { value: measuredRps, endsAtMs } = arrivalRate;
  const step = Math.ceil((endsAtMs - forecast.originAtMs) / (forecast.stepSeconds * MS_PER_SECOND)) - 1;
  if (step < 0 || step >= forecast.quantilesRps.length) return undefined;
  const expectedRps = forecast.quantilesRps[step][MEDIAN_INDEX];
  const finestRps = FINEST_RATIO * expectedRps;
  if (!(measuredRps - expectedRps >= finestRps && finestRps > 0)) return undefined;
  const surgeRps = Math.floor((measuredRps - expectedRps) / finestRps) * finestRps;
  return { measuredRps, expectedRps, addedRps: LASTING_RATIO * surgeRps };
}

/** What a step is raised to, and why. */
export interface Raised {
  /** As QUANTILE_LEVELS. */
  readonly ratesRps: readonly number[];
  readonly surge: Surge;
}

/** The step with half of the surge added. */
export function raisedBySurge(
  forecast: Forecast,
  { quantilesRps }: UncertainStep,
  arrivalRate: Measurement,
): Raised | undefined {
  const surge = surgeOver(forecast, arrivalRate);
  return surge && { ...shiftedBy(distributionFromQuantiles(quantilesRps), surge.addedRps), surge };
}

/** So many times what is measured, where that is above the step's median: what is there is expected to stay. */
export function raisedToMeasured(
  overshoot: OvershootRatios,
  { quantilesRps }: UncertainStep,
  arrivalRate: Measurement,
): Raised | undefined {
  if (arrivalRate.kind !== 'value') return undefined;
  const expectedRps = quantilesRps[MEDIAN_INDEX] / overshoot.ratios[MEDIAN_INDEX];
  const measuredRps = snapped(arrivalRate.value);
  if (!(measuredRps > expectedRps)) return undefined;
  return {
    ratesRps: timesExpected(overshoot, measuredRps),
    surge: { measuredRps: arrivalRate.value, expectedRps, addedRps: measuredRps - expectedRps },
  };
}
