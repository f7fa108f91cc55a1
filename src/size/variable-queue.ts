/**
 * Arrivals and services that vary less or more than exponentially: a correction of the waits by two moments. The
 * probability to wait is kept; the waits are longer by
 *   (ca2 + cs2') / (cb2 + 1),
 * ca2 being the squared coefficient of variation of the times between arrivals where they queue, cb2 that of Poisson
 * arrivals there (1; 1/N with round robin), and cs2' that of service (Allen and Cunneen; Kimura's interpolation with
 * Cosmetatos' M/D/c where cs2 < 1, see Kimura 1994). Service is gamma distributed with cs2 for what is late by service
 * alone. Both are 1: nothing is corrected. More of either never makes fewer late.
 *
 * Measured error of P(T > t) at 2 and 5 service times, 70 and 90 % busy, one to 80 servers, every dispatch
 * (test/simulator/variability-table.ts), in percentage points: constant service -2 … +1, Erlang (cs2 = 1/4) -2 … +1,
 * exponential as without a correction, lognormal and hyperexponential with cs2 = 4 +1 … +10 (on the safe side), bursty
 * arrivals with ca2 = 4 -8 … +2, with constant service -12 … +2: bursts also make more requests wait, which two moments
 * do not tell. Mean waits are within a tenth at a single queue that is busy, and off by far more where hardly any wait.
 */
import type { LosslessQueue } from './dispatched-queue.ts';
import { heaviestVariation, serviceSpread } from './service-spread.ts';
import type { ServiceSpread } from './service-spread.ts';
import type { ServiceModel, Variability } from './service-model.ts';

/** Kimura's bound on the correction of M/D/c, which grows without end as load vanishes. */
const MOST_CONSTANT_SERVICE_GAIN = 0.25;
/** Waits are never shorter than this share of those with exponential service: what is constant in both never waits. */
const LEAST_FACTOR = 1e-9;

/** A service that takes exponential time, and one that takes the time that was measured. */
export interface ServiceSpreads {
  readonly exponential: ServiceSpread;
  readonly measured: ServiceSpread;
  /** Which of the two counts: the lower where service varies less than exponentially, else the higher. */
  readonly counted: (exponential: number, measured: number) => number;
}

/** What is late by service alone. */
export function lateByService({ exponential, measured, counted }: ServiceSpreads): number {
  return counted(exponential.lateProbability, measured.lateProbability);
}

/** The spreads of one kind of service. The last ones asked for are kept: a sizing asks for the same again and again. */
export function serviceSpreads(
  squaredVariation: number,
): (serviceRateRps: number, seconds: number) => ServiceSpreads {
  let last: (ServiceSpreads & { serviceRateRps: number; seconds: number }) | undefined;
  return (serviceRateRps, seconds) => {
    if (last?.seconds !== seconds || last.serviceRateRps !== serviceRateRps) {
      const most = squaredVariation > 1 ? heaviestVariation(serviceRateRps, seconds, squaredVariation) : 1;
      last = {
        serviceRateRps,
        seconds,
        exponential: serviceSpread(serviceRateRps, 1, seconds),
        measured: serviceSpread(serviceRateRps, Math.min(squaredVariation, most), seconds),
        counted: squaredVariation < 1 ? Math.min : Math.max,
      };
    }
    return last;
  };
}

/** Where the requests queue: all replicas as one, or each for itself. */
export interface QueuedAt {
  readonly dispatch: ServiceModel['dispatch'];
  readonly replicas: number;
  /** Of one replica. */
  readonly servers: number;
  readonly utilizationRatio: number;
}

/** How much longer waits are than with Poisson arrivals and exponential service. */
export function waitFactor({ arrivals, service }: Variability, at: QueuedAt): number {
  const isApart = at.replicas > 1 && (at.dispatch === 'Random' || at.dispatch === 'RoundRobin');
  const servers = isApart ? at.servers : at.servers * at.replicas;
  const { poisson, given } = arrivalVariation(arrivals, isApart ? at : { dispatch: 'Central', replicas: 1 });
  const factor = (given + serviceVariation(service, servers, at.utilizationRatio)) / (poisson + 1);
  return Math.max(LEAST_FACTOR, factor);
}

/** Of the arrivals at one queue: thinned at random, what is left is nearly Poisson; every N-th is N times as even. */
function arrivalVariation(
  squared: number,
  { dispatch, replicas }: Pick<QueuedAt, 'dispatch' | 'replicas'>,
): { poisson: number; given: number } {
  switch (dispatch) {
    case 'Random':
      return { poisson: 1, given: 1 + (squared - 1) / replicas };
    case 'RoundRobin':
      return { poisson: 1 / replicas, given: squared / replicas };
    default:
      return { poisson: 1, given: squared };
  }
}

/** cs2, or below 1 what makes (1 + cs2') / 2 the interpolation between M/D/c and M/M/c. */
function serviceVariation(squared: number, servers: number, utilizationRatio: number): number {
  if (squared >= 1) return squared;
  const rare = ((1 - utilizationRatio) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) / (16 * servers);
  const gain = Math.min(MOST_CONSTANT_SERVICE_GAIN, rare / utilizationRatio);
  return (1 + squared) / ((1 - squared) / (1 + gain) + squared) - 1;
}

/** The queue with its waits `factor` times as long, and services that spread as `spreadsWithin` says. */
export function variableQueue(
  queue: LosslessQueue,
  factor: number,
  spreadsWithin: (seconds: number) => ServiceSpreads,
): LosslessQueue {
  const waitTail = (seconds: number): number => queue.waitTail(seconds / factor);
  const lateWith = ({ lateProbability, parts }: ServiceSpread): number => {
    let late = lateProbability;
    for (const { leftSeconds, probability } of parts) late += probability * waitTail(leftSeconds);
    return late;
  };
  return {
    waitProbability: queue.waitProbability,
    meanWaitSeconds: queue.meanWaitSeconds * factor,
    waitTail,
    responseTail: (seconds) => {
      if (seconds <= 0) return 1;
      const spreads = spreadsWithin(seconds);
      return Math.min(1, spreads.counted(lateWith(spreads.exponential), lateWith(spreads.measured)));
    },
  };
}
