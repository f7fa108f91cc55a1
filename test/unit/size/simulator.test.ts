import { expect, test } from 'vitest';
import { mmcMeanWaitSeconds, mmcQueue, mmcResponseTail } from '../../../src/size/mmc.ts';
import { dispatchedQueue } from '../../../src/size/dispatch.ts';
import type { ServiceModel } from '../../../src/size/service-model.ts';
import { exponential } from '../../simulator/distributions.ts';
import { simulateReplicas } from '../../simulator/simulate-replicas.ts';
import type { Estimate, SimulatedSystem } from '../../simulator/simulate-replicas.ts';

const SYSTEM: SimulatedSystem = {
  dispatch: 'Central',
  replicas: 1,
  serversPerReplica: 3,
  interarrival: exponential(2),
  service: exponential(1),
};
const RUN = { seed: 1, requests: 20_000, warmUpRequests: 1000, thresholdsSeconds: [1] };

test('the same seed gives the same numbers, another seed others', () => {
  expect(simulateReplicas(SYSTEM, RUN)).toEqual(simulateReplicas(SYSTEM, RUN));
  expect(simulateReplicas(SYSTEM, { ...RUN, seed: 2 })).not.toEqual(simulateReplicas(SYSTEM, RUN));
});

/** Counts how many intervals contain the exact value. */
function keepScore(): {
  check: (estimate: Estimate, exact: number) => void;
  ratio: (name: string) => number;
} {
  let intervals = 0;
  let hits = 0;
  return {
    check: ({ mean, halfWidth }, exact) => {
      intervals += 1;
      if (Math.abs(mean - exact) <= halfWidth) hits += 1;
    },
    ratio: (name) => {
      console.log(`simulator, ${name}: ${hits} of ${intervals} intervals contain the exact value`);
      return hits / intervals;
    },
  };
}

test('at least 93 % of its 95 % intervals contain the exact value of M/M/c', () => {
  const { check, ratio } = keepScore();
  for (const servers of [1, 2, 5, 20])
    for (const utilization of [0.3, 0.5, 0.7, 0.8])
      for (const seed of [101, 202, 303, 404]) {
        const queue = mmcQueue(servers * utilization, 1, servers)!;
        const system = {
          ...SYSTEM,
          serversPerReplica: servers,
          interarrival: exponential(servers * utilization),
        };
        const thresholdsSeconds = [1, 4];
        const answer = simulateReplicas(system, { ...RUN, seed, requests: 60_000, thresholdsSeconds });
        check(answer.waitProbability, queue.waitProbability);
        check(answer.meanWaitSeconds, mmcMeanWaitSeconds(queue));
        answer.lateProbabilities.forEach((late, i) =>
          check(late, mmcResponseTail(queue, thresholdsSeconds[i])),
        );
      }
  expect(ratio('M/M/c')).toBeGreaterThanOrEqual(0.93);
});

/** What is exact beyond one queue: who is sent at random or in turn, who gives up, who is turned away. */
const EXACT_CASES: readonly (readonly [string, ServiceModel, number])[] = [
  ['random', model({ dispatch: 'Random' }), 0],
  ['round robin', model({ dispatch: 'RoundRobin' }), 0],
  ['M/M/c+M', model({ losses: { patienceSeconds: 1.5, queueLimitRequests: null } }), 0.4],
  ['M/M/c/K', model({ losses: { patienceSeconds: null, queueLimitRequests: 4 } }), 0.4],
  ['M/M/c/K+M', model({ losses: { patienceSeconds: 2, queueLimitRequests: 6 } }), 0.4],
  [
    'random M/M/c/K',
    model({ dispatch: 'Random', losses: { patienceSeconds: null, queueLimitRequests: 5 } }),
    0.4,
  ],
];

function model(parts: Partial<ServiceModel>): ServiceModel {
  return { serviceRateRps: 1, serversPerReplica: 2, dispatch: 'Central', ...parts };
}

test('at least 93 % of its 95 % intervals contain the exact value of the other exact queues', () => {
  const all = keepScore();
  for (const [name, served, over] of EXACT_CASES) {
    const own = keepScore();
    for (const [replicas, utilization, seed] of runsFor([2, 5], [0.5, 0.8 + over])) {
      const rateRps = replicas * served.serversPerReplica * utilization;
      const queue = dispatchedQueue(served, rateRps, replicas)!;
      const run = { ...RUN, seed, requests: 60_000, thresholdsSeconds: [1, 2, 4] };
      const { lateProbabilities } = simulateReplicas(systemOf(served, replicas, rateRps), run);
      lateProbabilities.forEach((late, i) => {
        const exact = queue.responseTail(run.thresholdsSeconds[i]);
        for (const score of [own, all]) score.check(late, exact);
      });
    }
    own.ratio(name);
  }
  expect(all.ratio('all of them')).toBeGreaterThanOrEqual(0.93);
});

/** Intervals of one run go together: many short runs tell more than a few long ones. */
const SEEDS = Array.from(
  { length: Number(process.env['PRESCALE_SEEDS'] ?? 4) },
  (_, index) => 1_000_003 * (index + 1),
);

/** Each count at each utilization from each seed. */
function runsFor(counts: readonly number[], utilizations: readonly number[]) {
  return counts.flatMap((count) =>
    utilizations.flatMap((utilization) => SEEDS.map((seed) => [count, utilization, seed] as const)),
  );
}

function systemOf(
  { dispatch, serversPerReplica, losses }: ServiceModel,
  replicas: number,
  rateRps: number,
): SimulatedSystem {
  const { patienceSeconds = null, queueLimitRequests = null } = losses ?? {};
  return {
    replicas,
    serversPerReplica,
    dispatch,
    interarrival: exponential(rateRps),
    service: exponential(1),
    ...(patienceSeconds !== null && { patience: exponential(1 / patienceSeconds) }),
    ...(queueLimitRequests !== null && { queueLimitRequests }),
  };
}
