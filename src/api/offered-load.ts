import { invalidInput } from '../domain/errors.ts';
import { drainSeconds, MOST_TIMES_LACKING } from '../size/fluid-backlog.ts';
import { leadTimeSeconds } from '../size/rated-input.ts';
import type { WhatIfQuestion } from './what-if.ts';

/** Arrival rate / service rate. One question must not hold up the loop that shares the thread. */
export const MOST_ERLANGS = 1e6;

/** Nor must one whose load is far beyond what maxReplicas serve: the answer is maxReplicas long before. */
const MOST_TIMES_THE_FLEET = 100;

/** Refuses a question whose load, at its highest, is of another order than anything that can be scaled. */
export function refuseVastLoad(question: WhatIfQuestion): void {
  const { maxReplicas, capacity } = question.policy;
  const { serversPerReplica } = capacity;
  const serviceRateRps = leastRateRps(question);
  const mostErlangs = Math.min(MOST_ERLANGS, MOST_TIMES_THE_FLEET * maxReplicas * serversPerReplica);
  const arrivingRps = Math.max(seenPeakRps(question), forecastPeakRps(question));
  const seenRps = (1 + MOST_TIMES_LACKING) * arrivingRps + backlogRps(question);
  const peakRps = seenRps * fearedMultiplier(question);
  if (peakRps / serviceRateRps <= mostErlangs) return;
  throw invalidInput('what-if', [
    {
      path: 'observations',
      got: `up to ${peakRps} requests per second at ${serviceRateRps} per server`,
      allowed: `at most ${mostErlangs} times the service rate of one server`,
    },
  ]);
}

/** How much larger the load is in the worst of the policy's scenarios, which are sized for too. */
function fearedMultiplier({ policy: { chaos } }: WhatIfQuestion): number {
  const multipliers = chaos.scenarios.map(({ effect }) => {
    if (effect.kind === 'ArrivalRate') return effect.multiplier;
    return effect.kind === 'ServiceRate' ? 1 / (1 - lostRatio(effect.multiplier, chaos.safetyFactor)) : 1;
  });
  return Math.max(1, ...multipliers);
}

function lostRatio(multiplier: number, safetyFactor: number): number {
  return (1 - multiplier) * safetyFactor;
}

/** A learned rate is at least this share of the least that any slot shows, slots that completed nothing included. */
const LEAST_LEARNED_RATIO = 0.1;

/** The least that the rate may turn out to be; Infinity where it is not known and nothing will be sized. */
function leastRateRps({ seen, policy }: WhatIfQuestion): number {
  if (seen.kind === 'observation') return seen.observation.serviceRateRps ?? Infinity;
  const given = policy.capacity.serviceRateRps;
  if (given !== null) return given;
  const { throughput, busySlots } = seen.work;
  let least = Infinity;
  throughput?.values.forEach((rps, slot) => {
    const rate = rps / (busySlots?.values[slot] ?? Number.NaN);
    if (rate > 0 && rate < least) least = rate;
  });
  return LEAST_LEARNED_RATIO * least;
}

function seenPeakRps({ seen }: WhatIfQuestion): number {
  if (seen.kind === 'observation') {
    const { arrivalRate } = seen.observation;
    return arrivalRate.kind === 'value' ? arrivalRate.value : 0;
  }
  let peakRps = 0;
  for (const rps of seen.history.values) if (rps > peakRps) peakRps = rps;
  return peakRps;
}

function forecastPeakRps({ forecast }: WhatIfQuestion): number {
  if (forecast?.kind !== 'forecast') return 0;
  return Math.max(...forecast.quantilesRps.map((row) => row[row.length - 1]));
}

/** As fast as a backlog is worked off. */
function backlogRps({ seen, memory, policy, tickSeconds }: WhatIfQuestion): number {
  const waiting = seen.kind === 'observation' ? seen.observation.backlogRequests : seen.backlogRequests;
  return (
    Math.max(waiting, memory?.backlogRequests ?? 0) / drainSeconds(leadTimeSeconds({ policy, tickSeconds }))
  );
}
