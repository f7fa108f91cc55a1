/**
 * The steady state of the birth-death chain with births lambda below K and deaths min(n, c) mu + max(n - c, 0) theta, n
 * being the requests in service and waiting: its weights, summed by what they mean.
 */
import { lnGamma } from './ln-gamma.ts';
import { drainRate } from './mmc.ts';

export interface ImpatientSystem {
  readonly arrivalRateRps: number;
  /** Of one server. */
  readonly serviceRateRps: number;
  readonly servers: number;
  /** K, in service and waiting; Infinity: no limit (then theta must be above 0, or the load below the servers). */
  readonly limitRequests: number;
  /** theta = 1 / mean patience, per second; 0: nobody gives up. */
  readonly abandonRateRps: number;
}

/** Weights below this share of the largest no longer change a double. */
const NEGLIGIBLE_RATIO = 1e-20;

/** Sums of the chain's weights, to a common scale. */
export interface ChainSums {
  all: number;
  free: number;
  /** All servers busy; `full` is a part of it. */
  waiting: number;
  full: number;
  /** Sum of weight * (n - c). */
  queued: number;
  /** ln of the weight of n = c: it may be far below the range of doubles. */
  lnAllBusy: number;
}

/** The chain's weights outwards from its most likely state: no powers, no underflow of the ones that count. */
export function chainSums(system: ImpatientSystem): ChainSums {
  const mode = likeliestState(system);
  const busy = mode <= system.servers ? busyFromBelow(system, mode) : busyFromAbove(system, mode);
  const free = mode <= system.servers ? freeAroundMode(system, mode) : freeBelow(system, busy.allBusy);
  return {
    all: free + busy.waiting,
    free,
    waiting: busy.waiting,
    full: busy.full,
    queued: busy.queued,
    lnAllBusy: busy.lnAllBusy ?? Math.log(busy.allBusy),
  };
}

interface BusySums {
  readonly waiting: number;
  readonly full: number;
  readonly queued: number;
  readonly allBusy: number;
  /** Where `allBusy` has no digits left. */
  readonly lnAllBusy?: number;
}

/** The states n >= c, from the weight of c that the walk from the mode (weight 1) ends at. */
function busyFromBelow(system: ImpatientSystem, mode: number): BusySums {
  const { arrivalRateRps, serviceRateRps, servers } = system;
  const loadErlangs = arrivalRateRps / serviceRateRps;
  let allBusy = 1;
  let n = mode;
  for (; n + 4 <= servers && allBusy > 0; n += 4)
    allBusy *= loadErlangs ** 4 / ((n + 1) * (n + 2) * ((n + 3) * (n + 4)));
  for (; n < servers && allBusy > 0; n += 1) allBusy *= loadErlangs / (n + 1);
  if (system.abandonRateRps > 0) return queuedUpwards(system, servers, allBusy);
  const room = system.limitRequests - servers;
  const idleRatio = drainRate(arrivalRateRps, serviceRateRps, servers) / (servers * serviceRateRps);
  const { sum, weighted, last } = geometricSums(idleRatio, room);
  return { waiting: allBusy * sum, queued: allBusy * weighted, full: allBusy * last, allBusy };
}

/** The states from `from` upwards, `weight` being that of `from`. With a limit, on to it: its weight is an answer. */
function queuedUpwards(system: ImpatientSystem, from: number, weight: number): BusySums {
  const { arrivalRateRps, serviceRateRps, servers, abandonRateRps, limitRequests } = system;
  const least = limitRequests === Infinity ? NEGLIGIBLE_RATIO : 0;
  let waiting = weight;
  let queued = weight * (from - servers);
  let here = weight;
  let n = from;
  let drainRps = servers * serviceRateRps + (from - servers) * abandonRateRps;
  for (; n < limitRequests && here > least; n += 1) {
    drainRps += abandonRateRps;
    here *= arrivalRateRps / drainRps;
    waiting += here;
    queued += here * (n + 1 - servers);
  }
  return { waiting, queued, full: n === limitRequests ? here : 0, allBusy: weight };
}

