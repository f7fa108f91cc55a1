/**
 * Round robin: each replica gets every N-th request. With Poisson arrivals its interarrival times are Erlang with N
 * phases, and it is a GI/M/k: exact (L. Takács, Introduction to the Theory of Queues, 1962, ch. 2). The wait is 0
 * with probability 1 - p, else exponential with rate k mu (1 - sigma), where sigma is the root in (0, 1) of
 * sigma = phi(k mu (1 - sigma)) and phi the transform of the interarrival time.
 */
import type { DelayedQueue } from './mmc.ts';

const NEWTON_STEPS = 60;
const NEWTON_PRECISION = 1e-15;
/** Below this share of idle servers, Newton's method has lost as many digits as the limit leaves out: eight. */
const NEARLY_SATURATED = 1e-8;
/** Closer to its double zero than this, the quotient of the sum is taken from its derivatives. */
const NEAR_ROOT = 1e-6;

interface Replica {
  /** Requests per second to all replicas: the rate of one Erlang phase. */
  readonly arrivalRateRps: number;
  readonly serviceRateRps: number;
  readonly servers: number;
  readonly replicas: number;
}

/** One replica's queue as its requests see it. The arrival rate must be above 0 and below the capacity. */
export function roundRobinQueue(replica: Replica): DelayedQueue {
  const { serviceRateRps, servers } = replica;
  const spare = spareRatio(replica);
  return {
    serviceRateRps,
    drainRateRps: servers * serviceRateRps * spare,
    waitProbability: waitProbability(replica, spare),
  };
}

/** 1 - phi(j mu) for the Erlang interarrival time, without cancellation. */
function oneMinusTransform({ arrivalRateRps, serviceRateRps, replicas }: Replica, j: number): number {
  return -Math.expm1(-replicas * Math.log1p((j * serviceRateRps) / arrivalRateRps));
}

/**
 * x = 1 - sigma: Newton's method from x = 1 downwards, where the function is concave, never passes the root. Next to
 * saturation its terms cancel; there the heavy-traffic limit 2 (1 - rho) / (1 + ca2) with ca2 = 1/N is as good.
 */
function spareRatio(replica: Replica): number {
  const { arrivalRateRps, serviceRateRps, servers, replicas } = replica;
  const capacity = servers * serviceRateRps;
  const idleRatio = (replicas * capacity - arrivalRateRps) / (replicas * capacity);
  if (idleRatio < NEARLY_SATURATED) return (2 * idleRatio) / (1 + 1 / replicas);
  let x = 1;
  for (let i = 0; i < NEWTON_STEPS; i += 1) {
    const transformGap = oneMinusTransform(replica, servers * x);
    const slope = (replicas * capacity * (1 - transformGap)) / (arrivalRateRps + capacity * x) - 1;
    const step = (transformGap - x) / slope;
    x -= step;
    if (Math.abs(step) <= NEWTON_PRECISION * x) break;
  }
  return x;
}

/** All terms of the sum are positive: numerator and denominator of the last quotient change sign at the same j. */
function waitProbability(replica: Replica, spare: number): number {
  const { servers } = replica;
  let weight = 1;
  let sum = 1 / spare;
  for (let j = 1; j <= servers; j += 1) {
    const gap = oneMinusTransform(replica, j);
    weight *= ((servers - j + 1) / j) * (gap / (1 - gap));
    sum += (weight / gap) * signQuotient(replica, { j, gap, spare });
  }
  return Math.min(1, 1 / (spare * sum));
}

function signQuotient(replica: Replica, at: { j: number; gap: number; spare: number }): number {
  const { arrivalRateRps, serviceRateRps, servers, replicas } = replica;
  const denominator = servers * at.spare - at.j;
  if (Math.abs(denominator) > NEAR_ROOT * servers) return (servers * at.gap - at.j) / denominator;
  const slope = (replicas * serviceRateRps * (1 - at.gap)) / (arrivalRateRps + at.j * serviceRateRps);
  return 1 - servers * slope;
}
