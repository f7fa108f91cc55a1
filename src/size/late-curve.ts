import { MS_PER_SECOND } from '../domain/clock.ts';
import { type ForecastResult, UPPER_INDEX } from '../domain/forecast.ts';
import type { SizingTrace } from '../domain/sizing.ts';
import type { Policy } from '../policy/policy.ts';
import { dispatchedQueues } from './dispatch.ts';
import { candidateAt, createLoadCurve } from './load-curve.ts';
import { distributionFromQuantiles, distributionFromRate, shiftedBy } from './rate-distribution.ts';
import type { RateDistribution } from './rate-distribution.ts';
import { serviceModelFrom } from './service-model.ts';

/**
 * What late requests cost per hour by replica count, at the load that a sizing was for: the cost curve of a Decision
 * beyond its few candidates. `perViolation`: the price of one late request. Each count is computed once.
 */
export function lateCostPerHour(
  policy: Policy,
  sizing: SizingTrace,
  forecast: ForecastResult,
  perViolation: number,
): (replicas: number) => number {
  const model = serviceModelFrom(policy, sizing.serviceRateRps);
  const curve = createLoadCurve(
    dispatchedQueues(model),
    loadOf(sizing, forecast),
    policy.slo.responseSeconds,
  );
  const cost = { ...policy.cost, perViolation };
  const known = new Map<number, number>();
  return (replicas) => {
    const before = known.get(replicas);
    if (before !== undefined) return before;
    const { violations } = candidateAt(curve, replicas, cost).costPerHour;
    known.set(replicas, violations);
    return violations;
  };
}

/** The distribution at the peak, with the backlog that it was sized with on top. */
function loadOf({ basis, sizedForRps, peakAtMs }: SizingTrace, forecast: ForecastResult): RateDistribution {
  if (basis === 'measured' || forecast.kind !== 'forecast') return distributionFromRate(sizedForRps);
  const step = Math.floor((peakAtMs - forecast.originAtMs) / (forecast.stepSeconds * MS_PER_SECOND));
  const quantilesRps = forecast.quantilesRps[step];
  return shiftedBy(
    distributionFromQuantiles(quantilesRps),
    Math.max(0, sizedForRps - quantilesRps[UPPER_INDEX]),
  );
}
