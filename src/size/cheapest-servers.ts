/**
 * The cost optimum of M/M/c over counts of replicas, as fast as it goes: one Erlang evaluation at a guess, then steps
 * of O(1) to either side. The cost is convex above the load, so the first rise ends the walk.
 */
import { climbedInverseErlangB, inverseErlangB, offeredLoad } from './erlang.ts';
import type { OfferedLoad } from './erlang.ts';
import { drainRate } from './mmc.ts';

export interface ServerCost {
  readonly arrivalRateRps: number;
  /** Of one server. */
  readonly serviceRateRps: number;
  readonly serversPerReplica: number;
  readonly sloSeconds: number;
  readonly perReplicaSecond: number;
  /** One request over the SLO. */
  readonly perViolation: number;
}

/**
 * The count of at least 1, above the load, with the lowest replicas * perReplicaSecond + perViolation * arrivalRate *
 * P(T > SLO); the smaller of two that cost the same. Rates and perReplicaSecond above 0.
 */
export function cheapestReplicas(given: ServerCost): number {
  const curve = createCurve(given);
  const guessed = Math.max(curve.lowest, guess(curve, given));
  let inverse = inverseErlangB(guessed * given.serversPerReplica, curve.load);
  let replicas = guessed;
  let cost = costAt(curve, replicas, inverse);
  for (;;) {
    const nextInverse = climbed(curve, replicas, inverse);
    const nextCost = costAt(curve, replicas + 1, nextInverse);
    if (nextCost >= cost) break;
    replicas += 1;
    inverse = nextInverse;
    cost = nextCost;
  }
  if (replicas > guessed) return replicas;
  while (replicas > curve.lowest) {
    inverse = descended(curve, replicas, inverse);
    const lowerCost = costAt(curve, replicas - 1, inverse);
    if (lowerCost > cost) break;
    replicas -= 1;
    cost = lowerCost;
  }
  return replicas;
}

/** What is the same for all counts. */
interface Curve {
  readonly load: OfferedLoad;
  readonly serversPerReplica: number;
  readonly lowest: number;
  /** c - a at the lowest count, with the digits that a difference of the two would lose. */
  readonly lowestSpareErlangs: number;
  readonly scaledSeconds: number;
  readonly floor: number;
  readonly perReplicaSecond: number;
  /** Price per second of everybody being late. */
  readonly allLatePerSecond: number;
}

function createCurve(given: ServerCost): Curve {
  const { arrivalRateRps, serviceRateRps, serversPerReplica, sloSeconds } = given;
  let lowest = Math.max(1, Math.floor(arrivalRateRps / (serviceRateRps * serversPerReplica)));
  while (!(drainRate(arrivalRateRps, serviceRateRps, lowest * serversPerReplica) > 0)) lowest += 1;
  const scaledSeconds = serviceRateRps * sloSeconds;
  return {
    load: offeredLoad(arrivalRateRps, serviceRateRps),
    serversPerReplica,
    lowest,
    lowestSpareErlangs:
      drainRate(arrivalRateRps, serviceRateRps, lowest * serversPerReplica) / serviceRateRps,
    scaledSeconds,
    floor: Math.exp(-scaledSeconds),
    perReplicaSecond: given.perReplicaSecond,
    allLatePerSecond: given.perViolation * arrivalRateRps,
  };
}

/**
 * Square-root staffing (Borst, Mandelbaum, Reiman 2004): a + y sqrt(a) servers, y from what a server costs against
 * what it saves where every wait makes late; the curve through y was fitted. Only a start: a bad guess costs steps,
 * never the answer.
 */
function guess(curve: Curve, { serviceRateRps, perViolation }: ServerCost): number {
  const { floor, perReplicaSecond, serversPerReplica, load } = curve;
  const worth = Math.log1p((perViolation * serviceRateRps * floor * serversPerReplica) / perReplicaSecond);
  const spare = Math.sqrt(worth * load.erlangs) * (1 + 0.037 * worth);
  return Math.floor((load.erlangs + (Number.isFinite(spare) ? spare : 0)) / serversPerReplica);
}

function climbed({ load, serversPerReplica: steps }: Curve, replicas: number, inverse: number): number {
  return climbedInverseErlangB(inverse, { from: replicas * steps, steps }, load);
}

/** R(c - 1) = (R(c) - 1) a / c: above the load R is large, and the difference costs nothing. */
function descended({ load, serversPerReplica }: Curve, replicas: number, inverseBlocking: number): number {
  const servers = replicas * serversPerReplica;
  let inverse = inverseBlocking;
  for (let i = 0; i < serversPerReplica; i += 1) inverse = ((inverse - 1) * load.erlangs) / (servers - i);
  return inverse;
}

/** As `mmcResponseTail`, with what does not depend on the count taken out. */
function costAt(curve: Curve, replicas: number, inverseBlocking: number): number {
  const { floor, scaledSeconds, serversPerReplica } = curve;
  const spare = curve.lowestSpareErlangs + (replicas - curve.lowest) * serversPerReplica;
  const wait = (replicas * serversPerReplica) / (curve.load.erlangs + spare * inverseBlocking);
  const gap = Math.abs(spare - 1);
  const share = gap === 0 ? scaledSeconds : -Math.expm1(-gap * scaledSeconds) / gap;
  const slower = spare < 1 ? Math.exp(-spare * scaledSeconds) : floor;
  return replicas * curve.perReplicaSecond + curve.allLatePerSecond * (floor + wait * slower * share);
}
