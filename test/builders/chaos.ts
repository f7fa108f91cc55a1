import type { ChaosPolicy, ChaosScenario, ScenarioEffect } from '../../src/policy/policy.ts';

/** One of three zones. */
export const ZONE_LOST: ScenarioEffect = { kind: 'ShareLost', lossRatio: 1 / 3 };

/** The loss of one zone of three that is worth its price at the checkout policy's prices, with these parts changed. */
export function aScenario(overrides: Partial<ChaosScenario> = {}): ChaosScenario {
  return {
    name: 'zone-loss',
    probability: 0.01,
    effect: ZONE_LOST,
    userImpactRatio: 0.9,
    recoverySeconds: 600,
    required: false,
    availabilityRatio: null,
    ...overrides,
  };
}

/** Exactly these scenarios, no availability target. */
export function someChaos(
  scenarios: readonly ChaosScenario[],
  overrides: Partial<ChaosPolicy> = {},
): ChaosPolicy {
  return { safetyFactor: 1, availabilityRatio: null, replicaDownProbability: 0.01, scenarios, ...overrides };
}
