/** The count that a distribution of arrival rates needs: no buffer, no bounds, no memory. */
import type { Policy } from '../policy/policy.ts';
import type { SizingReason } from '../domain/sizing.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { dispatchedQueue } from './dispatch.ts';
import { serviceFloor } from './mmc.ts';
import { distributionFromRate, expected, rateAtLevel } from './rate-distribution.ts';
import type { RateDistribution } from './rate-distribution.ts';
import { OVERLOAD_HARM_RATIO, expectedGainRps, pricesOf } from './replica-cost.ts';
import type { Prices } from './replica-cost.ts';
import { capacityRps, peakReplicas, serverRateRps } from './service-model.ts';
import type { ServiceModel } from './service-model.ts';
import { MOST_REPLICAS, smallestCount } from './smallest-count.ts';

/**
 * With prices, the objective is a floor under the cost optimum for the load as it is expected (the median): what may
 * come above that is weighed by the prices. A higher level here would charge the same uncertainty twice. Without
 * prices nothing else weighs it, and the objective must hold over the whole distribution.
 */
export const OBJECTIVE_FLOOR_LEVEL = 0.5;

/** Lateness this close to the floor e^(-mu t) can no longer be told from it in a double. */
const FLOOR_RESOLUTION_RATIO = 1e-12;
/** How far counts are looked at one by one where replicas get into each other's way. */
const MOST_SCANNED_REPLICAS = 20_000;

export interface Need {
  readonly replicas: number;
  readonly reason: SizingReason;
}

/** What makes a count enough. */
export interface Demand {
  readonly load: RateDistribution;
  readonly seconds: number;
  /** undefined: no objective. */
  readonly objective?: { readonly load: RateDistribution; readonly allowedRatio: number };
  /** undefined: only the objective counts. */
  readonly prices?: Prices;
  /** See OVERLOAD_HARM_RATIO. Infinity: no price makes up for overload. */
  readonly overloadHarmRatio: number;
}

/** `slo` and `cost` are the policy's; at least 1 replica for any load. */
export function neededReplicas(
  model: ServiceModel,
  load: RateDistribution,
  { slo, cost }: Pick<Policy, 'slo' | 'cost'>,
): Need {
  const prices = pricesOf(cost);
  const objectiveLoad = prices ? distributionFromRate(rateAtLevel(load, OBJECTIVE_FLOOR_LEVEL)) : load;
  return needOf(model, {
    load,
    seconds: slo.responseSeconds,
    objective: { load: objectiveLoad, allowedRatio: 1 - slo.objectiveRatio },
    overloadHarmRatio: OVERLOAD_HARM_RATIO,
    ...(prices && { prices }),
  });
}

/** The smallest count that meets the objective and after which one replica more costs at least what it saves. */
export function needOf(model: ServiceModel, demand: Demand): Need {
  const found = model.scalability === undefined ? linearCount(model, demand) : scannedCount(model, demand);
  if (found === undefined) return { replicas: leastLateCount(model, demand), reason: 'ScalingOutCannotHelp' };
  return { replicas: found, reason: reasonOf(model, demand) };
}

function reasonOf(model: ServiceModel, { objective, prices, seconds }: Demand): SizingReason {
  if (objective && isHopeless(model, seconds, objective.allowedRatio)) return 'ServiceTimeExceedsSlo';
  return prices ? 'CostOptimum' : 'ObjectiveMet';
}

/** Whether service alone, without any waiting, makes more late than is allowed. */
function isHopeless(model: ServiceModel, seconds: number, allowedRatio: number): boolean {
  return serviceFloor(model.serviceRateRps, seconds) > allowedRatio;
}

/** Lateness falls with every replica, and ever more slowly: both conditions hold from some count on. */
function linearCount(model: ServiceModel, demand: Demand): number {
  const from = smallestConceivable(model, demand);
  const met = smallestCount({ from, limit: MOST_REPLICAS }, meetsObjective(model, demand)) ?? MOST_REPLICAS;
  return smallestCount({ from: met, limit: MOST_REPLICAS }, isCheapEnough(model, demand)) ?? MOST_REPLICAS;
}

