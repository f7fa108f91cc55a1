import { causedRps } from '../domain/caller.ts';
import { type Forecast, MEDIAN_INDEX } from '../domain/forecast.ts';
import type { ObjectivePrice } from '../domain/objective-account.ts';
import type { Expectation } from '../domain/overshoot.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { SizingTrace } from '../domain/sizing.ts';
import { drainSeconds } from './fluid-backlog.ts';
import { isKnownToNeedFewer, type KnownNeeds } from './known-needs.ts';
import { objectivePriceOf } from './objective-price.ts';
import { overshootRatios, type OvershootRatios, widened } from './overshoot.ts';
import { pricesOf, pricesOfObjective } from './prices.ts';
import { aheadOf, leadTimeSeconds, type RatedInput, sizeFor, type SizeInput } from './rated-input.ts';
import { capacityRps, serviceModelFrom } from './service-model.ts';
import { sizeAhead } from './size-ahead.ts';
import { raisedTrace } from './sized-trace.ts';
import { sightOf } from './standing-answer.ts';
import { raisedBySurge, raisedToMeasured, surgeOver } from './surge.ts';
import { overloadOf, waitingWhenServed } from './waiting-when-served.ts';

type MeasuredValue = Extract<Measurement, { kind: 'value' }>;

/** Loads go up and down by about so much from tick to tick. */
const MEASURED_HEADROOM = 1.1;

/**
 * The count for the forecast, where there is one to trust, and for the measured load; the larger of the two. What is
 * measured is there already, and so is what its callers are asked for: no forecast may serve less. Undefined where
 * nothing was measured, or no service rate is known.
 */
export function sizeObservation(asked: SizeInput): SizingTrace | undefined {
  const { observation, trusted } = asked;
  const { arrivalRate, serviceRateRps } = observation;
  if (arrivalRate.kind !== 'value' || serviceRateRps === null) return undefined;
  const input: RatedInput = {
    observation,
    trusted,
    policy: asked.policy,
    nowMs: asked.nowMs,
    tickSeconds: asked.tickSeconds,
    knownNeeds: asked.knownNeeds,
    dependencyLimit: asked.dependencyLimit,
    account: asked.account,
    overshoot: asked.overshoot,
    serviceRateRps,
  };
  const rateRps = Math.max(arrivalRate.value, causedRps(observation.callers ?? []));
  if (trusted === undefined) return sizeForMeasured(input, rateRps);
  const predicted = sizeForForecast(input, trusted);
  if (isMeasuredLess(input, rateRps, predicted)) return predicted;
  const measured = sizeForMeasured(input, rateRps);
  const byMeasured = measured.replicas - predicted.replicas;
  const isHeldAlone = measured.dependency !== undefined && predicted.dependency === undefined;
  return byMeasured > 0 || (byMeasured === 0 && isHeldAlone) ? measured : predicted;
}

/**
 * Sized for the forecast's quantiles, or, where that has served better, for so many times its median. Where the load is
 * above its forecast, and what is asked for now needs more for it, that is what is sized for.
 */
function sizeForForecast(input: RatedInput, trusted: Forecast): SizingTrace {
  const { observation, knownNeeds, serviceRateRps } = input;
  const objectivePrice = objectivePriceFor(input, serviceRateRps);
  const overshoot = overshootFor(input, objectivePrice);
  const forecast = overshoot ? widenedBy(overshoot, trusted, knownNeeds) : trusted;
  const under = { basis: 'forecast', objectivePrice, overshoot: overshoot?.told } as const;
  const { sized, highest } = sizeAhead(input, forecast, under);
  const raised = overshoot
    ? raisedToMeasured(overshoot, highest, observation.arrivalRate)
    : raisedBySurge(forecast, highest, observation.arrivalRate);
  if (raised === undefined) return sized;
  const step = { atMs: highest.atMs, quantilesRps: knownNeeds?.again(raised.ratesRps) ?? raised.ratesRps };
  const surged = sizeFor({ ...input, knownNeeds: knownNeeds?.ofSurges }, { ...under, window: [step] });
  if (surged.replicas <= sized.replicas) return sized;
  return raisedTrace(surged, sized, raised.surge);
}

