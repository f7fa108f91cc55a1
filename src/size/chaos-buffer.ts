/**
 * Spare replicas for failures. Each scenario takes a share of the capacity; the count is the maximum over the covered
 * scenarios of (need + lost), never a sum of buffers. The buffer runs all the time: nothing is scaled during a
 * failure ("static stability").
 */
import type { ChaosBuffer } from '../domain/sizing.ts';
import type { ChaosScenario, Policy } from '../policy/policy.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { replicasForAvailability } from './availability.ts';

/** The buffer's name where the availability target sets it. */
export const AVAILABILITY_SCENARIO = 'independent-failures';
/** Share of the time that one replica is down (restart, eviction, node trouble) where nothing is known of it. */
export const REPLICA_DOWN_PROBABILITY = 0.01;
/** A product such as 0.1 * 30 may exceed its true value by rounding, and must not cost a replica for that. */
const ROUNDING = 1e-9;

/** What one more request per second within the SLO is worth, and what it costs to serve. */
export interface BufferEconomics {
  /** Arrival rate that one replica serves at full use. */
  readonly replicaCapacityRps: number;
  /** Beyond this count replicas get into each other's way; Infinity: nowhere. */
  readonly mostReplicas: number;
  readonly cost: Policy['cost'];
}

/** The count that a scenario asks for when the load needs `neededReplicas`. */
interface Covered {
  readonly scenario: string;
  readonly replicas: number;
}

/** The buffer on top of `neededReplicas`, or null where nothing is covered. */
export function chaosBuffer(
  neededReplicas: number,
  chaos: Policy['chaos'],
  economics: BufferEconomics,
): ChaosBuffer | null {
  const covered = coveredScenarios(neededReplicas, chaos, economics);
  const largest = covered.reduce<Covered | undefined>(
    (most, each) => (most === undefined || each.replicas > most.replicas ? each : most),
    undefined,
  );
  if (largest === undefined) return null;
  const replicas = Math.max(neededReplicas, Math.min(largest.replicas, economics.mostReplicas));
  const bufferReplicas = replicas - neededReplicas;
  return {
    scenario: largest.scenario,
    bufferReplicas,
    costPerHour: bufferReplicas * (economics.cost.perReplicaHour ?? 0),
    resilienceRatio: resilienceRatio(replicas, neededReplicas, chaos.scenarios),
  };
}

function coveredScenarios(
  neededReplicas: number,
  chaos: Policy['chaos'],
  economics: BufferEconomics,
): Covered[] {
  const covered: Covered[] = [];
  if (chaos.availabilityRatio !== null) covered.push(availabilityCover(neededReplicas, chaos));
  for (const scenario of chaos.scenarios) {
    const lossRatio = scenario.capacityLossRatio * chaos.safetyFactor;
    if (lossRatio < 1 && isCovered(scenario, lossRatio, economics))
      covered.push({ scenario: scenario.name, replicas: replicasSurviving(neededReplicas, lossRatio) });
  }
  return covered;
}

function availabilityCover(neededReplicas: number, chaos: Policy['chaos']): Covered {
  const running =
    replicasForAvailability(neededReplicas, {
      downProbability: REPLICA_DOWN_PROBABILITY,
      targetProbability: chaos.availabilityRatio ?? 0,
    }) ?? neededReplicas;
  const spare = Math.ceil((running - neededReplicas) * chaos.safetyFactor - ROUNDING);
  return { scenario: AVAILABILITY_SCENARIO, replicas: neededReplicas + spare };
}

/** The smallest n with n - ceil(n * lossRatio) >= needed; lossRatio below 1. One of three zones: 10 -> 15. */
export function replicasSurviving(neededReplicas: number, lossRatio: number): number {
  let replicas = Math.max(neededReplicas, Math.floor(neededReplicas / (1 - lossRatio)) - 1);
  while (replicas - lostReplicas(replicas, lossRatio) < neededReplicas) replicas += 1;
  return replicas;
}

/** Replicas are lost whole. */
function lostReplicas(replicas: number, lossRatio: number): number {
  return Math.ceil(replicas * lossRatio - ROUNDING);
}

/**
 * Required, or worth it: probability * userImpact * violation price * arrival rate * recovery against the cost of
 * the buffer over that period. Both sides grow with the load; the rate cancels when the buffer is counted at its
 * capacity, lossRatio / (1 - lossRatio) of the load in replicas of full use. (In whole replicas the verdict would
 * flip to and fro as the load rises, and more load would at times get fewer replicas.)
 */
function isCovered(scenario: ChaosScenario, lossRatio: number, economics: BufferEconomics): boolean {
  if (scenario.required) return true;
  const { perReplicaHour, perViolation } = economics.cost;
  if (perReplicaHour === null || perViolation === null) return false;
  const perRequest = scenario.probability * scenario.userImpactRatio * perViolation;
  const bufferReplicasPerRps = lossRatio / (1 - lossRatio) / economics.replicaCapacityRps;
  return perRequest > (bufferReplicasPerRps * perReplicaHour) / SECONDS_PER_HOUR;
}

/** Share of the scenarios' probability after which at least the needed replicas are left; 1 without scenarios. */
export function resilienceRatio(
  replicas: number,
  neededReplicas: number,
  scenarios: readonly ChaosScenario[],
): number {
  let total = 0;
  let survived = 0;
  for (const { probability, capacityLossRatio } of scenarios) {
    total += probability;
    if (replicas - lostReplicas(replicas, capacityLossRatio) >= neededReplicas) survived += probability;
  }
  return total > 0 ? survived / total : 1;
}
