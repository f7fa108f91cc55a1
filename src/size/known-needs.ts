import type { Need } from './needed-replicas.ts';
import type { RateDistribution } from './rate-distribution.ts';

/** What a step was found to need. */
export interface KnownNeed {
  readonly need: Need;
  readonly objectiveReplicas: number;
}

/**
 * What steps of a forecast were found to need, for the next sizing with the same forecast: several ticks fall within
 * one step. Kept by the identity of a step's rates, which nobody changes, and let go with them. Sizing gives the same
 * answer with and without it.
 */
export interface KnownNeeds {
  /** Those of this policy (the same object) and service rate; what was found under others is forgotten. */
  under(policy: object, serviceRateRps: number): NeedsOfSteps;
}

export interface NeedsOfSteps {
  get(load: RateDistribution): KnownNeed | undefined;
  set(load: RateDistribution, need: KnownNeed): void;
}

export function createKnownNeeds(): KnownNeeds {
  let found: { readonly policy: object; readonly serviceRateRps: number } | undefined;
  let byRates = new WeakMap<readonly number[], KnownNeed>();
  return {
    under(policy, serviceRateRps) {
      if (policy !== found?.policy || serviceRateRps !== found.serviceRateRps) byRates = new WeakMap();
      found = { policy, serviceRateRps };
      return {
        get: ({ ratesRps }) => byRates.get(ratesRps),
        set: ({ ratesRps }, need) => void byRates.set(ratesRps, need),
      };
    },
  };
}
