/** How many replicas a scenario takes, and how many must run so that enough are left. */
import type { ChaosScenario, ScenarioEffect } from '../policy/policy.ts';
import { smallestCount } from './smallest-count.ts';

/** A product such as 0.1 * 30 may exceed its true value by rounding, and must not cost a replica for that. */
const ROUNDING = 1e-9;

/** Replicas are lost whole. `safetyFactor` multiplies what the effect takes; a slower server or more load takes none. */
export function lostReplicas(effect: ScenarioEffect, replicas: number, safetyFactor: number): number {
  switch (effect.kind) {
    case 'ShareLost':
      return Math.max(0, Math.ceil(replicas * effect.lossRatio * safetyFactor - ROUNDING));
    case 'Rollout': {
      const unavailable = Math.floor(replicas * effect.lossRatio * safetyFactor + ROUNDING);
      return Math.max(effect.leastReplicas, unavailable);
    }
    case 'ReplicasLost':
      return Math.ceil(effect.lostReplicas * safetyFactor - ROUNDING);
    case 'ArrivalRate':
    case 'ServiceRate':
      return 0;
  }
}

/**
 * The smallest count of which at least `needed` are left; what is left never falls as the count rises. One of three
 * zones, 10 needed: 15. Throws RangeError where the effect takes everything at any count.
 */
export function replicasOutlasting(effect: ScenarioEffect, needed: number, safetyFactor: number): number {
  const left = (replicas: number): number => replicas - lostReplicas(effect, replicas, safetyFactor);
  const outlasting = smallestCount(
    { from: needed, limit: MOST_REPLICAS_TRIED },
    (replicas) => left(replicas) >= needed,
  );
  if (outlasting === undefined) throw new RangeError(`no count outlasts ${JSON.stringify(effect)}`);
  return outlasting;
}

const MOST_REPLICAS_TRIED = 2 ** 40;

/** The share (0..1, below 1) of the capacity that goes, however large the fleet; 0 for what takes a fixed count or none. */
export function lostCapacityRatio(effect: ScenarioEffect, safetyFactor: number): number {
  switch (effect.kind) {
    case 'ShareLost':
    case 'Rollout':
      return effect.lossRatio * safetyFactor;
    case 'ServiceRate':
      return (1 - effect.multiplier) * safetyFactor;
    case 'ReplicasLost':
    case 'ArrivalRate':
      return 0;
  }
}

/** How the world differs while a scenario lasts; 1 and 1: not at all. */
export interface World {
  readonly arrivalRateMultiplier: number;
  readonly serviceRateMultiplier: number;
}

export function worldOf({ effect }: Pick<ChaosScenario, 'effect'>, safetyFactor: number): World {
  return {
    arrivalRateMultiplier: effect.kind === 'ArrivalRate' ? effect.multiplier : 1,
    serviceRateMultiplier: effect.kind === 'ServiceRate' ? 1 - lostCapacityRatio(effect, safetyFactor) : 1,
  };
}
