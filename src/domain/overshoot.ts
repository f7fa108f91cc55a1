/** What was expected of a load one lead time ahead, and what would have been sized for. */
export interface Expectation {
  readonly dueAtMs: number;
  /** The larger of the measured load and the forecast's median, requests per second. */
  readonly expectedRps: number;
  /** The forecast's highest quantile. */
  readonly forecastRps: number;
  /** As many times the expected load as came to the same quantile until then. */
  readonly overshootRps: number;
}

/**
 * How far the load has gone beyond what was expected of it a lead time before; older samples weigh less. It says which
 * serves the workload better: the forecast's own quantiles, or so many times what is expected.
 */
export interface OvershootRecord {
  /** What came, in requests per second that had been expected, by its ratio to them: up to each edge of the ratios. */
  readonly weights: readonly number[];
  /** So many samples count. */
  readonly samples: number;
  /** Quantile losses at 0.99, requests per second: of the forecast's quantile, and of so many times what was expected. */
  readonly forecastLossRps: number;
  readonly overshootLossRps: number;
  /** The highest load measured meanwhile, requests per second. */
  readonly highestRps: number;
  /** Not due yet, oldest first. */
  readonly pending: readonly Expectation[];
}

/** Sized for what is expected, and how far beyond it the load has gone. */
export interface Overshoot {
  /** Share (0..1) of the expected load at which no more than `ratio` times as much came: as high as the price pays for. */
  readonly level: number;
  readonly ratio: number;
  /** Loss of the past so many times what was expected, over that of the forecast's own quantiles. */
  readonly lossRatio: number;
  /** But for no more than this, requests per second. */
  readonly mostRps: number;
}
