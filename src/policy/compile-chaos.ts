import type { ChaosPolicy, ChaosScenario, ScenarioEffect } from './policy.ts';
import { compiledSeconds } from './compiled-seconds.ts';
import type { PolicySpec } from './policy-schema.ts';
import { ratioFromPercent, type RolloutDocument, type ScenarioDocument } from './schema/chaos-schema.ts';

/** The schema has checked the form: every scenario has exactly one effect. */
export function compileChaos(chaos: PolicySpec['chaos']): ChaosPolicy {
  return {
    safetyFactor: chaos.safetyFactor,
    availabilityRatio: chaos.availability ?? null,
    replicaDownProbability: chaos.replicaDownProbability,
    scenarios: chaos.scenarios.map(compileScenario),
  };
}

function compileScenario(scenario: ScenarioDocument): ChaosScenario {
  const { name, probability, userImpact, recovery, required, availability } = scenario;
  const effect = effectOf(scenario);
  if (effect === undefined) throw new TypeError(`scenario ${name} got past the schema`);
  return {
    name,
    probability,
    effect,
    userImpactRatio: userImpact,
    recoverySeconds: compiledSeconds(recovery),
    required,
    availabilityRatio: availability ?? null,
  };
}

function effectOf(scenario: ScenarioDocument): ScenarioEffect | undefined {
  const { capacityLoss, zones, rollout, replicasPerNode } = scenario;
  if (capacityLoss !== undefined) return { kind: 'ShareLost', lossRatio: capacityLoss };
  if (zones !== undefined) return { kind: 'ShareLost', lossRatio: 1 / zones };
  if (rollout !== undefined) return rolloutEffect(rollout);
  if (replicasPerNode !== undefined) return { kind: 'ReplicasLost', lostReplicas: replicasPerNode };
  return rateEffect(scenario);
}

function rateEffect({
  arrivalRateMultiplier,
  serviceRateMultiplier,
}: ScenarioDocument): ScenarioEffect | undefined {
  if (arrivalRateMultiplier !== undefined) return { kind: 'ArrivalRate', multiplier: arrivalRateMultiplier };
  if (serviceRateMultiplier !== undefined) return { kind: 'ServiceRate', multiplier: serviceRateMultiplier };
  return undefined;
}

/**
 * What a Deployment's rolling update leaves running at the least: replicas - maxUnavailable, a percentage rounded down
 * (maxSurge is rounded up, and adds replicas that are not ready yet: they count for nothing). Where both come to zero,
 * the Deployment controller lets one be unavailable, or the update could not begin (kubernetes
 * pkg/controller/deployment/util, ResolveFenceposts).
 */
function rolloutEffect({ maxUnavailable, maxSurge }: RolloutDocument): ScenarioEffect {
  const cannotSurge = typeof maxSurge === 'number' ? maxSurge === 0 : ratioFromPercent(maxSurge) === 0;
  const leastReplicas = cannotSurge ? 1 : 0;
  return typeof maxUnavailable === 'number'
    ? { kind: 'ReplicasLost', lostReplicas: Math.max(leastReplicas, maxUnavailable) }
    : { kind: 'Rollout', lossRatio: ratioFromPercent(maxUnavailable), leastReplicas };
}
