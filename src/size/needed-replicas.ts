/** The count that a distribution of arrival rates needs: no buffer, no bounds, no memory. */
import type { SizingReason } from '../domain/sizing.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { cheapestReplicas } from './cheapest-servers.ts';
import type { DispatchedQueues } from './dispatch.ts';
import {
  OVERLOAD_HARM_RATIO,
  createLoadCurve,
  expectedAvoidableLate,
  expectedLate,
  isGainMoreThan,
} from './load-curve.ts';
import type { LoadCurve } from './load-curve.ts';
import { pricesOf, pricesOfObjective } from './prices.ts';
import type { Prices, Terms } from './prices.ts';
import { distributionFromRate, rateAtLevel } from './rate-distribution.ts';
import type { RateDistribution } from './rate-distribution.ts';
import { capacityRps, peakReplicas } from './service-model.ts';
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
  /** What violations are counted over. */
  readonly curve: LoadCurve;
  /** undefined: no objective. `curve`: what it must hold over. */
  readonly objective?: { readonly curve: LoadCurve; readonly allowedRatio: number };
  /** undefined: only the objective counts. */
  readonly prices?: Prices | undefined;
  /** The prices are the objective's, not the policy's. */
  readonly isPricedByObjective?: boolean;
  /** See OVERLOAD_HARM_RATIO. Infinity: no price makes up for overload. */
  readonly overloadHarmRatio: number;
}

/** What the policy demands of a load. `queues` are best shared by all loads of a sizing. */
export function demandOf(
  queues: DispatchedQueues,
  load: RateDistribution,
  { slo, cost, objectivePrice }: Terms,
): Demand {
  const given = pricesOf(cost);
  const isPricedByObjective = given === undefined && objectivePrice !== undefined && load.ratesRps.length > 1;
  const prices = isPricedByObjective ? pricesOfObjective(objectivePrice) : given;
  const curve = createLoadCurve(queues, load, slo.responseSeconds);
  const median = distributionFromRate(rateAtLevel(load, OBJECTIVE_FLOOR_LEVEL));
  const objectiveCurve = prices ? createLoadCurve(queues, median, slo.responseSeconds) : curve;
  return {
    curve,
    objective: { curve: objectiveCurve, allowedRatio: 1 - slo.objectiveRatio },
    overloadHarmRatio: OVERLOAD_HARM_RATIO,
    prices,
    isPricedByObjective,
  };
}

/** Counts that are likely close: of a load that is like this one. */
export interface LikelyCounts {
  readonly replicas?: number | undefined;
  readonly objectiveReplicas: number | undefined;
}

/** The smallest count that meets the objective and after which one replica more costs at least what it saves. */
export function needOf(demand: Demand, likely?: LikelyCounts): Need {
  const { model } = demand.curve;
  const found = model.scalability === undefined ? linearCount(demand, likely) : scannedCount(demand);
  if (found === undefined) return { replicas: leastLateCount(demand), reason: 'ScalingOutCannotHelp' };
  return { replicas: found, reason: reasonOf(demand) };
}

/** The smallest count that meets the objective alone: no price ever buys less. */
export function objectiveReplicas(demand: Demand, likely?: number): number {
  return needOf({ ...demand, prices: undefined }, { objectiveReplicas: likely }).replicas;
}

/** Whether so many keep the objective; never where service alone makes too many late. */
export function holdsObjective(demand: Demand, replicas: number): boolean {
  const { curve, objective } = demand;
  if (objective === undefined) return true;
  return !isHopeless(curve, objective.allowedRatio) && meetsObjective(demand)(replicas);
}

function reasonOf({ curve, objective, prices, isPricedByObjective }: Demand): SizingReason {
  if (objective && isHopeless(curve, objective.allowedRatio)) return 'ServiceTimeExceedsSlo';
  return prices && !isPricedByObjective ? 'CostOptimum' : 'ObjectiveMet';
}

/** Whether service alone, without any waiting, makes more late than is allowed. */
function isHopeless(curve: LoadCurve, allowedRatio: number): boolean {
  return curve.lateByServiceAt(1) > allowedRatio;
}

