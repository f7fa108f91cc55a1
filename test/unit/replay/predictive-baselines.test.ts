import { describe, expect, test } from 'vitest';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { cloudPredictiveVariants } from '../../../src/replay/baselines/cloud-predictive.ts';
import { createPredictiveHpa, holtWintersNext } from '../../../src/replay/baselines/predictive-hpa.ts';
import { playAll } from '../../../src/replay/play.ts';
import { refereePolicy, refereeWorld } from '../../bench/replay/referee-world.ts';

describe('Holt-Winters', () => {
  const day = Array.from({ length: 24 }, (_, hour) => 10 + (hour >= 9 && hour < 17 ? 20 : 0));
  test('a day that repeats is predicted exactly, hour by hour', () => {
    for (let hour = 0; hour < 24; hour += 1) {
      const counts = [...day, ...day, ...day, ...day.slice(0, hour)];
      expect(holtWintersNext(counts)).toBeCloseTo(day[hour], 9);
    }
  });
  test('a steady growth goes on', () => {
    const counts = Array.from({ length: 96 }, (_, hour) => 10 + hour);
    expect(holtWintersNext(counts)).toBeCloseTo(106, 0);
  });
});

/** Eight days of minutes: 20 requests per second at night, 200 from 09:00 to 17:00. */
const rows: TimeSeries = {
  startAtMs: Date.UTC(2026, 0, 5),
  stepSeconds: 60,
  values: Float64Array.from({ length: 8 * 1440 }, (_, minute) =>
    minute % 1440 >= 540 && minute % 1440 < 1020 ? 200 : 20,
  ),
};
const world = refereeWorld(rows, refereePolicy(60, 180));

describe('cloud-predictive', () => {
  test('has the replicas of the day ready five minutes before it, and never fewer than are needed now', () => {
    const { create } = cloudPredictiveVariants(world).find(({ setting }) => setting === '70 %')!;
    let beforeNine = 0;
    let sixMinutesBefore = 0;
    playAll(world, [create()], {
      onStep(_, { desiredReplicas }, { startMs, neededReplicas }) {
        const minute = ((startMs - rows.startAtMs) / 60_000) % 1440;
        if (minute === 535) beforeNine = desiredReplicas;
        if (minute === 534) sixMinutesBefore = desiredReplicas;
        if (minute > 545 && minute < 1019) expect(desiredReplicas).toBeGreaterThanOrEqual(neededReplicas);
      },
    });
    expect(beforeNine).toBe(29);
    expect(sixMinutesBefore).toBeLessThan(10);
  });
});

describe('predictive-hpa', () => {
  test('a rising line is read a look-ahead later: more than the HPA itself asks for', () => {
    const rule = { targetRatio: 0.5, scaleDownWindowSeconds: 300, lookAheadSeconds: 180 };
    const ramped = createPredictiveHpa('predictive-hpa', { ...rule, model: 'linear' });
    const wanted = Array.from({ length: 12 }, (_, step) =>
      ramped.desire({
        step,
        nowMs: step * 15_000,
        stepSeconds: 15,
        currentReplicas: 10 + step,
        readyReplicas: 10 + step,
        newestStep: step - 2,
        sampleAt: () => ({ rateRps: 100, utilizationRatio: 0.75, readyReplicas: 10 + step }),
      }),
    );
    // 1.5 times 21 are 32; the line rises by 1.5 a step, and the look-ahead is 12 steps.
    expect(wanted.at(-1)).toBeGreaterThan(45);
    expect(wanted.at(-1)).toBeLessThan(55);
  });
});
