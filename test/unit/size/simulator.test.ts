import { expect, test } from 'vitest';
import { mmcMeanWaitSeconds, mmcQueue, mmcResponseTail } from '../../../src/size/mmc.ts';
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

test('at least 93 % of its 95 % intervals contain the exact value', () => {
  let intervals = 0;
  let hits = 0;
  const check = ({ mean, halfWidth }: Estimate, exact: number): void => {
    intervals += 1;
    if (Math.abs(mean - exact) <= halfWidth) hits += 1;
  };
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
  console.log(`simulator: ${hits} of ${intervals} intervals contain the exact value`);
  expect(hits / intervals).toBeGreaterThanOrEqual(0.93);
});