/** Lateness falls with every replica, and ever more slowly: both conditions hold from some count on. */
function linearCount(demand: Demand, likely?: LikelyCounts): number {
  const conceivable = {
    from: smallestConceivable(demand),
    limit: MOST_REPLICAS,
    near: likely?.objectiveReplicas,
  };
  const met = smallestCount(conceivable, meetsObjective(demand)) ?? MOST_REPLICAS;
  const cheapest = plainOptimum(demand);
  if (cheapest !== undefined) return Math.max(met, cheapest);
  const affordable = { from: met, limit: MOST_REPLICAS, near: likely?.replicas };
  return smallestCount(affordable, isCheapEnough(demand)) ?? MOST_REPLICAS;
}

/** The cost optimum by the fast walk, where the model is plain M/M/c at one rate and no bound on gains can bite. */
function plainOptimum({ curve, prices, overloadHarmRatio }: Demand): number | undefined {
  const { model, load, seconds } = curve;
  const isExponential = model.losses === undefined && model.variability === undefined;
  const isPlain = model.dispatch === 'Central' && isExponential && load.ratesRps.length === 1;
  if (!isPlain || prices === undefined || load.ratesRps[0] === 0) return undefined;
  const perReplicaSecond = prices.perReplicaHour / SECONDS_PER_HOUR;
  const mostGain = prices.perViolation * overloadHarmRatio * capacityRps(model, 1);
  if (perReplicaSecond === 0 || perReplicaSecond > mostGain) return undefined;
  return cheapestReplicas({
    arrivalRateRps: load.ratesRps[0],
    serviceRateRps: model.serviceRateRps,
    serversPerReplica: model.serversPerReplica,
    sloSeconds: seconds,
    perReplicaSecond,
    perViolation: prices.perViolation,
  });
}

/** Replicas that get into each other's way: one count after the other, up to the peak of what they can do together. */
function scannedCount(demand: Demand): number | undefined {
  const limit = Math.min(peakReplicas(demand.curve.model), MOST_SCANNED_REPLICAS);
  const meets = meetsObjective(demand);
  const isCheap = isCheapEnough(demand);
  for (let replicas = smallestConceivable(demand); replicas <= limit; replicas += 1)
    if (meets(replicas) && isCheap(replicas)) return replicas;
  return undefined;
}

/** The count up to the peak that leaves the fewest late: what there is to do where none is enough. */
function leastLateCount({ curve }: Demand): number {
  const limit = Math.min(peakReplicas(curve.model), MOST_SCANNED_REPLICAS);
  let best = 1;
  let fewest = Infinity;
  for (let replicas = 1; replicas <= limit; replicas += 1) {
    const late = expectedLate(curve, replicas);
    // Everybody late at every count: as much capacity as there is.
    if (late <= fewest) best = replicas;
    fewest = Math.min(fewest, late);
  }
  return best;
}

/** Below it the objective is out of reach whatever the queue: all that is not served is late. */
function smallestConceivable({ curve, objective }: Demand): number {
  const { model } = curve;
  const allowedRatio = objective === undefined || model.losses === undefined ? 0 : objective.allowedRatio;
  const mustServeRps = Math.min(...(objective?.curve ?? curve).load.ratesRps) * (1 - allowedRatio);
  return Math.max(1, Math.floor(mustServeRps / capacityRps(model, 1)));
}

/**
 * At most `allowedRatio` late. Where the service time alone makes more than that late, no count can, and the
 * allowance is given to what replicas can change. Without an objective every count that is stable is as good.
 */
function meetsObjective({ curve, objective }: Demand): (replicas: number) => boolean {
  const { model } = curve;
  if (objective === undefined)
    return (replicas) => curve.load.ratesRps.every((rate) => rate < capacityRps(model, replicas));
  const { allowedRatio } = objective;
  if (isHopeless(curve, allowedRatio))
    return (replicas) => expectedAvoidableLate(objective.curve, replicas) <= allowedRatio;
  // The floor may be so close below what is allowed that no double lies between.
  const floor = model.scalability === undefined ? curve.lateByServiceAt(1) : 0;
  const mostLate = Math.max(allowedRatio, floor * (1 + FLOOR_RESOLUTION_RATIO));
  return (replicas) => expectedLate(objective.curve, replicas) <= mostLate;
}

function isCheapEnough({ curve, prices, overloadHarmRatio }: Demand): (replicas: number) => boolean {
  if (prices === undefined || prices.perViolation === 0) return () => true;
  const { perViolation } = prices;
  const bar = { overloadHarmRatio, perViolation, perSecond: prices.perReplicaHour / SECONDS_PER_HOUR };
  return (replicas) => !isGainMoreThan(curve, replicas, bar);
}
