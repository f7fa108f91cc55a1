/**
 * Spare replicas for failures. Each covered scenario asks for the count that its world needs and what it takes; the
 * count is the maximum over them, never a sum of buffers. The buffer runs all the time: nothing is scaled during a
 * failure (Amazon Builders' Library, "Static stability using Availability Zones").
 *
 * A scenario may take replicas (scenario-loss.ts), or change what arrives or how fast it is served
 * (scenario-worlds.ts); which ones are covered is for scenario-cover.ts to say.
 */
import type {
  ChaosBuffer,
  CoveredNeed,
  Resilience,
  ScenarioCover,
  ScenarioOutcome,
} from '../domain/sizing.ts';
import { AVAILABILITY_SCENARIO } from '../policy/policy.ts';
import type { ChaosPolicy, ChaosScenario } from '../policy/policy.ts';
import { replicasForAvailability, replicasUp } from './availability.ts';
import { coverOf } from './scenario-cover.ts';
import type { CoverEconomics } from './scenario-cover.ts';
import { lostReplicas, replicasOutlasting, worldOf } from './scenario-loss.ts';
import type { Worlds } from './scenario-worlds.ts';

export interface Threatened extends CoverEconomics {
  /** What the load needs where nothing fails. */
  readonly neededReplicas: number;
  /** Beyond this count replicas get into each other's way; Infinity: nowhere. */
  readonly mostReplicas: number;
  readonly chaos: ChaosPolicy;
  readonly worlds: Worlds;
}

/** A scenario with its verdict; `need` where it is covered. */
interface Judged {
  readonly scenario: ChaosScenario | null;
  readonly name: string;
  readonly cover: ScenarioCover;
  readonly need: CoveredNeed | null;
}

export interface ChaosVerdict {
  /** null where nothing is covered. */
  readonly buffer: ChaosBuffer | null;
  /** Of the count that is chosen in the end; undefined where the policy fears nothing. */
  readonly resilienceOf: (replicas: number) => Resilience | undefined;
}

/** Of a policy that fears nothing: there is nothing to look at. */
export const NOTHING_FEARED: ChaosVerdict = { buffer: null, resilienceOf: () => undefined };

export function fearsNothing({ scenarios, availabilityRatio }: ChaosPolicy): boolean {
  return scenarios.length === 0 && availabilityRatio === null;
}

export function chaosBuffer(threatened: Threatened): ChaosVerdict {
  const judged = judgedScenarios(threatened);
  return {
    buffer: largestBuffer(judged, threatened),
    resilienceOf: (replicas) => (judged.length === 0 ? undefined : resilience(judged, replicas, threatened)),
  };
}

function largestBuffer(
  judged: readonly Judged[],
  { neededReplicas, mostReplicas, cost }: Threatened,
): ChaosBuffer | null {
  let largest: { readonly scenario: string; readonly replicas: number } | null = null;
  for (const { name, need } of judged) {
    if (need === null) continue;
    const replicas = need.neededReplicas + need.lostReplicas;
    if (largest === null || replicas > largest.replicas) largest = { scenario: name, replicas };
  }
  if (largest === null) return null;
  const bufferReplicas = Math.max(0, Math.min(largest.replicas, mostReplicas) - neededReplicas);
  return {
    scenario: largest.scenario,
    bufferReplicas,
    costPerHour: bufferReplicas * (cost.perReplicaHour ?? 0),
  };
}

function judgedScenarios(threatened: Threatened): Judged[] {
  const { chaos } = threatened;
  const judged = chaos.scenarios.map((scenario): Judged => {
    const cover = coverOf(scenario, chaos, threatened);
    const need = cover === 'TooDear' ? null : scenarioNeed(scenario, threatened);
    return { scenario, name: scenario.name, cover, need };
  });
  if (chaos.availabilityRatio === null) return judged;
  const need = availabilityNeed(chaos.availabilityRatio, threatened);
  return [{ scenario: null, name: AVAILABILITY_SCENARIO, cover: 'Required', need }, ...judged];
}

/** What must be left while it lasts, and what it takes of the smallest count that leaves so many. */
function scenarioNeed(scenario: ChaosScenario, { neededReplicas, chaos, worlds }: Threatened): CoveredNeed {
  const { effect, availabilityRatio } = scenario;
  const isOtherWorld = effect.kind === 'ArrivalRate' || effect.kind === 'ServiceRate';
  const inWorld = isOtherWorld
    ? Math.max(neededReplicas, worlds.needIn(worldOf(scenario, chaos.safetyFactor)))
    : neededReplicas;
  const needed = availabilityRatio === null ? inWorld : runningFor(inWorld, availabilityRatio, chaos);
  const replicas = replicasOutlasting(effect, needed, chaos.safetyFactor);
  return { neededReplicas: needed, lostReplicas: replicas - needed };
}

function availabilityNeed(targetRatio: number, { neededReplicas, chaos }: Threatened): CoveredNeed {
  const spare = runningFor(neededReplicas, targetRatio, chaos) - neededReplicas;
  return { neededReplicas, lostReplicas: Math.max(0, Math.ceil(spare * chaos.safetyFactor - ROUNDING)) };
}

/** 3 * 1.1 is 3.3000000000000003. */
const ROUNDING = 1e-9;

function runningFor(needed: number, targetProbability: number, chaos: ChaosPolicy): number {
  const target = { downProbability: chaos.replicaDownProbability, targetProbability };
  return replicasForAvailability(needed, target) ?? needed;
}

/** Share of the scenarios' probability in which what is left keeps the objective; 1 where none is probable. */
function resilience(judged: readonly Judged[], replicas: number, threatened: Threatened): Resilience {
  let total = 0;
  let survived = 0;
  const scenarios = judged.map(({ scenario, name, cover, need }): ScenarioOutcome => {
    const isSurvived =
      scenario === null ? isAvailable(replicas, threatened) : outlasts(replicas, scenario, threatened);
    total += scenario?.probability ?? 0;
    survived += isSurvived ? (scenario?.probability ?? 0) : 0;
    return { scenario: name, cover, ...(need !== null && { need }), isSurvived };
  });
  return { ratio: total > 0 ? survived / total : 1, scenarios };
}

function isAvailable(replicas: number, { neededReplicas, chaos }: Threatened): boolean {
  return (
    chaos.availabilityRatio === null || upFor(replicas, chaos.availabilityRatio, chaos) >= neededReplicas
  );
}

/** What is left keeps the objective; of that, what is up for long enough. The safety factor is no part of the world. */
function outlasts(replicas: number, scenario: ChaosScenario, { chaos, worlds }: Threatened): boolean {
  const left = Math.max(0, replicas - lostReplicas(scenario.effect, replicas, 1));
  const up = scenario.availabilityRatio === null ? left : upFor(left, scenario.availabilityRatio, chaos);
  return worlds.keepsObjectiveIn(worldOf(scenario, 1), up);
}

function upFor(running: number, targetProbability: number, chaos: ChaosPolicy): number {
  return replicasUp(running, { downProbability: chaos.replicaDownProbability, targetProbability });
}
