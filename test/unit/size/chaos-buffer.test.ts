import { describe, expect, test } from 'vitest';
import type { ChaosScenario } from '../../../src/policy/policy.ts';
import { AVAILABILITY_SCENARIO, chaosBuffer, resilienceRatio } from '../../../src/size/chaos-buffer.ts';

const ZONE_LOSS: ChaosScenario = {
  name: 'zone-loss',
  probability: 0.01,
  capacityLossRatio: 1 / 3,
  userImpactRatio: 0.9,
  recoverySeconds: 600,
  required: false,
};
const PRICED = {
  replicaCapacityRps: 200,
  mostReplicas: Infinity,
  cost: { perReplicaHour: 0.12, perViolation: 0.0004, perReplicaStart: 0, currency: 'USD' },
};
const UNPRICED = { ...PRICED, cost: { ...PRICED.cost, perViolation: null } };
const chaosOf = (scenarios: ChaosScenario[], safetyFactor = 1, availabilityRatio: number | null = null) => ({
  scenarios,
  safetyFactor,
  availabilityRatio,
});

describe('which scenarios are covered', () => {
  test('one that is worth its buffer: 0.01 x 0.9 x 0.0004 per request against 0.12/h per 2 x 200 rps', () => {
    expect(chaosBuffer(10, chaosOf([ZONE_LOSS]), PRICED)).toEqual({
      scenario: 'zone-loss',
      bufferReplicas: 5,
      costPerHour: expect.closeTo(0.6, 12),
      resilienceRatio: 1,
    });
  });
  test('not one that is all but impossible', () => {
    expect(chaosBuffer(10, chaosOf([{ ...ZONE_LOSS, probability: 1e-6 }]), PRICED)).toBeNull();
  });
  test('a required one in any case', () => {
    const required = { ...ZONE_LOSS, probability: 1e-6, required: true };
    expect(chaosBuffer(10, chaosOf([required]), PRICED)?.bufferReplicas).toBe(5);
  });
  test('without a violation price only required ones', () => {
    expect(chaosBuffer(10, chaosOf([ZONE_LOSS]), UNPRICED)).toBeNull();
    expect(chaosBuffer(10, chaosOf([{ ...ZONE_LOSS, required: true }]), UNPRICED)?.bufferReplicas).toBe(5);
  });
  test('no scenarios, no buffer', () => {
    expect(chaosBuffer(10, chaosOf([]), PRICED)).toBeNull();
  });
  test('what takes everything cannot be bought off', () => {
    const total = { ...ZONE_LOSS, capacityLossRatio: 1, required: true };
    expect(chaosBuffer(10, chaosOf([total]), PRICED)).toBeNull();
  });
});

describe('how large the buffer is', () => {
  test.each([
    [1, 1 / 3, 1],
    [10, 1 / 3, 5],
    [100, 1 / 3, 50],
    [20, 0.1, 3],
    [27, 0.1, 3],
    [7, 0, 0],
  ])('%i replicas that must outlive a loss of %d need %i more', (needed, capacityLossRatio, buffer) => {
    const scenario = { ...ZONE_LOSS, capacityLossRatio, required: true };
    expect(chaosBuffer(needed, chaosOf([scenario]), PRICED)?.bufferReplicas).toBe(buffer);
  });
  test('the largest of several, never their sum, and it is named', () => {
    const node = { ...ZONE_LOSS, name: 'node-loss', capacityLossRatio: 0.1 };
    expect(chaosBuffer(10, chaosOf([node, ZONE_LOSS]), PRICED)).toMatchObject({
      scenario: 'zone-loss',
      bufferReplicas: 5,
    });
  });
  test('the safety factor multiplies what is lost, not what is needed', () => {
    // 20 % lost x 1.5 = 30 %: 10 / 0.7 = 14.3 -> 15.
    const scenario = { ...ZONE_LOSS, capacityLossRatio: 0.2 };
    expect(chaosBuffer(10, chaosOf([scenario], 1.5), PRICED)?.bufferReplicas).toBe(5);
  });
  test('no further than where more replicas do less together', () => {
    expect(chaosBuffer(10, chaosOf([ZONE_LOSS]), { ...PRICED, mostReplicas: 12 })).toMatchObject({
      bufferReplicas: 2,
      resilienceRatio: 0,
    });
  });
  test('an availability target counts independent failures', () => {
    expect(chaosBuffer(10, chaosOf([], 1, 0.999), PRICED)).toMatchObject({
      scenario: AVAILABILITY_SCENARIO,
      bufferReplicas: 2,
    });
  });
});

test('resilience is the share of scenario probability that is survived', () => {
  const node = { ...ZONE_LOSS, name: 'node-loss', capacityLossRatio: 0.1, probability: 0.03 };
  expect(resilienceRatio(12, 10, [node, ZONE_LOSS])).toBeCloseTo(0.75, 12);
  expect(resilienceRatio(15, 10, [node, ZONE_LOSS])).toBe(1);
  expect(resilienceRatio(10, 10, [node, ZONE_LOSS])).toBe(0);
});
