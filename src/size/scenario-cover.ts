/** Which scenarios spare replicas are held for. */
import type { ScenarioCover } from '../domain/sizing.ts';
import type { ChaosPolicy, ChaosScenario, Policy } from '../policy/policy.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { pricesOf } from './prices.ts';
import { lostCapacityRatio, lostReplicas } from './scenario-loss.ts';

/** What a request within the SLO is worth, and what it costs to serve. */
export interface CoverEconomics {
  readonly cost: Policy['cost'];
  /** Arrival rate that one replica serves at full use. */
  readonly replicaCapacityRps: number;
  /** Mean arrival rate that is sized for. */
  readonly arrivalRateRps: number;
}

/**
 * Required, or worth it: probability * userImpact * violation price * arrival rate * recovery against the cost of
 * the buffer over that period. The recovery cancels. Of what grows with the load, the buffer is counted at its
 * capacity, as replicas of full use; then the rate cancels too. (In whole replicas the verdict would flip to and fro
 * as the load rises, and more load would at times get fewer replicas.) A fixed number of replicas is worth it from
 * some load on.
 */
export function coverOf(
  scenario: ChaosScenario,
  chaos: ChaosPolicy,
  economics: CoverEconomics,
): ScenarioCover {
  if (scenario.required) return 'Required';
  const prices = pricesOf(economics.cost);
  if (prices === undefined) return 'TooDear';
  const perReplicaSecond = prices.perReplicaHour / SECONDS_PER_HOUR;
  const savedPerRequest = scenario.probability * scenario.userImpactRatio * prices.perViolation;
  const perRequest =
    savedPerRequest - proportionalReplicasPerRps(scenario, chaos, economics) * perReplicaSecond;
  const fixed =
    scenario.effect.kind === 'ReplicasLost' ? lostReplicas(scenario.effect, 0, chaos.safetyFactor) : 0;
  const isWorthwhile =
    fixed === 0 ? perRequest > 0 : perRequest * economics.arrivalRateRps > fixed * perReplicaSecond;
  return isWorthwhile ? 'Worthwhile' : 'TooDear';
}

/** Replicas of full use that are to be held for each request per second: load / (what is left) - load. */
function proportionalReplicasPerRps(
  { effect, availabilityRatio }: ChaosScenario,
  { safetyFactor, replicaDownProbability }: ChaosPolicy,
  { replicaCapacityRps }: CoverEconomics,
): number {
  const load = effect.kind === 'ArrivalRate' ? effect.multiplier : 1;
  const upRatio = availabilityRatio === null ? 1 : 1 - replicaDownProbability;
  const leftRatio = (1 - lostCapacityRatio(effect, safetyFactor)) * upRatio;
  return (load / leftRatio - 1) / replicaCapacityRps;
}
