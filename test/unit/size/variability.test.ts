import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DISPATCHES } from '../../../src/policy/policy.ts';
import { dispatchedQueue } from '../../../src/size/dispatch.ts';
import { answerSize } from '../../../src/size/queueing-answer.ts';
import { serviceSpread } from '../../../src/size/service-spread.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import { LAWS, compareVariability } from '../../simulator/variability-table.ts';
import { aSizingInput } from './sizing-input.ts';

const model = (arrivals: number, service: number) => ({
  dispatch: 'Central' as const,
  serversPerReplica: 1,
  serviceRateRps: 1,
  variability: { arrivals, service },
});

describe('exact cases', () => {
  test('one server: Pollaczek and Khinchine, rho / (1 - rho) (1 + cs2) / 2', () => {
    for (const service of [0, 0.3, 1.001, 4, 20])
      expect(dispatchedQueue(model(1, service), 0.8, 1)!.meanWaitSeconds).toBeCloseTo(
        4 * ((1 + service) / 2),
        12,
      );
  });

  test('constant service: nobody is late without waiting, or everybody is', () => {
    expect(serviceSpread(2, 0, 0.6)).toEqual({
      lateProbability: 0,
      parts: [{ leftSeconds: expect.closeTo(0.1, 12), probability: 1 }],
    });
    expect(serviceSpread(2, 0, 0.4)).toEqual({ lateProbability: 1, parts: [] });
  });

  test('in next to no time everybody is late, however many take no time at all', () => {
    for (const seconds of [1e-300, 1e-308, 5e-324]) {
      const { lateProbability, parts } = serviceSpread(5e11, 25, seconds);
      expect(lateProbability).toBeGreaterThan(0.99);
      expect(parts.every(({ probability }) => probability >= 0 && probability < 0.01)).toBe(true);
    }
  });

  test.each([
    [1, 3, Math.exp(-3)],
    [0.5, 2, 5 * Math.exp(-4)],
    [0.25, 2, Math.exp(-8) * (1 + 8 + 32 + 512 / 6)],
    [2, 3, 0.08326451666355],
    [1 / 400, 1, 0.49335],
  ])('the tail of a gamma of variation %d beyond %d means is %d', (variation, means, tail) => {
    expect(serviceSpread(1, variation, means).lateProbability).toBeCloseTo(tail, variation < 0.01 ? 4 : 10);
  });

  test('a service that is nearly exponential is nearly as late as an exponential one', () => {
    for (const dispatch of DISPATCHES) {
      const plain = { dispatch, serversPerReplica: 4, serviceRateRps: 1 };
      const corrected = { ...plain, variability: { arrivals: 1 + 1e-9, service: 1 } };
      for (const seconds of [0.5, 2, 6]) {
        const exact = dispatchedQueue(plain, 30, 9)!.responseTail(seconds);
        const late = dispatchedQueue(corrected, 30, 9)!.responseTail(seconds);
        // Power of two choices mixes waits here, late shares there.
        expect(late).toBeCloseTo(exact, dispatch === 'PowerOfTwo' ? 2 : 7);
      }
    }
  });
});

test.each(LAWS)('$name: the late share against simulation', (law) => {
  const cell = { law, dispatch: 'Central' as const, servers: 10, replicas: 1, utilization: 0.9 };
  const { late } = compareVariability(cell, 100_000, 3);
  for (const { simulated, halfWidth, modelled } of late)
    expect(Math.abs(modelled - simulated) - halfWidth).toBeLessThan(0.12);
});

describe('more variability never gives fewer replicas', () => {
  const variation = fc.oneof(
    fc.constantFrom(0, 0.25, 1, 4),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 1, max: 30, noNaN: true }),
  );
  const asked = fc.record({
    arrivalRateRps: fc.double({ min: 1, max: 3000, noNaN: true }),
    serversPerReplica: fc.constantFrom(1, 4, 16),
    dispatch: fc.constantFrom(...DISPATCHES),
    sloSeconds: fc.constantFrom(0.06, 0.1, 0.25, 0.5),
    objectiveRatio: fc.constantFrom(0.9, 0.99, 0.999),
  });

  test('of arrivals or of service', () => {
    fc.assert(
      fc.property(asked, fc.array(variation, { minLength: 4, maxLength: 4 }), (question, drawn) => {
        const [arrivals, moreArrivals] = drawn.slice(0, 2).sort((a, b) => a - b);
        const [service, moreService] = drawn.slice(2).sort((a, b) => a - b);
        const needed = (variability: { arrivals: number; service: number }) =>
          answerSize({ ...question, serviceRateRps: 25, minReplicas: 1, variability });
        const before = needed({ arrivals, service });
        const after = needed({ arrivals: moreArrivals, service: moreService });
        if (after.reason === 'ObjectiveMet') expect(after.replicas).toBeGreaterThanOrEqual(before.replicas);
      }),
      { numRuns: 150 },
    );
  });
});

test('a policy of 1 and 1 is sized to the last bit as one that does not say', () => {
  const input = aSizingInput([700, [500, 550, 600, 640, 680, 720, 760, 800, 850, 900, 1000, 1200]]);
  const { variability: _variability, ...capacity } = input.policy.capacity;
  const silent = {
    ...input,
    policy: { ...input.policy, capacity: { ...capacity, variability: { arrivals: 1, service: 1 } } },
  };
  expect(sizeReplicas(input)).toEqual(sizeReplicas(silent));
  const bursty = aSizingInput([700], { policy: { capacity: { variability: { arrivals: 9, service: 4 } } } });
  expect(sizeReplicas(bursty).neededReplicas).toBeGreaterThan(
    sizeReplicas(aSizingInput([700])).neededReplicas,
  );
});