/** Overload: the states n >= c around a mode (weight 1) above c. */
function busyFromAbove(system: ImpatientSystem, mode: number): BusySums {
  const { arrivalRateRps, serviceRateRps, servers, abandonRateRps } = system;
  if (abandonRateRps === 0) {
    const room = mode - servers;
    const lostRatio = -drainRate(arrivalRateRps, serviceRateRps, servers) / arrivalRateRps;
    const { sum, weighted, last } = geometricSums(lostRatio, room);
    const lnAllBusy = room * Math.log1p(-lostRatio);
    return { waiting: sum, queued: room * sum - weighted, full: 1, allBusy: last, lnAllBusy };
  }
  const above = queuedUpwards(system, mode, 1);
  let { waiting, queued } = above;
  let weight = 1;
  let drainRps = deathRate(system, mode);
  let n = mode;
  for (; n > servers && weight > NEGLIGIBLE_RATIO; n -= 1) {
    weight *= drainRps / arrivalRateRps;
    drainRps -= abandonRateRps;
    waiting += weight;
    queued += weight * (n - 1 - servers);
  }
  const lnAllBusy = Math.log(weight) + lnWeightOfAllBusy(system, n);
  return { waiting, queued, full: above.full, allBusy: Math.exp(lnAllBusy), lnAllBusy };
}

/** ln of the weight of c over that of `from` >= c: the product of the death rates between, over the arrival rate. */
function lnWeightOfAllBusy(
  { arrivalRateRps, serviceRateRps, servers, abandonRateRps }: ImpatientSystem,
  from: number,
): number {
  const queued = from - servers;
  const patient = (servers * serviceRateRps) / abandonRateRps;
  return (
    queued * Math.log(abandonRateRps / arrivalRateRps) + lnGamma(patient + queued + 1) - lnGamma(patient + 1)
  );
}

/** Sum of r^j, sum of j r^j, and r^m, for j = 0 … m and r = 1 - `gap`: the sums where they are short, else closed. */
function geometricSums(gap: number, most: number): { sum: number; weighted: number; last: number } {
  const lnRatio = Math.log1p(-gap);
  const last = gap === 1 ? Number(most === 0) : Math.exp(most * lnRatio);
  // 1 - r^m (1 + m gap) loses its digits where r^m is close to 1.
  if (-most * lnRatio > 1) {
    const rest = most === Infinity ? 0 : last * (1 + most * gap);
    return {
      sum: (1 - (most === Infinity ? 0 : last * (1 - gap))) / gap,
      weighted: ((1 - gap) * (1 - rest)) / gap ** 2,
      last: most === Infinity ? 0 : last,
    };
  }
  let sum = 1;
  let weighted = 0;
  let power = 1;
  for (let j = 1; j <= most; j += 1) {
    power *= 1 - gap;
    sum += power;
    weighted += j * power;
  }
  return { sum, weighted, last };
}

/** The states n < c on both sides of a mode (weight 1) of at most c. */
function freeAroundMode(system: ImpatientSystem, mode: number): number {
  const { arrivalRateRps, serviceRateRps, servers } = system;
  const loadErlangs = arrivalRateRps / serviceRateRps;
  let free = mode < servers ? 1 : 0;
  for (let n = mode, weight = 1; n + 1 < servers && weight > NEGLIGIBLE_RATIO; n += 1) {
    weight *= loadErlangs / (n + 1);
    free += weight;
  }
  for (let n = mode, weight = 1; n > 0 && weight > NEGLIGIBLE_RATIO; n -= 1) {
    weight *= n / loadErlangs;
    free += weight;
  }
  return free;
}

/** The states n < c from the weight of c down. */
function freeBelow({ arrivalRateRps, serviceRateRps, servers }: ImpatientSystem, allBusy: number): number {
  const loadErlangs = arrivalRateRps / serviceRateRps;
  let free = 0;
  for (let n = servers, weight = allBusy; n > 0 && weight > NEGLIGIBLE_RATIO; n -= 1) {
    weight *= n / loadErlangs;
    free += weight;
  }
  return free;
}

function deathRate({ serviceRateRps, servers, abandonRateRps }: ImpatientSystem, n: number): number {
  return n <= servers ? n * serviceRateRps : servers * serviceRateRps + (n - servers) * abandonRateRps;
}

export function likeliestState(system: ImpatientSystem): number {
  const { arrivalRateRps, serviceRateRps, servers, abandonRateRps, limitRequests } = system;
  const excessRps = arrivalRateRps - servers * serviceRateRps;
  if (excessRps <= 0) return Math.floor(arrivalRateRps / serviceRateRps);
  const queued = abandonRateRps > 0 ? Math.floor(excessRps / abandonRateRps) : Infinity;
  return Math.min(limitRequests, servers + queued);
}
