/** The count that a distribution of arrival rates needs: no buffer, no bounds, no memory. */
import type { Policy } from '../policy/policy.ts';
import type { SizingReason } from '../domain/sizing.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { ServiceModel } from './dispatch.ts';
import { dispatchedQueue, smallestStableReplicas } from './dispatch.ts';
import { serviceFloor } from './mmc.ts';
import { distributionFromRate, expected, rateAtLevel } from './rate-distribution.ts';
import type { RateDistribution } from './rate-distribution.ts';
import { expectedGainRps, pricesOf } from './replica-cost.ts';
import type { Prices } from './replica-cost.ts';
import { smallestCount } from './smallest-count.ts';

/**
 * With prices, the objective is a floor under the cost optimum for the load as it is expected (the median): what may
 * come above that is weighed by the prices. A higher level here would charge the same uncertainty twice. Without
 * prices nothing else weighs it, and the objective must hold over the whole distribution.
 */
export const OBJECTIVE_FLOOR_LEVEL = 0.5;

/** No search goes beyond; a service that wants more has another problem than its replica count. */
export const MOST_REPLICAS = 2 ** 30;
/** Lateness this close to the floor e^(-mu t) can no longer be told from it in a double. */
const FLOOR_RESOLUTION_RATIO = 1e-12;

export interface Need {
  readonly replicas: number;
  readonly reason: SizingReason;
}

/** `slo` and `cost` are the policy's; at least 1 replica for any load. */
export function neededReplicas(
  model: ServiceModel,
  load: RateDistribution,
  { slo, cost }: Pick<Policy, 'slo' | 'cost'>,
): Need {
  const allowedRatio = 1 - slo.objectiveRatio;
  const hopeless = serviceFloor(model.serviceRateRps, slo.responseSeconds) > allowedRatio;
  const prices = pricesOf(cost);
  const floorLoad = prices ? distributionFromRate(rateAtLevel(load, OBJECTIVE_FLOOR_LEVEL)) : load;
  const floor = objectiveReplicas(model, floorLoad, { seconds: slo.responseSeconds, allowedRatio });
  if (!prices) return { replicas: floor, reason: hopeless ? 'ServiceTimeExceedsSlo' : 'ObjectiveMet' };
  const replicas = costOptimalReplicas(model, load, { seconds: slo.responseSeconds, prices, from: floor });
  return { replicas, reason: hopeless ? 'ServiceTimeExceedsSlo' : 'CostOptimum' };
}

/**
 * The smallest count at which at most `allowedRatio` of the requests is late. Where the service time alone makes
 * more than that late, no count can, and the allowance is given to what replicas can change: overload, and the
 * lateness that waiting adds.
 */
export function objectiveReplicas(
  model: ServiceModel,
  load: RateDistribution,
  { seconds, allowedRatio }: { readonly seconds: number; readonly allowedRatio: number },
): number {
  const floor = serviceFloor(model.serviceRateRps, seconds);
  const hopeless = floor > allowedRatio;
  const mostLate = hopeless ? allowedRatio : Math.max(allowedRatio, floor * (1 + FLOOR_RESOLUTION_RATIO));
  const lateAt = (replicas: number) => (rate: number) => {
    const late = dispatchedQueue(model, rate, replicas)?.responseTail(seconds);
    return late === undefined ? 1 : late - (hopeless ? floor : 0);
  };
  const from = smallestStableReplicas(model, Math.min(...load.ratesRps));
  const count = smallestCount(
    { from, limit: MOST_REPLICAS },
    (replicas) => expected(load.ratesRps, load.probabilities, lateAt(replicas)) <= mostLate,
  );
  return count ?? MOST_REPLICAS;
}

/** The first count of at least `from` at which one replica more costs at least what it saves. */
export function costOptimalReplicas(
  model: ServiceModel,
  load: RateDistribution,
  { seconds, prices, from }: { readonly seconds: number; readonly prices: Prices; readonly from: number },
): number {
  const perReplicaSecond = prices.perReplicaHour / SECONDS_PER_HOUR;
  const count = smallestCount(
    { from, limit: MOST_REPLICAS },
    (replicas) =>
      perReplicaSecond >= prices.perViolation * expectedGainRps(model, load, { replicas, seconds }),
  );
  return count ?? MOST_REPLICAS;
}
