/**
 * Response times at one replica that serves `servers` requests at a time, first come first served, each at
 * `serviceRateRps`: what a request goes through that n others must leave before its own service starts.
 */
import { integrate } from './integrate.ts';
import { responseTail } from './mmc.ts';
import { MOST_STAGES, stagesGoneThrough } from './stage-lateness.ts';
import type { ReplicaServers, StageLateness } from './stage-lateness.ts';

/** How many others an arriving request has to see off: n = 1 with the first, n >= 2 with second * ratio^(n-2). */
export interface QueuePositions {
  readonly waitProbability: number;
  readonly firstProbability: number;
  readonly secondProbability: number;
  /** In 0..1, below 1. */
  readonly ratio: number;
}

/** Stages that are this improbable to be gone through, or to be needed, are left out. */
const NEGLIGIBLE = 1e-16;
/** Below it the difference of the two exponentials has no digits left. */
const SMALL_RATIO = 1e-9;
const TAIL_TOLERANCE = 1e-12;

/** E[Wq], seconds: each of the n takes 1/(k mu) in the mean. */
export function positionsMeanWaitSeconds(positions: QueuePositions, replica: ReplicaServers): number {
  const { firstProbability, secondProbability, ratio } = positions;
  const stages = firstProbability + secondProbability * (2 / (1 - ratio) + ratio / (1 - ratio) ** 2);
  return stages / (replica.servers * replica.serviceRateRps);
}

/** P(Wq > seconds): a stage for n = 1; a stage and a geometric number of them, one slower exponential, for the rest. */
export function positionsWaitTail(
  positions: QueuePositions,
  { serviceRateRps, servers }: ReplicaServers,
  seconds: number,
): number {
  const { firstProbability, secondProbability, ratio } = positions;
  const stages = servers * serviceRateRps * seconds;
  const one = Math.exp(-stages);
  const more =
    ratio * stages < SMALL_RATIO ? one * (1 + stages) : one + (Math.exp(-stages * (1 - ratio)) - one) / ratio;
  return firstProbability * one + (secondProbability / (1 - ratio)) * more;
}

/** P(T > t) - e^(-mu t): the lateness that waiting adds. */
export function positionsLateness(positions: QueuePositions, stages: StageLateness): number {
  const first = positions.firstProbability * stages.behind[0];
  return positions.secondProbability < NEGLIGIBLE ? first : first + beyondFirst(positions, stages);
}

/** The part of those that have at least two to see off. */
function beyondFirst(positions: QueuePositions, stages: StageLateness): number {
  const { secondProbability, ratio } = positions;
  const { behind, behindAll, replica, seconds, floor } = stages;
  const needed = stagesNeeded(ratio);
  if (Math.min(needed, stagesGoneThrough(replica, seconds)) > MOST_STAGES)
    return (secondProbability / (1 - ratio)) * (geometricTail(positions, replica, seconds) - floor);
  const count = Math.min(needed, behind.length);
  let beyond = 0;
  let weight = secondProbability;
  for (let n = 2; n <= count; n += 1, weight *= ratio) beyond += weight * behind[n - 1];
  // Whoever stands behind more than can leave in that time is late for certain.
  return beyond + (weight / (1 - ratio)) * behindAll;
}

/**
 * P(T > seconds) for n = 2 + geometric: one stage of rate b = k mu, then a geometric number of them, which together
 * are one exponential of rate b (1 - ratio), then the service. The first is integrated over its quantiles.
 */
function geometricTail({ ratio }: QueuePositions, replica: ReplicaServers, seconds: number): number {
  const { serviceRateRps, servers } = replica;
  const stageRps = servers * serviceRateRps;
  const rates = { serviceRateRps, drainRateRps: stageRps * (1 - ratio) };
  const over = -Math.expm1(-stageRps * seconds);
  const restTail = (level: number): number =>
    responseTail(rates, 1, Math.max(0, seconds + Math.log1p(-level) / stageRps));
  return 1 - over + integrate(restTail, 0, over, TAIL_TOLERANCE);
}

/** More than the geometric weights reach are never needed. */
function stagesNeeded(ratio: number): number {
  return ratio > 0 ? Math.max(2, Math.ceil(Math.log(NEGLIGIBLE) / Math.log(ratio)) + 2) : 2;
}
