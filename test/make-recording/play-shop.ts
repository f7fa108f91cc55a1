/** The shop at work: arrivals in, one row of metrics per minute out. */
import type { Random } from '../../src/domain/random.ts';
import { serveFor, type QueueInput, type QueueOutcome } from './queue.ts';
import { createReactiveFleet } from './reactive-fleet.ts';
import {
  DEPLOYS_AT_MS,
  OUTAGE,
  SERVERS_PER_REPLICA,
  SERVICE_RATE_RPS,
  START_AT_MS,
  STEP_SECONDS,
} from './scenario.ts';
import { sampleNormal } from '../../src/domain/samplers.ts';

/** One minute of the shop as its monitoring would have seen it; means over the minute. */
export interface ShopMinute {
  readonly atMs: number;
  readonly arrivalRateRps: number;
  /** Answers and give-ups: everything that left. */
  readonly throughputRps: number;
  readonly gaveUpRps: number;
  readonly inFlightRequests: number;
  readonly busyServers: number;
  readonly servers: number;
}

const SUBSTEP_SECONDS = 5;
const SUBSTEPS = STEP_SECONDS / SUBSTEP_SECONDS;
/** CPU that a replica uses for itself, and what all its servers busy add. */
const IDLE_CPU_RATIO = 0.05;
const BUSY_CPU_RATIO = 0.9;
const REPLICAS_AT_START = 6;

/** Plays the shop over [minute] arrival counts. `steadyWaitingRequests`: the line of M/M/c at rest, else Infinity. */
export function playShop(
  arrivalCounts: readonly number[],
  random: Random,
  steadyWaitingRequests: (input: QueueInput) => number,
): ShopMinute[] {
  const fleet = createReactiveFleet(REPLICAS_AT_START);
  let waitingRequests = 0;
  return arrivalCounts.map((count, minute) => {
    const atMs = START_AT_MS + minute * STEP_SECONDS * 1000;
    const arrivalRateRps = count / STEP_SECONDS;
    const serviceRateRps = serviceRateAt(atMs) * (1 + 0.004 * sampleNormal(random));
    let servers = 0;
    const outcomes = Array.from({ length: SUBSTEPS }, () => {
      const ready = fleet.readyReplicas() * SERVERS_PER_REPLICA;
      servers += ready / SUBSTEPS;
      const input = {
        arrivalRateRps,
        servers: ready,
        serviceRateRps,
        waitingRequests,
        seconds: SUBSTEP_SECONDS,
      };
      const outcome = serveFor(input, steadyWaitingRequests);
      waitingRequests = outcome.waitingRequests;
      fleet.advance(SUBSTEP_SECONDS, cpuUtilizationRatio(outcome.meanBusyServers / ready));
      return outcome;
    });
    return { atMs, arrivalRateRps, servers, ...minuteMeans(outcomes) };
  });
}

/** CPU share (0..1) of a replica of whose servers this share is busy. */
export function cpuUtilizationRatio(busyRatio: number): number {
  return IDLE_CPU_RATIO + BUSY_CPU_RATIO * busyRatio;
}

function minuteMeans(
  outcomes: readonly QueueOutcome[],
): Omit<ShopMinute, 'atMs' | 'arrivalRateRps' | 'servers'> {
  const mean = (of: (outcome: QueueOutcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length;
  return {
    throughputRps: mean((outcome) => outcome.answeredRps + outcome.gaveUpRps),
    gaveUpRps: mean((outcome) => outcome.gaveUpRps),
    inFlightRequests: mean((outcome) => outcome.meanWaitingRequests + outcome.meanBusyServers),
    busyServers: mean((outcome) => outcome.meanBusyServers),
  };
}

/** What a server completes per second: less while caches are cold after a deploy, far less on a slow database. */
export function serviceRateAt(atMs: number): number {
  if (atMs >= OUTAGE.slowdownAtMs && atMs < OUTAGE.gapStartAtMs) return SERVICE_RATE_RPS * 0.3;
  const deploy = DEPLOYS_AT_MS.findLast((deployedAtMs) => deployedAtMs <= atMs);
  if (deploy === undefined) return SERVICE_RATE_RPS;
  const minutes = (atMs - deploy) / 60_000;
  return SERVICE_RATE_RPS * (1 - 0.2 * Math.exp(-Math.max(0, minutes - 10) / 20));
}
