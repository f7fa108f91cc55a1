import { significant } from '../domain/figures.ts';
import { MEDIAN_INDEX } from '../domain/forecast.ts';
import { type Guard, neverRemove, pass } from './guard.ts';

/**
 * A zero less probable than this is not believed. Requests arrive as a Poisson process, so a slot of s seconds at
 * rate lambda is empty with probability e^(-lambda s): one in a million is 13.8 expected requests, at a 60 s step a
 * median forecast of 0.23 rps. A service with less load than that may well have an empty minute.
 */
export const IMPLAUSIBLE_PROBABILITY = 1e-6;

/**
 * A measured zero where the forecast expects plenty is more often a broken exporter, a load balancer that fails over
 * or an outage upstream than an empty shop; when it ends, the retries come at once. Nothing is removed meanwhile.
 */
export const implausibleZero: Guard = {
  name: 'implausible-zero',
  judge({ observation, forecast, ...input }, beforeReplicas) {
    const measured = observation.arrivalRate;
    if (measured.kind !== 'value' || measured.value > 0)
      return pass(beforeReplicas, 'ReadyForNewScale', 'no zero was measured');
    const medianRps = forecast.kind === 'forecast' ? forecast.quantilesRps[0]?.[MEDIAN_INDEX] : undefined;
    if (forecast.kind !== 'forecast' || medianRps === undefined)
      return pass(beforeReplicas, 'ReadyForNewScale', 'a zero, and no forecast that speaks against it');
    const expectedRequests = medianRps * forecast.stepSeconds;
    const against = `a zero where ${significant(expectedRequests)} requests were expected`;
    return Math.exp(-expectedRequests) < IMPLAUSIBLE_PROBABILITY
      ? neverRemove({ observation, forecast, ...input }, beforeReplicas, 'ImplausibleZero', against)
      : pass(beforeReplicas, 'ReadyForNewScale', `${against}: it can happen`);
  },
};
