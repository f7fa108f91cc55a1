/**
 * Discrete-event simulation of replicas that serve requests first come first served: what the queueing formulas are
 * measured against. Pure and seeded: the same run gives the same numbers.
 */
import { createRandom } from '../../src/domain/random.ts';
import type { Dispatch } from '../../src/policy/policy.ts';
import type { Draw } from './distributions.ts';
import { createDispatcher } from './dispatchers.ts';
import { createTimeHeap } from '../../src/replay/requests/time-heap.ts';

export interface SimulatedSystem {
  readonly replicas: number;
  readonly serversPerReplica: number;
  readonly dispatch: Dispatch;
  readonly interarrival: Draw;
  readonly service: Draw;
  /** A client leaves the queue after this long; absent: never. */
  readonly patience?: Draw;
  /** Requests a replica holds before it sheds; absent: no limit. With a central queue, times the replicas. */
  readonly queueLimitRequests?: number;
}

export interface SimulationRun {
  readonly seed: number;
  readonly requests: number;
  /** Requests before anything is counted. */
  readonly warmUpRequests: number;
  /** Response times whose exceedance is counted. */
  readonly thresholdsSeconds: readonly number[];
}

/** Estimate with the half-width of its 95 % interval (batch means). */
export interface Estimate {
  readonly mean: number;
  readonly halfWidth: number;
}

export interface SimulatedAnswer {
  readonly waitProbability: Estimate;
  readonly meanWaitSeconds: Estimate;
  /** Shed, given up or slower than the threshold, as shares of all requests; as `thresholdsSeconds`. */
  readonly lateProbabilities: readonly Estimate[];
  readonly shedProbability: Estimate;
  readonly abandonProbability: Estimate;
}

const BATCHES = 32;
/** Student's t, 31 degrees of freedom, 97.5 %. */
const T_QUANTILE = 2.0395;

export function simulateReplicas(system: SimulatedSystem, run: SimulationRun): SimulatedAnswer {
  const random = createRandom(run.seed);
  const state = createState(system);
  const thresholds = run.thresholdsSeconds;
  const tally = createTally(4 + thresholds.length);
  const perBatch = Math.ceil(run.requests / BATCHES);
  let nowSeconds = 0;
  for (let i = -run.warmUpRequests; i < perBatch * BATCHES; i += 1) {
    nowSeconds += system.interarrival(random);
    const fate = state.arrive(nowSeconds, random);
    if (i < 0) continue;
    const batch = Math.floor(i / perBatch);
    tally.add(0, batch, fate.waitSeconds > 0 ? 1 : 0);
    tally.add(1, batch, fate.waitSeconds);
    tally.add(2, batch, fate.kind === 'shed' ? 1 : 0);
    tally.add(3, batch, fate.kind === 'abandoned' ? 1 : 0);
    thresholds.forEach((threshold, k) => {
      const inTime = fate.kind === 'served' && fate.responseSeconds <= threshold;
      tally.add(4 + k, batch, inTime ? 0 : 1);
    });
  }
  return {
    waitProbability: tally.estimate(0, perBatch),
    meanWaitSeconds: tally.estimate(1, perBatch),
    shedProbability: tally.estimate(2, perBatch),
    abandonProbability: tally.estimate(3, perBatch),
    lateProbabilities: thresholds.map((_, k) => tally.estimate(4 + k, perBatch)),
  };
}

interface Fate {
  kind: 'served' | 'shed' | 'abandoned';
  waitSeconds: number;
  responseSeconds: number;
}

/**
 * First come first served needs no event for a start of service: a request's start is known when it arrives, the
 * moment the replica's first server gets free after all before it. Departures are events only for those who count
 * what a replica holds. One that gives up never takes its server.
 */
function createState(system: SimulatedSystem): {
  arrive: (nowSeconds: number, random: () => number) => Fate;
} {
  const central = system.dispatch === 'Central';
  const replicas = central ? 1 : system.replicas;
  const servers = central ? system.replicas * system.serversPerReplica : system.serversPerReplica;
  const limit = (system.queueLimitRequests ?? Infinity) * (central ? system.replicas : 1);
  const patience = system.patience ?? (() => Infinity);
  const dispatcher = system.dispatch === 'Central' ? undefined : createDispatcher(system.dispatch, replicas);
  const free = Array.from({ length: replicas }, () => createTimeHeap());
  const held = new Int32Array(replicas);
  const departures = createTimeHeap();
  const fate: Fate = { kind: 'served', waitSeconds: 0, responseSeconds: 0 };

  const startSeconds = (replica: number, nowSeconds: number): number =>
    free[replica].size() < servers ? nowSeconds : Math.max(nowSeconds, free[replica].earliest());
  const departUntil = (nowSeconds: number): void => {
    while (departures.earliest() <= nowSeconds) {
      const replica = departures.pop();
      held[replica] -= 1;
      dispatcher?.left(replica);
    }
  };
  return {
    arrive(nowSeconds, random) {
      departUntil(nowSeconds);
      const replica = dispatcher?.choose(random) ?? 0;
      fate.waitSeconds = 0;
      fate.responseSeconds = 0;
      fate.kind = 'shed';
      if (held[replica] >= limit) return fate;
      held[replica] += 1;
      dispatcher?.joined(replica);
      const start = startSeconds(replica, nowSeconds);
      const patienceSeconds = patience(random);
      fate.waitSeconds = Math.min(start - nowSeconds, patienceSeconds);
      fate.kind = start - nowSeconds > patienceSeconds ? 'abandoned' : 'served';
      const serviceSeconds = fate.kind === 'served' ? system.service(random) : 0;
      fate.responseSeconds = fate.waitSeconds + serviceSeconds;
      if (fate.kind === 'served') {
        if (free[replica].size() >= servers) free[replica].pop();
        free[replica].push(start + serviceSeconds, 0);
      }
      departures.push(nowSeconds + fate.responseSeconds, replica);
      return fate;
    },
  };
}

function createTally(columns: number): {
  add: (column: number, batch: number, value: number) => void;
  estimate: (column: number, perBatch: number) => Estimate;
} {
  const sums = new Float64Array(columns * BATCHES);
  return {
    add: (column, batch, value) => (sums[column * BATCHES + batch] += value),
    estimate(column, perBatch) {
      const means = Array.from(
        sums.subarray(column * BATCHES, (column + 1) * BATCHES),
        (sum) => sum / perBatch,
      );
      const mean = means.reduce((total, each) => total + each, 0) / BATCHES;
      const variance = means.reduce((total, each) => total + (each - mean) ** 2, 0) / (BATCHES - 1);
      return { mean, halfWidth: T_QUANTILE * Math.sqrt(variance / BATCHES) };
    },
  };
}
