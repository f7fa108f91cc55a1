import { describe, expect, test } from 'vitest';
import type { ReplaySample, ReplayView } from '../../../src/replay/autoscaler.ts';
import { createHpa, createRequestsHpa, HPA_DEFAULT_TARGET } from '../../../src/replay/baselines/hpa.ts';
import { createHpaLimits } from '../../../src/replay/baselines/hpa-behavior.ts';
import {
  externalReplicas,
  usageReplicas,
  type UsageTarget,
} from '../../../src/replay/baselines/replica-calculator.ts';

const AT_70: UsageTarget = { type: 'Utilization', ratio: 0.7 };
const OF_700M: UsageTarget = { type: 'AverageValue', ratio: 0.7 };

describe('replica_calculator.go', () => {
  test.each([
    ['within the tolerance nothing changes', OF_700M, 0.763, [10, 0, 0], 10],
    ['just above it the ratio is taken', OF_700M, 0.777, [10, 0, 0], 12],
    ['below it fewer', OF_700M, 0.35, [10, 0, 0], 5],
    ['fewer, whoever is not ready', OF_700M, 0.35, [10, 4, 0], 5],
    ['up with unready ones as if they used nothing', OF_700M, 1.4, [10, 5, 0], 20],
    ['not up where they bring it within the tolerance', OF_700M, 1.05, [10, 5, 0], 15],
    ['nor where they would turn it', OF_700M, 0.84, [10, 10, 0], 20],
    ['an exact product is not rounded up', OF_700M, 0.84, [5, 0, 0], 6],
    ['nobody is measured: nothing can be told', OF_700M, 0, [0, 3, 0], undefined],
    ['a percent that is begun does not count', AT_70, 0.7799, [10, 0, 0], 10],
    ['ten percent above is still tolerated', AT_70, 0.77, [100, 0, 0], 100],
    ['and ten below', AT_70, 0.63, [100, 0, 0], 100],
    ['one more percent is not', AT_70, 0.78, [100, 0, 0], 112],
    ['up with missing ones as if they used nothing', AT_70, 1, [14, 0, 3], 20],
    ['not up where they bring it within the tolerance', AT_70, 0.84, [10, 0, 1], 11],
    ['down with missing ones as if they used all they asked for', AT_70, 0.35, [10, 0, 2], 8],
    ['not down where they bring it within the tolerance', AT_70, 0.56, [10, 0, 5], 15],
    ['nor where they would turn it', AT_70, 0.6, [10, 0, 9], 19],
    ['down of an amount: as if they used the target', OF_700M, 0.35, [10, 0, 2], 7],
    ['at the target missing ones change nothing', AT_70, 0.7, [10, 0, 5], 15],
  ] as const)('%s', (...[, target, utilizationRatio, counts, expected]) => {
    const [measuredReplicas, unreadyReplicas, missingReplicas] = counts;
    const pods = { utilizationRatio, measuredReplicas, unreadyReplicas, missingReplicas };
    expect(usageReplicas(pods, target)).toBe(expected);
  });

  test.each([
    ['within the tolerance nothing changes', 109, 10],
    ['above it the total over the target', 111, 12],
    ['below it too', 70.5, 8],
    ['an exact product is not rounded up', 130, 13],
    ['nothing: nobody', 0, 0],
  ] as const)('external, %s', (_name, value, expected) => {
    expect(externalReplicas({ value, targetPerReplica: 10, currentReplicas: 10 })).toBe(expected);
  });
});

describe('default behavior', () => {
  const at = (seconds: number, currentReplicas: number) => ({ nowMs: seconds * 1000, currentReplicas });

  test.each([
    ['a few: four more', 2, 50, 6],
    ['many: twice as many', 20, 100, 40],
    ['no more than is recommended', 20, 23, 23],
  ] as const)('up, %s', (_, current, recommended, expected) => {
    expect(createHpaLimits(300)(at(0, current), recommended)).toBe(expected);
  });

  test('up once a period: who looks more often gets no more, and what went in it may come back', () => {
    const limits = createHpaLimits(0);
    expect(limits(at(0, 10), 100)).toBe(20);
    expect(limits(at(5, 20), 100)).toBe(20);
    expect(limits(at(15, 20), 100)).toBe(40);
    expect(limits(at(30, 40), 10)).toBe(10);
    expect(limits(at(35, 10), 100)).toBe(80);
  });

  test('what the least count has not let go is no change that might come back', () => {
    const limits = createHpaLimits(0);
    expect(limits(at(0, 2), 2)).toBe(2);
    expect(limits(at(5, 2), 1)).toBe(1);
    expect(limits(at(10, 2), 50)).toBe(6);
  });

  test('down only when the highest recommendation of five minutes allows it', () => {
    const limits = createHpaLimits(300);
    expect(limits(at(0, 10), 10)).toBe(10);
    for (let step = 1; step < 20; step += 1) expect(limits(at(15 * step, 10), 3)).toBe(10);
    expect(limits(at(300, 10), 3)).toBe(3);
  });

  test('what runs at the first look counts as recommended then, also where nothing can be computed', () => {
    const limits = createHpaLimits(300);
    expect(limits(at(0, 10), undefined)).toBe(10);
    expect(limits(at(285, 10), 3)).toBe(10);
    expect(limits(at(300, 10), 3)).toBe(3);
  });
});

describe('the autoscalers', () => {
  const viewWith = (
    sample: Partial<ReplaySample> | undefined,
    more: Partial<ReplayView> = {},
  ): ReplayView => ({
    step: 0,
    nowMs: 0,
    stepSeconds: 15,
    currentReplicas: 10,
    readyReplicas: 10,
    newestStep: -2,
    sampleAt: () => sample && { rateRps: 100, utilizationRatio: 0.8, readyReplicas: 10, ...sample },
    ...more,
  });
  const hpa = () => createHpa('hpa', { target: HPA_DEFAULT_TARGET, scaleDownWindowSeconds: 300 });

  test.each([
    ['no sample', viewWith(undefined)],
    ['a sample of nothing', viewWith({ rateRps: Number.NaN, utilizationRatio: 1 })],
    ['a sample of nobody', viewWith({ utilizationRatio: 1, readyReplicas: 0 })],
  ])('%s: all stays as it is', (_name, view) => {
    expect(hpa().desire(view)).toBe(10);
  });

  test('a replica that was not ready when the sample was taken does not count in it', () => {
    const view = { currentReplicas: 20, readyReplicas: 20 };
    expect(hpa().desire(viewWith({ utilizationRatio: 1 }, view))).toBe(20);
    expect(hpa().desire(viewWith({ utilizationRatio: 1, readyReplicas: 20 }, view))).toBe(25);
  });

  test('a replica of which nothing came counts as missing', () => {
    expect(hpa().desire(viewWith({ utilizationRatio: 1, readyReplicas: 9, missingReplicas: 1 }))).toBe(12);
  });

  test('on requests readiness plays no part', () => {
    const rule = { targetRps: 5, scaleDownWindowSeconds: 300 };
    expect(createRequestsHpa('hpa', rule).desire(viewWith({ readyReplicas: 1 }))).toBe(20);
    expect(createRequestsHpa('hpa', rule).desire(viewWith(undefined))).toBe(10);
  });
});
