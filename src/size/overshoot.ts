import { type Forecast, MEDIAN_INDEX, QUANTILE_LEVELS } from '../domain/forecast.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { Overshoot, OvershootRecord } from '../domain/overshoot.ts';
import { isOvershootBetter, ratiosAt } from './overshoot-record.ts';
import type { Prices } from './prices.ts';

/** The last hundredth is looked at as closely as the price pays for, from its begin to this. */
const HIGHEST_LEVEL = 0.999;
/** Of spikes that come from almost nothing the ratio says nothing of how high the next goes. So many times the highest load is. */
const MOST_GROWTH = 1.5;
/** Ratios and rates are told apart in steps of a 32nd of an octave: what was found for one serves for a while. */
const STEPS_PER_OCTAVE = 32;

/** What stands in place of the forecast's quantiles, where it has served better. */
export interface OvershootRatios {
  readonly told: Overshoot;
  /** Of QUANTILE_LEVELS, times what is expected; the last one at `level`. */
  readonly ratios: readonly number[];
}

/**
 * How many times the expected load is sized for; undefined where the forecast's own quantiles have served as well. Of the
 * last hundredth, which stands for all beyond it, so much is covered as is worth its price: a replica is, that is needed
 * with a probability of its cost over what its requests weigh (the newsvendor's critical ratio; Arrow, Harris and
 * Marschak 1951), and as the samples can tell.
 */
export function overshootRatios(
  record: OvershootRecord | undefined,
  prices: Prices | undefined,
  replicaCapacityRps: number,
): OvershootRatios | undefined {
  if (prices === undefined || !isOvershootBetter(record)) return undefined;
  const servicesPerLate =
    (prices.perViolation / prices.perReplicaHour) * SECONDS_PER_HOUR * replicaCapacityRps;
  if (!(servicesPerLate > 0)) return undefined;
  const lastLevel = QUANTILE_LEVELS.at(-1)!;
  const knownLevel = 1 - 1 / (record.samples + 1);
  const level = Math.max(lastLevel, Math.min(HIGHEST_LEVEL, knownLevel, 1 - 1 / servicesPerLate));
  const ratios = ratiosAt(record, [...QUANTILE_LEVELS.slice(0, -1), level]).map(snapped);
  const lossRatio = record.overshootLossRps / record.forecastLossRps;
  const mostRps = snapped(MOST_GROWTH * record.highestRps);
  return { told: { level, ratio: ratios.at(-1)!, lossRatio, mostRps }, ratios };
}

/** The forecast with so many times its median in place of its quantiles. */
export function widened(forecast: Forecast, overshoot: OvershootRatios): Forecast {
  const quantilesRps = forecast.quantilesRps.map((row) => timesExpected(overshoot, row[MEDIAN_INDEX]));
  return { ...forecast, quantilesRps };
}

/** So many times what is expected, up to the most that is sized for, and never less than what is expected. */
export function timesExpected({ ratios, told }: OvershootRatios, expectedRps: number): readonly number[] {
  const mostRps = Math.max(told.mostRps, expectedRps);
  return ratios.map((ratio) => Math.min(ratio * expectedRps, mostRps));
}

/** To the nearest step; 0 stays 0. */
export function snapped(value: number): number {
  return 2 ** (Math.round(STEPS_PER_OCTAVE * Math.log2(value)) / STEPS_PER_OCTAVE);
}
