/** How good the forecasts of a workload have been lately, from what came: newer slots weigh more. */
export interface ForecastAccuracy {
  /** How many slots count, those that weigh less in parts. */
  readonly slots: number;
  /** Sum of the medians' absolute errors over the sum of the actuals (WAPE), 0.. */
  readonly absoluteErrorRatio: number;
  /** Sum of (median - actual) over the sum of the actuals: above 0 where the forecast was too high. */
  readonly biasRatio: number;
  /** Share (0..1) of actuals within the 0.05 and 0.95 quantiles. */
  readonly coverage90Ratio: number;
  /** Share (0..1) of actuals at or below the 0.95 quantile. */
  readonly upper95Ratio: number;
  /** Sum of absolute errors over that of "all stays as it is"; below 1 where the forecast is of use. Absent where nothing moved. */
  readonly toNaiveRatio?: number;
}

/** Before so many slots luck decides. */
const LEAST_SLOTS = 60;
/** A promise of 0.95 (0.90) that was kept less often than this is broken, bursts of misses granted. */
const LEAST_UPPER_95_RATIO = 0.8;
const LEAST_COVERAGE_90_RATIO = 0.7;
/** "All stays as it is" must be beaten, or nearly. */
const MOST_TO_NAIVE_RATIO = 1.25;

/** Errors this many times those of "all stays as it is" are no luck from so many slots on. */
const GROSS_TO_NAIVE_RATIO = 3;
const GROSS_LEAST_SLOTS = 15;

/**
 * Whether "all stays as it is" would have been the better forecast, as the end of a sentence with the numbers; undefined
 * where it would not have been, or where it is too early to tell.
 */
export function worseThanNaive({ slots, toNaiveRatio = 0 }: ForecastAccuracy): string | undefined {
  const isGross = slots >= GROSS_LEAST_SLOTS && toNaiveRatio > GROSS_TO_NAIVE_RATIO;
  if (!isGross && (slots < LEAST_SLOTS || toNaiveRatio <= MOST_TO_NAIVE_RATIO)) return undefined;
  return `its errors were ${toNaiveRatio.toFixed(2)} times those of "all stays as it is"`;
}

/** What has drifted, as the end of a sentence with the numbers; undefined while the forecast does as it says. */
export function driftOf(accuracy: ForecastAccuracy): string | undefined {
  const { slots, upper95Ratio, coverage90Ratio } = accuracy;
  if (slots < LEAST_SLOTS) return undefined;
  const of = (share: number): string => `${(100 * share).toFixed(0)} % of the last ${slots.toFixed(0)} slots`;
  if (upper95Ratio < LEAST_UPPER_95_RATIO)
    return `only ${of(upper95Ratio)} were at or below its 0.95 quantile`;
  if (coverage90Ratio < LEAST_COVERAGE_90_RATIO)
    return `only ${of(coverage90Ratio)} were between its 0.05 and 0.95 quantiles`;
  return worseThanNaive(accuracy);
}
