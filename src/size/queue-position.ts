/**
 * Response times at one replica that serves `servers` requests at a time, first come first served, each at
 * `serviceRateRps`: what a request has before it that finds `ahead` others there.
 */

/** Poisson weights e^-m m^n / n! for n = 0, 1, …; `mean` up to about 700 (above, e^-mean is no longer a double). */
function poissonWeights(mean: number, count: number): Float64Array {
  const weights = new Float64Array(count);
  for (let n = 0, weight = Math.exp(-mean); n < count; n += 1, weight *= mean / n) weights[n] = weight;
  return weights;
}

export interface ReplicaServers {
  readonly serviceRateRps: number;
  readonly servers: number;
}

/**
 * P(T > seconds) for a request that n others must leave before its own service starts … for n = 1, 2, …, `count`:
 * the sum of n exponential stages of rate k mu and one of rate mu. Index 0 is n = 1.
 * With b = k mu: P = P(Poisson(b t) < n) + e^(-mu t) (b/(b-mu))^n P(Poisson((b-mu) t) >= n), and for k = 1 the
 * second term is the Poisson weight of n itself.
 */
export function queuedResponseTails(
  { serviceRateRps, servers }: ReplicaServers,
  seconds: number,
  count: number,
): Float64Array {
  const drained = poissonWeights(servers * serviceRateRps * seconds, count + 1);
  const inService = inServiceProbabilities({ serviceRateRps, servers }, seconds, count);
  const tails = new Float64Array(count);
  for (let n = 1, stillWaiting = 0; n <= count; n += 1) {
    stillWaiting += drained[n - 1];
    tails[n - 1] = Math.min(1, stillWaiting + (servers === 1 ? drained[n] : inService[n - 1]));
  }
  return tails;
}

/** P(the n stages are over and the service is not), n = 1 … count. */
function inServiceProbabilities(
  { serviceRateRps, servers }: ReplicaServers,
  seconds: number,
  count: number,
): Float64Array {
  const result = new Float64Array(count);
  if (servers === 1) return result;
  const mean = (servers - 1) * serviceRateRps * seconds;
  const floor = Math.exp(-serviceRateRps * seconds);
  // The upper Poisson tail is summed from its far end: a difference from 1 would lose the small ones.
  const terms = count + Math.ceil(mean + 12 * Math.sqrt(mean + 1)) + 40;
  const weights = poissonWeights(mean, terms);
  let tail = 0;
  for (let n = terms - 1; n > count; n -= 1) tail += weights[n];
  for (let n = count; n >= 1; n -= 1) {
    tail += weights[n];
    result[n - 1] = floor * tail * (servers / (servers - 1)) ** n;
  }
  return result;
}
