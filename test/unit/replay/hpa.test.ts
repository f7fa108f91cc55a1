import { describe, expect, test } from 'vitest';
import { utilizationReplicas, createHpaLimits } from '../../../src/replay/baselines/hpa.ts';
import type { ReplayView } from '../../../src/replay/autoscaler.ts';

describe('replica_calculator.go', () => {
  test.each([
    ['within the tolerance nothing changes', 1.09, 10, 0, 10],
    ['just above it the ratio is taken', 1.11, 10, 0, 12],
    ['below it fewer', 0.5, 10, 0, 5],
    ['fewer, whoever is not ready', 0.5, 10, 4, 5],
    ['up with unready ones as if they used nothing', 2, 10, 5, 20],
    ['not up where they bring it within the tolerance', 1.5, 10, 5, 15],
    ['nor where they would turn it', 1.2, 10, 10, 20],
    ['an exact product is not rounded up', 1.2, 5, 0, 6],
    ['nobody is measured: nobody is removed', 1.5, 0, 3, 3],
  ] as const)('%s', (...[, usageRatio, measuredReplicas, unreadyReplicas, expected]) => {
    const question = { usageRatio, measuredReplicas, unreadyReplicas, toleranceRatio: 0.1 };
    expect(utilizationReplicas(question)).toBe(expected);
  });
});

describe('default behavior', () => {
  const viewAt = (step: number, currentReplicas: number): ReplayView => ({
    step,
    nowMs: step * 15_000,
    stepSeconds: 15,
    currentReplicas,
    readyReplicas: currentReplicas,
    newestStep: step - 2,
    sampleAt: () => undefined,
  });
  test.each([
    ['a few: four more', 2, 50, 6],
    ['many: twice as many', 20, 100, 40],
    ['no more than is recommended', 20, 23, 23],
  ] as const)('up, %s', (_, current, recommended, expected) => {
    expect(createHpaLimits(300)(viewAt(0, current), recommended)).toBe(expected);
  });
  test('down only when the highest recommendation of five minutes allows it', () => {
    const limits = createHpaLimits(300);
    expect(limits(viewAt(0, 10), 10)).toBe(10);
    for (let step = 1; step < 20; step += 1) expect(limits(viewAt(step, 10), 3)).toBe(10);
    expect(limits(viewAt(20, 10), 3)).toBe(3);
  });
});
