/**
 * Power of two choices: a request looks at two replicas picked at random and joins the one with fewer requests.
 * Mean field (many replicas): s_i, the share of replicas with at least i requests, is the fixed point of
 *   lambda (s_(i-1)^2 - s_i^2) = mu min(i, k) (s_i - s_(i+1)),
 * Vvedenskaya, Dobrushin, Karpelevich 1996 and Mitzenmacher 2001 for k = 1, where s_i = rho^(2^i - 1).
 */
import { queuedResponseTails } from './queue-position.ts';
import type { ReplicaServers } from './queue-position.ts';

const CHOICES = 2;
/** Shares below this no longer change a probability that anyone reads. */
const NEGLIGIBLE_SHARE = 1e-18;
const BISECTIONS = 200;

export interface ReplicaShares {
  /** s_i for i = 0 … k, then on while they matter: share of replicas with at least i requests. */
  readonly atLeast: readonly number[];
}

/** `loadErlangs`: offered load of one replica, above 0 and below `servers`. */
export function meanFieldShares(loadErlangs: number, servers: number): ReplicaShares {
  let low = 0;
  let high = 1;
  for (let i = 0; i < BISECTIONS && high - low > 1e-16 * high; i += 1) {
    const middle = (low + high) / 2;
    if (sharesDownFrom(middle, loadErlangs, servers)[0] > 1) high = middle;
    else low = middle;
  }
  const atLeast = sharesDownFrom(low, loadErlangs, servers);
  atLeast[0] = 1;
  const ratio = loadErlangs / servers;
  for (let next = ratio * low ** CHOICES; next > NEGLIGIBLE_SHARE; next = ratio * next ** CHOICES)
    atLeast.push(next);
  return { atLeast };
}

/** s_0 … s_k from s_k: the fixed point solved downwards, where all its terms are positive. s_0 must come out as 1. */
function sharesDownFrom(busiest: number, loadErlangs: number, servers: number): number[] {
  const shares = new Array<number>(servers + 1);
  shares[servers] = busiest;
  let above = (loadErlangs / servers) * busiest ** CHOICES;
  for (let i = servers; i >= 1; i -= 1) {
    const flow = shares[i] ** CHOICES + (i / loadErlangs) * (shares[i] - above);
    above = shares[i];
    shares[i - 1] = flow ** (1 / CHOICES);
  }
  return shares;
}

/** P(a request finds both of its replicas with at least k + n requests), n = 0, 1, …: it then waits. */
export function waitingProbabilities(shares: ReplicaShares, servers: number): number[] {
  return shares.atLeast.slice(servers).map((share) => share ** CHOICES);
}

/** P(T > seconds) with the mean-field shares. */
export function powerOfTwoTail(shares: ReplicaShares, replica: ReplicaServers, seconds: number): number {
  const waiting = waitingProbabilities(shares, replica.servers);
  const tails = queuedResponseTails(replica, seconds, waiting.length);
  let late = (1 - waiting[0]) * Math.exp(-replica.serviceRateRps * seconds);
  waiting.forEach((probability, n) => {
    late += (probability - (waiting[n + 1] ?? 0)) * tails[n];
  });
  return Math.min(1, late);
}

/** E[Wq], seconds: each request ahead beyond the k in service takes 1/(k mu) in the mean. */
export function powerOfTwoMeanWaitSeconds(shares: ReplicaShares, replica: ReplicaServers): number {
  const sum = waitingProbabilities(shares, replica.servers).reduce((total, p) => total + p, 0);
  return sum / (replica.servers * replica.serviceRateRps);
}
