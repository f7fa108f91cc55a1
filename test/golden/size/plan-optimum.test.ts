import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { beatenCounts, beatenPaths } from '../../bench/size/brute-force-cases.ts';
import { lateByCount, offlineOptimum, type World } from '../../bench/size/offline-optimum.ts';
import { playTrace } from '../../bench/size/play-trace.ts';

const TRACES = '../shared/traces';
const MOST_RATIO = 1.5;
const GIVEN = { startupSeconds: 90, forecastSteps: 0, steps: 300 };

/** Quiet, bursty, on and off, hourly: the whole folder is what test/bench/size/plan-regret.ts is for. */
describe('with the true rates of its horizon the plan costs at most 1.5 times the offline optimum', () => {
  test
    .skipIf(!existsSync(TRACES))
    .each(['wc98_june_1m', 'azfn2019_event2_1m', 'servegen_m_mid_client21_10m', 'burstgpt_api_1h'])(
    '%s (skipped where ../shared is absent)',
    async (name) => {
      const recording = await loadRecording(join(TRACES, `${name}.csv`), { onProgress: () => undefined });
      const { trueRatio } = playTrace(recording.columns.arrivalRate, GIVEN);
      expect(trueRatio).toBeGreaterThanOrEqual(1 - 1e-9);
      expect(trueRatio).toBeLessThanOrEqual(MOST_RATIO);
    },
  );
  test('made-up bursts of one to five minutes', () => {
    const random = createRandom(4);
    const values = new Float64Array(300).map(() => 100);
    for (let at = 5; at < 290; at += 5 + Math.floor(20 * random()))
      values.fill(100 + 900 * random(), at, at + 1 + Math.floor(5 * random()));
    const series: TimeSeries = { startAtMs: 0, stepSeconds: 60, values };
    const { trueRatio } = playTrace(series, GIVEN);
    expect(trueRatio).toBeGreaterThanOrEqual(1 - 1e-9);
    expect(trueRatio).toBeLessThanOrEqual(MOST_RATIO);
  });
});

describe('brute force, of which test/bench/size/brute-force.ts does 100,000', () => {
  test('no other count beats the chosen one', () => {
    expect(beatenCounts(2000, 7)).toBe(0);
  });
  test('no other path beats the plan', () => {
    expect(beatenPaths(2000, 7)).toBe(0);
  });
});

describe('the offline optimum', () => {
  const world: World = {
    serviceRateRps: 10,
    sloSeconds: 0.5,
    perReplicaSecond: 1,
    perViolation: 1,
    perStart: 2,
    startupSeconds: 3,
  };
  test('is the cheapest of all paths of three steps', () => {
    const steps = [25, 60, 30].map((rateRps) => ({ rateRps, seconds: 4 }));
    const most = 16;
    const late = steps.map(({ rateRps }) => lateByCount(rateRps, world, most));
    let least = Infinity;
    for (let a = 1; a <= most; a += 1)
      for (let b = 1; b <= most; b += 1)
        for (let c = 1; c <= most; c += 1) {
          const starts = Math.max(0, b - a) + Math.max(0, c - b);
          const running = 4 * (a + b + c) + 4 * (late[0][a] + late[1][b] + late[2][c]);
          least = Math.min(least, running + 5 * starts);
        }
    expect(offlineOptimum(steps, world, most)).toBeCloseTo(least, 9);
  });
  test('its lateness is that of the published case: 10 erlangs, 14 agents, 17.4 % wait', () => {
    // Without a service time to wait for (sloSeconds 0 is all late) the tail is the floor and the wait's part.
    const [rate, count] = [10, 14];
    const slow = { ...world, serviceRateRps: 1, sloSeconds: 0.5 };
    const waitProbability = 0.1741319335950498;
    const expected =
      Math.exp(-0.5) *
      (1 + (waitProbability * (1 - Math.exp(-(count - rate - 1) * 0.5))) / (count - rate - 1));
    expect(lateByCount(rate, slow, 20)[count] / rate).toBeCloseTo(expected, 12);
  });
});
