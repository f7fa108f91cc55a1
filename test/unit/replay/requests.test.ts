import { describe, expect, test } from 'vitest';
import type { Dispatch } from '../../../src/policy/policy.ts';
import { createConstant } from '../../../src/replay/baselines/constant.ts';
import { createHpa, HPA_DEFAULT_TARGET } from '../../../src/replay/baselines/hpa.ts';
import type { ReplayAutoscaler } from '../../../src/replay/autoscaler.ts';
import { playAll } from '../../../src/replay/play.ts';
import { playRequests, type RequestScore } from '../../../src/replay/requests/play-requests.ts';
import { createRequestServer } from '../../../src/replay/requests/request-server.ts';
import { addTallies, scoreOf, type RunScore } from '../../../src/replay/score.ts';
import { refereePolicy, refereeWorld } from '../../bench/replay/referee-world.ts';

function bothWays(
  rates: readonly number[],
  dispatch: Dispatch,
  create: () => ReplayAutoscaler,
): { readonly fluid: RunScore; readonly simulated: RequestScore } {
  const policy = refereePolicy(60, 60, { capacity: { dispatch } });
  const rows = { startAtMs: Date.UTC(2026, 0, 5), stepSeconds: 60, values: Float64Array.from(rates) };
  const world = refereeWorld(rows, policy);
  const [{ tally }] = playAll(world, [create()]);
  const fluid = scoreOf(addTallies(tally.days), tally.maxReplicas(), policy.cost);
  return { fluid, simulated: playRequests(world, create())! };
}

describe('request by request and as a fluid: the same share is late', () => {
  // Two hours of 140 requests per second, 10 a second and replica: 20 replicas are 70 % busy, half a million requests.
  const steady = Array.from({ length: 180 }, () => 140);
  test.each([
    ['Central', 17],
    ['LeastRequests', 16],
    ['PowerOfTwo', 17],
    ['RoundRobin', 20],
    ['Random', 24],
  ] as const)('steady load, %s to %i replicas', (dispatch, replicas) => {
    const { fluid, simulated } = bothWays(steady, dispatch, () => createConstant('constant', replicas));
    expect(simulated.replicaHours).toBeCloseTo(fluid.replicaHours, 9);
    // What the dispatch formulas are held to (src/size/dispatch.ts), and what half a million requests leave to luck.
    expect(Math.abs(simulated.sloViolationRatio - fluid.sloViolationRatio)).toBeLessThan(
      0.15 * fluid.sloViolationRatio + 0.002,
    );
    expect(simulated.p50Seconds).toBeLessThan(simulated.p95Seconds);
    expect(simulated.p95Seconds).toBeLessThan(simulated.p99Seconds);
  });

  test('a load that outruns HPA: what waits is carried from step to step', () => {
    const rates = Array.from({ length: 180 }, (_, minute) => (minute % 45 < 15 ? 300 : 60));
    const { fluid, simulated } = bothWays(rates, 'Central', () =>
      createHpa('hpa', { target: HPA_DEFAULT_TARGET, scaleDownWindowSeconds: 300 }),
    );
    expect(fluid.sloViolationRatio).toBeGreaterThan(0.05);
    expect(Math.abs(simulated.sloViolationRatio / fluid.sloViolationRatio - 1)).toBeLessThan(0.15);
    expect(Math.abs(simulated.replicaHours / fluid.replicaHours - 1)).toBeLessThan(0.03);
  });

  test('the same seed gives the same requests', () => {
    const play = () => bothWays([140, 140, 140, 140], 'PowerOfTwo', () => createConstant('c', 16)).simulated;
    expect(play()).toEqual(play());
  });
});

describe('replicas that come and go', () => {
  function serve(
    dispatch: Dispatch,
    counts: readonly number[],
    rateRps: number,
    queueLimitRequests?: number,
  ) {
    const responses: number[] = [];
    const server = createRequestServer({
      model: {
        serviceRateRps: 10,
        serversPerReplica: 2,
        dispatch,
        ...(queueLimitRequests !== undefined && { losses: { patienceSeconds: null, queueLimitRequests } }),
      },
      sloSeconds: 0.5,
      stepSeconds: 15,
      seed: 3,
      onResponse: (seconds) => responses.push(seconds),
    });
    const steps = counts.map((count) => server.serve(rateRps, count));
    return { responses, steps, server };
  }

  test.each(['Central', 'LeastRequests', 'PowerOfTwo', 'RoundRobin', 'Random'] as const)(
    '%s: every request is answered once',
    (dispatch) => {
      const { responses, server } = serve(dispatch, [5, 2, 9, 1, 0, 6, 6], 60);
      server.settle();
      // 7 steps of 15 s at 60 a second, 6300 in all, within five standard deviations.
      expect(Math.abs(responses.length - 6300)).toBeLessThan(5 * Math.sqrt(6300));
    },
  );
  test('without replicas nobody is answered', () => {
    const { responses, steps } = serve('RoundRobin', [0], 20);
    expect(responses.every((seconds) => seconds === Infinity)).toBe(true);
    expect(steps[0]).toMatchObject({ lateRatio: 1, backlogRequests: 0, utilizationRatio: 1 });
  });
  test('what waits in a central queue is taken by replicas that come', () => {
    const { steps } = serve('Central', [1, 1, 40], 60);
    expect(steps[1].backlogRequests).toBeGreaterThan(800);
    expect(steps[2].backlogRequests).toBe(0);
  });
  test('a full replica sheds', () => {
    const { responses, steps } = serve('Random', [2, 2], 100, 3);
    expect(responses.filter((seconds) => seconds === Infinity).length).toBeGreaterThan(500);
    expect(steps[1].backlogRequests).toBeLessThanOrEqual(2);
  });
});
