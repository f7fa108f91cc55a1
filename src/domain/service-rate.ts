/** What a server was learned to complete per second, or why that is not known yet. */
export type LearnedRate =
  | {
      readonly kind: 'learned';
      /** Requests per second of one server at full use, with its 95 % interval. */
      readonly rateRps: number;
      readonly lowerRps: number;
      readonly upperRps: number;
      /** The metrics that it was learned from. */
      readonly source: RateSource;
      readonly samples: number;
      /** Start of the oldest slot that it was learned from: what was before is too old, or was another rate. */
      readonly sinceAtMs: number;
      /** A fall of the rate that was noticed within the last hour; null: none. */
      readonly drop: RateDrop | null;
    }
  /** `message` says what is missing. */
  | { readonly kind: 'unknown'; readonly message: string };

/** What tells how many servers were busy. Not requests in flight: those that wait are in it too. */
export const RATE_SOURCES = ['busySlots', 'cpuUtilization'] as const;
export type RateSource = (typeof RATE_SOURCES)[number];

export interface RateDrop {
  /** Start of the first slot of the lower rate, as far as it can be told. */
  readonly atMs: number;
  readonly beforeRps: number;
}
