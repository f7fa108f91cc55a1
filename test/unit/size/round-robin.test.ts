import { describe, expect, test } from 'vitest';
import { roundRobinQueue } from '../../../src/size/round-robin.ts';

describe('round robin next to saturation', () => {
  const SERVICE_RATE_RPS = 25;
  const queueAt = (replicas: number, servers: number, idleRatio: number) =>
    roundRobinQueue({
      arrivalRateRps: replicas * servers * SERVICE_RATE_RPS * (1 - idleRatio),
      serviceRateRps: SERVICE_RATE_RPS,
      servers,
      replicas,
    });

  const cases = [2, 10, 200].flatMap((replicas) =>
    [1, 8, 50].flatMap((servers) =>
      [1e-6, 1e-8, 1e-10, 1e-13, 1e-15].map((idle) => [replicas, servers, idle]),
    ),
  );

  test.each(cases)(
    '%i replicas of %i servers, idle %d of the time, still drain',
    (replicas, servers, idle) => {
      const queue = queueAt(replicas, servers, idle);
      expect(queue.drainRateRps).toBeGreaterThan(0);
      expect(queue.waitProbability).toBeGreaterThan(0.9);
      expect(queue.waitProbability).toBeLessThanOrEqual(1);
    },
  );

  test('the limit goes on where the exact root ends', () => {
    const exact = queueAt(10, 8, 1.01e-8).drainRateRps / 1.01e-8;
    const limit = queueAt(10, 8, 0.99e-8).drainRateRps / 0.99e-8;
    expect(limit / exact).toBeCloseTo(1, 6);
  });
});
