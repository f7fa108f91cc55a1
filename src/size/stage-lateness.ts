/**
 * What standing behind others costs at a replica, by how many they are: it depends on the replica and the time allowed
 * alone, not on the load, so one table serves every rate and every count that a sizing looks at.
 */
import { responseTail } from './mmc.ts';
import { poissonAtLeast, poissonWeights } from './poisson.ts';

export interface ReplicaServers {
  readonly serviceRateRps: number;
  readonly servers: number;
}

export interface StageLateness {
  readonly replica: ReplicaServers;
  readonly seconds: number;
  /** e^(-mu t): late without any waiting. */
  readonly floor: number;
  /** P(T > seconds) - floor for a request that n others must leave before, n = 1, 2, … (index 0 is n = 1). */
  readonly behind: Float64Array;
  /** The same for more of them than `behind` has, where they are too many to leave in time. */
  readonly behindAll: number;
}

/** Beyond so many, the stages are not gone through one by one. */
export const MOST_STAGES = 400;

/** So many tables of at most 400 numbers are kept for all who ask. */
const MOST_KEPT = 32;

/** The newest first. Each follows from three numbers alone, and no policy has many of them. */
const kept: StageLateness[] = [];

/** The tables of one kind of replica: a sizing asks for the same again and again, and so does the next one. */
export function stageTables(servers: number): (serviceRateRps: number, seconds: number) => StageLateness {
  let last: StageLateness | undefined;
  return (serviceRateRps, seconds) => {
    if (last?.seconds !== seconds || last.replica.serviceRateRps !== serviceRateRps)
      last = keptLateness({ serviceRateRps, servers }, seconds);
    return last;
  };
}

function keptLateness(replica: ReplicaServers, seconds: number): StageLateness {
  const known = kept.find(
    (table) =>
      table.seconds === seconds &&
      table.replica.servers === replica.servers &&
      table.replica.serviceRateRps === replica.serviceRateRps,
  );
  if (known !== undefined) return known;
  const made = stageLateness(replica, seconds);
  kept.unshift(made);
  if (kept.length > MOST_KEPT) kept.pop();
  return made;
}

function stageLateness(replica: ReplicaServers, seconds: number): StageLateness {
  const { serviceRateRps, servers } = replica;
  const floor = Math.exp(-serviceRateRps * seconds);
  const count = Math.min(MOST_STAGES, stagesGoneThrough(replica, seconds));
  const behind = queuedResponseTails(replica, seconds, count).map((tail) => Math.max(0, tail - floor));
  behind[0] = responseTail({ serviceRateRps, drainRateRps: servers * serviceRateRps }, 1, seconds) - floor;
  return { replica, seconds, floor, behind, behindAll: 1 - floor };
}

/** As many as never leave in that time: the mean + 9 deviations. */
export function stagesGoneThrough({ serviceRateRps, servers }: ReplicaServers, seconds: number): number {
  const mean = servers * serviceRateRps * seconds;
  return Math.ceil(mean + 9 * Math.sqrt(mean) + 30);
}

/**
 * P(T > seconds) behind n others, n = 1 … count (index 0 is n = 1): n exponential stages of rate b = k mu, then one
 * of rate mu. P = P(Poisson(b t) < n) + e^(-mu t) (b/(b-mu))^n P(Poisson((b-mu) t) >= n); for k = 1 the second term
 * is the Poisson weight of n.
 */
function queuedResponseTails(
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
  const weights = poissonWeights(mean, count);
  let tail = poissonAtLeast(count, mean);
  for (let n = count; n >= 1; n -= 1) {
    // The power overflows only where the tail has long underflowed.
    if (tail > 0) result[n - 1] = floor * tail * (servers / (servers - 1)) ** n;
    tail += weights[n - 1];
  }
  return result;
}
