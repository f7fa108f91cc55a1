/** Response times as counts in bins of growing width, so that any number of them takes the same memory. */
export interface ResponseHistogram {
  readonly add: (seconds: number) => void;
  readonly count: () => number;
  /** The time that the share `level` of the responses did not exceed, within 2 %; undefined where there are none. */
  readonly quantileSeconds: (level: number) => number | undefined;
}

const LEAST_SECONDS = 1e-6;
const GROWTH = 1.02;
const BINS = 2000;
const BINS_PER_E = 1 / Math.log(GROWTH);

export function createResponseHistogram(): ResponseHistogram {
  const bins = new Float64Array(BINS);
  let count = 0;
  return {
    add(seconds) {
      const bin = Math.ceil(Math.log(Math.max(LEAST_SECONDS, seconds) / LEAST_SECONDS) * BINS_PER_E);
      bins[Math.min(BINS - 1, bin)] += 1;
      count += 1;
    },
    count: () => count,
    quantileSeconds(level) {
      let below = 0;
      for (let bin = 0; bin < BINS; bin += 1) {
        below += bins[bin];
        if (count > 0 && below >= level * count) return LEAST_SECONDS * GROWTH ** bin;
      }
      return undefined;
    },
  };
}
