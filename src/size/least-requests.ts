/**
 * Least requests: every request joins the replica that holds the fewest. With b busy servers of c = N k and q
 * requests waiting, spread evenly, (b, q) is a Markov chain: an arrival takes a free server or, if there is none,
 * waits; a departure from one of the w = min(q, N) replicas with a queue shortens it (rate w k mu), one from another
 * frees a server (rate (b - w k) mu). Its solution agrees with simulation within the noise, and is too slow to size
 * with. What is used is a bracket of it:
 * - from below, b taken as settled at each q: then it is an Erlang loss system of c - w k servers, and q a
 *   birth-death chain with births lambda B(c - w k, a) and deaths w k mu (exact for N = 1);
 * - from above, Erlang C: no server idles while anything waits;
 * the wait probability being their geometric mean with weight 1 - 2/3 k^(-1/4) on Erlang C, which was fitted to the
 * chain for k = 1 … 50, N = 2 … 200, utilization 0.5 … 0.98.
 */
import { climbedInverseErlangB, inverseErlangB, offeredLoad, waitProbabilityFrom } from './erlang.ts';
import type { OfferedLoad } from './erlang.ts';
import type { Mutable } from '../domain/mutable.ts';
import type { QueuePositions } from './queue-position.ts';

/** Probabilities below this share of the sum so far no longer matter. */
const NEGLIGIBLE_RATIO = 1e-16;
/** A wait this rare is not worth a closer look. */
const NEGLIGIBLE_WAIT = 1e-15;
const FIRST_CHUNK_REPLICAS = 6;
/** With more servers to a replica, a sum for each is faster than the recurrence across them. */
const SERVERS_FOR_SUM = 400;

/** Written over by every chunk: millions are looked at, and mostly the first one is all there is. */
let chunk = new Float64Array(256);
/** Of the newest walk, written over by the next. */
const walked = { sum: 0, first: 0, weight: 0 };

export interface Replicas {
  /** Of all replicas together: above 0, below replicas * servers. */
  readonly loadErlangs: number;
  readonly replicas: number;
  /** Of one replica. */
  readonly servers: number;
}

export function leastRequestsPositions(system: Replicas): QueuePositions {
  const servers = system.replicas * system.servers;
  const load = offeredLoad(system.loadErlangs, 1);
  const central = waitProbabilityFrom(inverseErlangB(servers, load), servers, {
    erlangs: system.loadErlangs,
    spareErlangs: servers - system.loadErlangs,
  });
  if (central < NEGLIGIBLE_WAIT)
    return { waitProbability: central, firstProbability: central, secondProbability: 0, ratio: 0 };
  const settled = settledPositions(system, load);
  if (system.replicas === 1) return settled;
  const weight = 1 - (2 / 3) * system.servers ** -0.25;
  return scaleTo(settled, settled.waitProbability * (central / settled.waitProbability) ** weight);
}

/** To the same shape with another wait probability: the very one that is given. */
function scaleTo(positions: Mutable<QueuePositions>, waitProbability: number): QueuePositions {
  const factor = positions.waitProbability > 0 ? waitProbability / positions.waitProbability : 0;
  positions.waitProbability = waitProbability;
  positions.firstProbability *= factor;
  positions.secondProbability *= factor;
  return positions;
}

/** The birth-death chain of q. From q = N on its weights fall by rho each: N to a stage, so rho^N from stage to stage. */
function settledPositions(system: Replicas, load: OfferedLoad): Mutable<QueuePositions> {
  const { loadErlangs, replicas, servers } = system;
  walkBelow(system, load);
  const { sum: below, first, weight } = walked;
  // The last weight is that of q = N, or negligible.
  const spareRatio = Math.max(Number.EPSILON, 1 - loadErlangs / (replicas * servers));
  const stageRatio = Math.exp(replicas * Math.log1p(-spareRatio));
  const beyond = weight > NEGLIGIBLE_RATIO * below ? weight / spareRatio : 0;
  const sum = below + beyond - weight;
  return {
    waitProbability: (first + beyond) / sum,
    firstProbability: first / sum,
    secondProbability: (beyond * (1 - stageRatio)) / sum,
    ratio: stageRatio,
  };
}

/** Up from q = 0 (weight 1) to q = N or to where the weights no longer matter, a chunk of counts at a time. */
function walkBelow(system: Replicas, load: OfferedLoad): void {
  const { loadErlangs, replicas, servers } = system;
  const perServer = loadErlangs / servers;
  let sum = 1;
  let first = 0;
  let weight = 1;
  let from = 0;
  while (from < replicas && weight > NEGLIGIBLE_RATIO * sum) {
    // Chunks double: mostly the first few replicas are all that is asked for.
    const to = Math.min(replicas, 2 * from + FIRST_CHUNK_REPLICAS);
    const inverse = inverseBlockings(load, { from, to, replicas, servers });
    for (let queued = from; queued < to && weight > NEGLIGIBLE_RATIO * sum; queued += 1) {
      const blocked = weight / inverse[queued - from];
      first += blocked;
      weight = (perServer * blocked) / (queued + 1);
      sum += weight;
    }
    from = to;
  }
  walked.sum = sum;
  walked.first = first;
  walked.weight = weight;
}

/** 1 / B(c - w k, a) for w = from … to - 1, until the next call: one sum for the smallest count, then the recurrence upwards. */
function inverseBlockings(
  load: OfferedLoad,
  { from, to, replicas, servers }: { from: number; to: number; replicas: number; servers: number },
): Float64Array {
  if (chunk.length < to - from) chunk = new Float64Array(2 * (to - from));
  const inverses = chunk;
  let count = (replicas - to + 1) * servers;
  let inverse = inverseErlangB(count, load);
  inverses[to - from - 1] = inverse;
  for (let index = to - from - 2; index >= 0; index -= 1) {
    inverse =
      servers > SERVERS_FOR_SUM
        ? inverseErlangB(count + servers, load)
        : climbedInverseErlangB(inverse, { from: count, steps: servers }, load);
    count += servers;
    inverses[index] = inverse;
  }
  return inverses;
}