/** Replicas that get into each other's way: one count after the other, up to the peak of what they can do together. */
function scannedCount(model: ServiceModel, demand: Demand): number | undefined {
  const limit = Math.min(peakReplicas(model), MOST_SCANNED_REPLICAS);
  const meets = meetsObjective(model, demand);
  const isCheap = isCheapEnough(model, demand);
  for (let replicas = smallestConceivable(model, demand); replicas <= limit; replicas += 1)
    if (meets(replicas) && isCheap(replicas)) return replicas;
  return undefined;
}

/** The count up to the peak that leaves the fewest late: what there is to do where none is enough. */
function leastLateCount(model: ServiceModel, { load, seconds }: Demand): number {
  const limit = Math.min(peakReplicas(model), MOST_SCANNED_REPLICAS);
  let best = 1;
  let fewest = Infinity;
  for (let replicas = 1; replicas <= limit; replicas += 1) {
    const late = expectedLate(model, load, { seconds, replicas, floor: 0 });
    // Everybody late at every count: as much capacity as there is.
    if (late <= fewest) best = replicas;
    fewest = Math.min(fewest, late);
  }
  return best;
}

/** Below it the objective is out of reach whatever the queue: all that is not served is late. */
function smallestConceivable(model: ServiceModel, { load, objective }: Demand): number {
  const allowedRatio = objective === undefined || model.losses === undefined ? 0 : objective.allowedRatio;
  const mustServeRps = Math.min(...(objective?.load ?? load).ratesRps) * (1 - allowedRatio);
  return Math.max(1, Math.floor(mustServeRps / capacityRps(model, 1)));
}

/**
 * At most `allowedRatio` late. Where the service time alone makes more than that late, no count can, and the
 * allowance is given to what replicas can change: overload, and the lateness that waiting adds. Without an objective
 * every count that is stable is as good.
 */
function meetsObjective(
  model: ServiceModel,
  { load, seconds, objective }: Demand,
): (replicas: number) => boolean {
  if (objective === undefined)
    return (replicas) => load.ratesRps.every((rate) => rate < capacityRps(model, replicas));
  const { allowedRatio } = objective;
  const hopeless = isHopeless(model, seconds, allowedRatio);
  const floorAt = (replicas: number): number => serviceFloor(serverRateRps(model, replicas), seconds);
  const mostLate = (replicas: number): number =>
    hopeless ? allowedRatio : Math.max(allowedRatio, floorOfLinear(model, floorAt(replicas)));
  return (replicas) => {
    const floor = hopeless ? floorAt(replicas) : 0;
    return expectedLate(model, objective.load, { replicas, seconds, floor }) <= mostLate(replicas);
  };
}

/** The floor as far as a double can tell it, where it is the same for all counts and just below what is allowed. */
function floorOfLinear(model: ServiceModel, floor: number): number {
  return model.scalability === undefined ? floor * (1 + FLOOR_RESOLUTION_RATIO) : 0;
}

/** Expected lateness above `floor`; overload counts in full. */
function expectedLate(
  model: ServiceModel,
  { ratesRps, probabilities }: RateDistribution,
  { replicas, seconds, floor }: { replicas: number; seconds: number; floor: number },
): number {
  return expected(ratesRps, probabilities, (rate) => {
    const late = dispatchedQueue(model, rate, replicas)?.responseTail(seconds);
    return late === undefined ? 1 : late - floor;
  });
}

function isCheapEnough(model: ServiceModel, demand: Demand): (replicas: number) => boolean {
  const { load, seconds, prices, overloadHarmRatio } = demand;
  if (prices === undefined || prices.perViolation === 0) return () => true;
  const perReplicaSecond = prices.perReplicaHour / SECONDS_PER_HOUR;
  return (replicas) => {
    const gainRps = expectedGainRps(model, load, { replicas, seconds, overloadHarmRatio });
    return perReplicaSecond >= prices.perViolation * gainRps;
  };
}
