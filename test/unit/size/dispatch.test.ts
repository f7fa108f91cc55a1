import { describe, expect, test } from 'vitest';
import { DISPATCHES } from '../../../src/policy/policy.ts';
import type { Dispatch } from '../../../src/policy/policy.ts';
import { dispatchedQueue, lateProbability } from '../../../src/size/dispatch.ts';
import { mmcQueue, mmcResponseTail } from '../../../src/size/mmc.ts';
import { compareCell, distance } from '../../simulator/dispatch-table.ts';

const modelOf = (dispatch: Dispatch, serversPerReplica: number) => ({
  dispatch,
  serversPerReplica,
  serviceRateRps: 20,
});

describe('against simulation: within 15 % or 0.2 points of P(T > t), at 1, 2 and 5 service times', () => {
  // The cells that are hardest for each model; dispatch-table.ts runs all 600.
  test.each([
    ['Central', 4, 10, 0.9],
    ['Random', 1, 10, 0.8],
    ['Random', 10, 30, 0.8],
    ['RoundRobin', 1, 2, 0.9],
    ['RoundRobin', 4, 30, 0.8],
    ['RoundRobin', 50, 10, 0.9],
    ['LeastRequests', 1, 2, 0.9],
    ['LeastRequests', 1, 30, 0.9],
    ['LeastRequests', 4, 5, 0.9],
    ['LeastRequests', 10, 2, 0.9],
    ['PowerOfTwo', 1, 5, 0.9],
    ['PowerOfTwo', 1, 75, 0.8],
    ['PowerOfTwo', 4, 10, 0.9],
    ['PowerOfTwo', 10, 5, 0.9],
  ] as const)(
    '%s to replicas of %i slots, %i of them, %d busy',
    (dispatch, servers, replicas, utilization) => {
      for (const result of compareCell({ dispatch, servers, replicas, utilization }, 200_000, 7))
        expect(distance(result), JSON.stringify(result)).toBeLessThanOrEqual(1);
    },
  );
});

describe('exact cases', () => {
  test.each(DISPATCHES)('%s to one replica is M/M/k', (dispatch) => {
    const queue = mmcQueue(150, 20, 8)!;
    expect(lateProbability(modelOf(dispatch, 8), 150, { replicas: 1, seconds: 0.1 })).toBe(
      mmcResponseTail(queue, 0.1),
    );
  });

  test('round robin over very many replicas is D/M/1: sigma = e^(-(1 - sigma) / rho)', () => {
    // rho = 0.8: sigma = 0.62863; the wait probability of GI/M/1 is sigma.
    const queue = dispatchedQueue(modelOf('RoundRobin', 1), 0.8 * 20 * 1e7, 1e7)!;
    expect(queue.waitProbability).toBeCloseTo(Math.exp(-(1 - queue.waitProbability) / 0.8), 6);
  });

  test('the order of a thousand requests a second on 60 single-slot replicas of 20/s, SLO 250 ms', () => {
    const late = (dispatch: Dispatch) =>
      100 * lateProbability(modelOf(dispatch, 1), 1000, { replicas: 60, seconds: 0.25 });
    expect(late('Central')).toBeCloseTo(0.6826, 3);
    expect(late('LeastRequests')).toBeCloseTo(0.82, 1);
    expect(late('PowerOfTwo')).toBeCloseTo(7.6, 0);
    expect(late('RoundRobin')).toBeCloseTo(21.3, 0);
    expect(late('Random')).toBeCloseTo(43.46, 1);
  });
});

test.each(DISPATCHES)(
  '%s: every number is finite and a probability, up to the brink and a million servers',
  (dispatch) => {
    for (const [servers, replicas] of [
      [1, 2],
      [1, 100_000],
      [50, 200],
      [1000, 1000],
      [3, 7],
    ] as const)
      for (const utilization of [0, 1e-60, 1e-9, 0.3, 0.9, 0.9999, 1 - 1e-9, 1 - 1e-14]) {
        const arrivalRateRps = servers * replicas * 20 * utilization;
        const queue = dispatchedQueue(modelOf(dispatch, servers), arrivalRateRps, replicas)!;
        const name = `${servers} x ${replicas} at ${utilization}`;
        expect(queue.waitProbability, name).toBeGreaterThanOrEqual(0);
        expect(queue.waitProbability, name).toBeLessThanOrEqual(1 + 1e-9);
        expect(Number.isFinite(queue.meanWaitSeconds), name).toBe(true);
        for (const seconds of [0, 1e-6, 0.05, 1, 100, 1e5]) {
          const late = queue.responseTail(seconds);
          expect(late, `${name} after ${seconds}`).toBeGreaterThanOrEqual(0);
          expect(late, `${name} after ${seconds}`).toBeLessThanOrEqual(1);
        }
      }
  },
);

test('a load at or above what all replicas can do has no steady state and everybody is late', () => {
  for (const dispatch of DISPATCHES) {
    expect(dispatchedQueue(modelOf(dispatch, 4), 160, 2)).toBeUndefined();
    expect(lateProbability(modelOf(dispatch, 4), 160, { replicas: 2, seconds: 9 })).toBe(1);
  }
});
