import { describe, expect, test } from 'vitest';
import { lateProbability } from '../../../src/size/dispatch.ts';
import { impatientLateProbability, impatientQueue } from '../../../src/size/impatient-queue.ts';
import { mmcQueue, mmcResponseTail } from '../../../src/size/mmc.ts';
import { exponential } from '../../simulator/distributions.ts';
import { simulateReplicas } from '../../simulator/simulate-replicas.ts';

const SYSTEMS = [
  ['a queue that sheds', { arrivalRateRps: 14, servers: 10, limitRequests: 30, abandonRateRps: 0 }],
  ['clients that give up', { arrivalRateRps: 14, servers: 10, limitRequests: Infinity, abandonRateRps: 0.2 }],
  ['both', { arrivalRateRps: 14, servers: 10, limitRequests: 20, abandonRateRps: 0.3 }],
  ['both, far below capacity', { arrivalRateRps: 30, servers: 50, limitRequests: 60, abandonRateRps: 2 }],
] as const;

describe('shed, given up or late, against simulation', () => {
  test.each(SYSTEMS)('%s', (_name, given) => {
    const system = { ...given, serviceRateRps: 1 };
    const queue = impatientQueue(system);
    const simulated = simulateReplicas(
      {
        dispatch: 'Central',
        replicas: 1,
        serversPerReplica: system.servers,
        interarrival: exponential(system.arrivalRateRps),
        service: exponential(1),
        ...(system.abandonRateRps > 0 && { patience: exponential(system.abandonRateRps) }),
        ...(system.limitRequests < Infinity && { queueLimitRequests: system.limitRequests }),
      },
      { seed: 11, requests: 200_000, warmUpRequests: 20_000, thresholdsSeconds: [0.5, 2, 5] },
    );
    const within = (value: number, { mean, halfWidth }: { mean: number; halfWidth: number }) =>
      expect(Math.abs(value - mean)).toBeLessThanOrEqual(1.5 * halfWidth + 1e-4);
    within(queue.shedProbability, simulated.shedProbability);
    within(queue.abandonProbability, simulated.abandonProbability);
    [0.5, 2, 5].forEach((seconds, i) =>
      within(impatientLateProbability(queue, seconds), simulated.lateProbabilities[i]),
    );
  });
});

describe('edges', () => {
  test('without losses it is M/M/c', () => {
    const queue = impatientQueue({
      arrivalRateRps: 9,
      serviceRateRps: 1,
      servers: 10,
      limitRequests: Infinity,
      abandonRateRps: 0,
    });
    expect(impatientLateProbability(queue, 2)).toBeCloseTo(mmcResponseTail(mmcQueue(9, 1, 10)!, 2), 11);
  });
  test('a limit below the servers leaves the rest of them idle', () => {
    const system = { arrivalRateRps: 2, serviceRateRps: 1, abandonRateRps: 0, limitRequests: 1 };
    expect(impatientQueue({ ...system, servers: 5 })).toEqual(impatientQueue({ ...system, servers: 1 }));
  });
  test('no load loses nothing', () => {
    const system = { arrivalRateRps: 0, serviceRateRps: 1, servers: 2, limitRequests: 5, abandonRateRps: 1 };
    expect(impatientLateProbability(impatientQueue(system), 3)).toBeCloseTo(Math.exp(-3), 14);
  });
  test('a thousandfold overload is finite, and what is served is what there is capacity for', () => {
    for (const limitRequests of [20, 5000])
      for (const abandonRateRps of [0, 0.01, 10]) {
        const queue = impatientQueue({
          arrivalRateRps: 10_000,
          serviceRateRps: 1,
          servers: 10,
          limitRequests,
          abandonRateRps,
        });
        const served = 1 - queue.shedProbability - queue.abandonProbability;
        expect(served * 10_000).toBeCloseTo(10, 6);
        expect(impatientLateProbability(queue, 1e6)).toBeCloseTo(1 - served, 6);
      }
  });
});

test('dispatch with losses lies between the central queue and random', () => {
  const late = (dispatch: 'Central' | 'LeastRequests' | 'PowerOfTwo' | 'RoundRobin' | 'Random') =>
    lateProbability(
      {
        dispatch,
        serviceRateRps: 1,
        serversPerReplica: 1,
        losses: { patienceSeconds: 1, queueLimitRequests: 5 },
      },
      0.8 * 30,
      { replicas: 30, seconds: 3 },
    );
  const all = (['Central', 'LeastRequests', 'PowerOfTwo', 'RoundRobin', 'Random'] as const).map(late);
  expect([...all].sort((a, b) => a - b)).toEqual(all);
});
