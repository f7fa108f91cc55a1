/** The same load and the same replicas in another world: more arrives, or they are slower. */
import { dispatchedQueues } from './dispatch.ts';
import { demandOf, holdsObjective, needOf } from './needed-replicas.ts';
import type { Demand } from './needed-replicas.ts';
import type { Terms } from './prices.ts';
import { isDominatedBy, scaledBy } from './rate-distribution.ts';
import type { RateDistribution } from './rate-distribution.ts';
import type { World } from './scenario-loss.ts';
import type { ServiceModel } from './service-model.ts';

export interface Worlds {
  /** The count that the loads need there. */
  readonly needIn: (world: World) => number;
  /** Whether so many replicas keep the objective there. */
  readonly keepsObjectiveIn: (world: World, replicas: number) => boolean;
}

/** Nothing is sized before it is asked for. `loads`: every step of the window, at least one. */
export function sizedWorlds(model: ServiceModel, loads: readonly RateDistribution[], terms: Terms): Worlds {
  let highest: readonly RateDistribution[] | undefined;
  const known = new Map<string, readonly Demand[]>();
  const demandsIn = (world: World): readonly Demand[] => {
    const key = `${world.arrivalRateMultiplier} ${world.serviceRateMultiplier}`;
    const demands = known.get(key) ?? demandsUnder(world, (highest ??= undominated(loads)));
    known.set(key, demands);
    return demands;
  };
  const demandsUnder = (world: World, under: readonly RateDistribution[]): readonly Demand[] => {
    const slowed = { ...model, serviceRateRps: model.serviceRateRps * world.serviceRateMultiplier };
    const queues = dispatchedQueues(slowed);
    return under.map((load) => demandOf(queues, scaledBy(load, world.arrivalRateMultiplier), terms));
  };
  return {
    needIn: (world) => Math.max(...demandsIn(world).map((demand) => needOf(demand).replicas)),
    keepsObjectiveIn: (world, replicas) =>
      replicas > 0 && demandsIn(world).every((demand) => holdsObjective(demand, replicas)),
  };
}

/** Those that no other exceeds at every quantile, the last of equals: no other can need more. */
function undominated(loads: readonly RateDistribution[]): readonly RateDistribution[] {
  return loads.filter(
    (load, i) =>
      !loads.some(
        (other, j) => i !== j && isDominatedBy(load, other) && (j > i || !isDominatedBy(other, load)),
      ),
  );
}