/**
 * What is expected of the measured load one lead time from now, and the forecast's highest quantile of it: of the steps
 * that replicas asked for now can serve, and no less than is there.
 */
export function expectationOf(
  trusted: Forecast,
  arrivalRate: MeasuredValue,
  input: Pick<SizeInput, 'policy' | 'nowMs' | 'tickSeconds'>,
): Pick<Expectation, 'expectedRps' | 'forecastRps'> {
  const { firstSlot, windowSteps, servedFrom } = sightOf(
    trusted,
    aheadOf(input),
    input.policy.capacity.startupSeconds,
  );
  let [median, highest] = [0, 0];
  for (let slot = firstSlot + servedFrom; slot < firstSlot + windowSteps; slot += 1) {
    const quantilesRps = trusted.quantilesRps[slot];
    median = Math.max(median, quantilesRps[MEDIAN_INDEX]);
    highest = Math.max(highest, quantilesRps[quantilesRps.length - 1]);
  }
  const surge = surgeOver(trusted, arrivalRate);
  return {
    expectedRps: Math.max(arrivalRate.value, median),
    forecastRps: highest + (surge?.addedRps ?? 0),
  };
}

function overshootFor(
  input: RatedInput,
  objectivePrice: ObjectivePrice | undefined,
): OvershootRatios | undefined {
  const { policy, serviceRateRps } = input;
  const prices = pricesOf(policy.cost) ?? (objectivePrice && pricesOfObjective(objectivePrice));
  return overshootRatios(input.overshoot, prices, capacityRps(serviceModelFrom(policy, serviceRateRps), 1));
}

function widenedBy(
  overshoot: OvershootRatios,
  forecast: Forecast,
  knownNeeds: KnownNeeds | undefined,
): Forecast {
  return knownNeeds?.widened(forecast, overshoot) ?? widened(forecast, overshoot);
}

/**
 * Whether what is measured needs no more than `replicas`, without sizing it at each tick: more load never needs less, so
 * what is sized is a little more than was measured, and the answer holds for as long as no more than that is measured.
 */
function isMeasuredLess(input: RatedInput, rateRps: number, { replicas }: SizingTrace): boolean {
  const { policy, serviceRateRps, dependencyLimit, knownNeeds } = input;
  if (dependencyLimit !== undefined || serviceModelFrom(policy, serviceRateRps).scalability) return false;
  const waitingRps = waitingWhenServed(input, rateRps) / drainSeconds(leadTimeSeconds(input));
  const asked = {
    basis: 'measured',
    policy,
    serviceRateRps,
    objectivePrice: undefined,
    rateRps: rateRps + waitingRps,
    replicas: replicas + 1,
  } as const;
  if (isKnownToNeedFewer(asked, knownNeeds)) return true;
  return knownNeeds !== undefined && sizeForMeasured(input, MEASURED_HEADROOM * rateRps).replicas <= replicas;
}

/** One rate, taken as certain to go on: no price weighs it, and what it leaves waiting until it is served has come by then. */
function sizeForMeasured(input: RatedInput, rateRps: number): SizingTrace {
  const waitingRequests = waitingWhenServed(input, rateRps);
  const window = [{ atMs: input.nowMs, rateRps }];
  const sized = sizeFor(input, { basis: 'measured', window }, waitingRequests);
  const overload = overloadOf(waitingRequests, input.observation, sized.leadTimeSeconds);
  return overload ? Object.assign(sized, { overload }) : sized;
}

/** The price that the objective makes where the policy gives none: one for all that is sized at this instant. */
function objectivePriceFor(
  { policy, account }: SizeInput,
  serviceRateRps: number,
): ObjectivePrice | undefined {
  if (pricesOf(policy.cost) !== undefined) return undefined;
  return objectivePriceOf(account, serviceModelFrom(policy, serviceRateRps), policy.slo);
}
