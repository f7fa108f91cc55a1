import { describe, expect, test } from 'vitest';
import type { ChaosPolicy, ScenarioEffect } from '../../../src/policy/policy.ts';
import { AVAILABILITY_SCENARIO } from '../../../src/policy/policy.ts';
import { chaosBuffer, type Threatened } from '../../../src/size/chaos-buffer.ts';
import { lostReplicas, replicasOutlasting } from '../../../src/size/scenario-loss.ts';
import { aScenario, someChaos } from '../../builders/chaos.ts';

const RPS_PER_REPLICA = 200;
const UNPRICED = { perReplicaHour: 0.12, perViolation: null, perReplicaStart: 0, currency: 'USD' };

/** Ten replicas are needed; a replica more for each tenth that more arrives or that is served slower. */
function threatened(chaos: ChaosPolicy, overrides: Partial<Threatened> = {}): Threatened {
  const neededReplicas = overrides.neededReplicas ?? 10;
  const needIn: Threatened['worlds']['needIn'] = ({ arrivalRateMultiplier, serviceRateMultiplier }) =>
    Math.ceil((neededReplicas * arrivalRateMultiplier) / serviceRateMultiplier - 1e-9);
  return {
    neededReplicas,
    mostReplicas: Infinity,
    chaos,
    worlds: { needIn, keepsObjectiveIn: (world, replicas) => replicas >= needIn(world) },
    cost: { ...UNPRICED, perViolation: 0.0004 },
    replicaCapacityRps: RPS_PER_REPLICA,
    arrivalRateRps: 1500,
    ...overrides,
  };
}
const bufferOf = (chaos: ChaosPolicy, overrides?: Partial<Threatened>) =>
  chaosBuffer(threatened(chaos, overrides)).buffer;

describe('which scenarios are covered', () => {
  test('one that is worth its buffer: 0.01 x 0.9 x 0.0004 per request against 0.12/h per 2 x 200 rps', () => {
    expect(bufferOf(someChaos([aScenario()]))).toEqual({
      scenario: 'zone-loss',
      bufferReplicas: 5,
      costPerHour: expect.closeTo(0.6, 12),
    });
  });
  test('not one that is all but impossible', () => {
    expect(bufferOf(someChaos([aScenario({ probability: 1e-6 })]))).toBeNull();
  });
  test('a required one in any case', () => {
    const required = aScenario({ probability: 1e-6, required: true });
    expect(bufferOf(someChaos([required]))?.bufferReplicas).toBe(5);
  });
  test('without a violation price only required ones', () => {
    expect(bufferOf(someChaos([aScenario()]), { cost: UNPRICED })).toBeNull();
    const required = someChaos([aScenario({ required: true })]);
    expect(bufferOf(required, { cost: UNPRICED })?.bufferReplicas).toBe(5);
  });
  test('no scenarios, no buffer', () => {
    expect(bufferOf(someChaos([]))).toBeNull();
  });
  test('a fixed number of replicas from that load on which they are worth it for', () => {
    // A node of 4 at 0.12/h is 4 x 0.12/3600 = 1.333e-4 a second; 0.01 x 0.9 x 0.0004 = 3.6e-6 a request: 37.04 rps.
    const chaos = someChaos([aScenario({ effect: { kind: 'ReplicasLost', lostReplicas: 4 } })]);
    expect(bufferOf(chaos, { arrivalRateRps: 37 })).toBeNull();
    expect(bufferOf(chaos, { arrivalRateRps: 37.1 })?.bufferReplicas).toBe(4);
  });
  test.each<[string, ScenarioEffect]>([
    ['a storm that doubles the load', { kind: 'ArrivalRate', multiplier: 2 }],
    ['a server at half its rate', { kind: 'ServiceRate', multiplier: 0.5 }],
    ['the loss of half the replicas', { kind: 'ShareLost', lossRatio: 0.5 }],
  ])('%s costs one replica for each that the load needs', (_name, effect) => {
    // 0.12/h per 200 rps is 1.667e-7 a request; at 0.9 x 0.0004 that pays from a probability of 4.63e-4 on.
    const at = (probability: number) => bufferOf(someChaos([aScenario({ effect, probability })]));
    expect(at(4.6e-4)).toBeNull();
    expect(at(4.7e-4)?.bufferReplicas).toBe(10);
  });
});

describe('how large the buffer is', () => {
  test.each<[string, ScenarioEffect, number, number]>([
    ['one of three zones', { kind: 'ShareLost', lossRatio: 1 / 3 }, 1, 1],
    ['one of three zones', { kind: 'ShareLost', lossRatio: 1 / 3 }, 10, 5],
    ['one of three zones', { kind: 'ShareLost', lossRatio: 1 / 3 }, 100, 50],
    ['a tenth', { kind: 'ShareLost', lossRatio: 0.1 }, 20, 3],
    ['a tenth', { kind: 'ShareLost', lossRatio: 0.1 }, 27, 3],
    ['maxUnavailable 25%, rounded down', { kind: 'Rollout', lossRatio: 0.25, leastReplicas: 0 }, 3, 0],
    ['maxUnavailable 25%, rounded down', { kind: 'Rollout', lossRatio: 0.25, leastReplicas: 0 }, 10, 3],
    ['maxUnavailable 10% without a surge', { kind: 'Rollout', lossRatio: 0.1, leastReplicas: 1 }, 3, 1],
    ['maxUnavailable 0% with a surge', { kind: 'Rollout', lossRatio: 0, leastReplicas: 0 }, 10, 0],
    ['a node with four', { kind: 'ReplicasLost', lostReplicas: 4 }, 10, 4],
    ['a retry storm of half as much again', { kind: 'ArrivalRate', multiplier: 1.5 }, 10, 5],
    ['a dependency that takes a fifth of the speed', { kind: 'ServiceRate', multiplier: 0.8 }, 10, 3],
  ])('%s: %j, %i needed, %i spare', (_name, effect, neededReplicas, bufferReplicas) => {
    const chaos = someChaos([aScenario({ effect, required: true })]);
    expect(bufferOf(chaos, { neededReplicas })).toMatchObject({ bufferReplicas });
  });
  test.each([
    [10, 18],
    [100, 158],
  ])('%i that must be up for 99.9 %% of a zone outage: %i', (neededReplicas, replicas) => {
    const chaos = someChaos([aScenario({ required: true, availabilityRatio: 0.999 })]);
    expect(bufferOf(chaos, { neededReplicas })?.bufferReplicas).toBe(replicas - neededReplicas);
  });
  test('the largest of several, never their sum, and it is named', () => {
    const chaos = someChaos(
      [
        aScenario({ name: 'node-drain', effect: { kind: 'ReplicasLost', lostReplicas: 4 }, required: true }),
        aScenario(),
        aScenario({ name: 'storm', effect: { kind: 'ArrivalRate', multiplier: 1.3 }, required: true }),
      ],
      { availabilityRatio: 0.999 },
    );
    expect(bufferOf(chaos)).toMatchObject({ scenario: 'zone-loss', bufferReplicas: 5 });
  });
  test.each<[string, ScenarioEffect, number]>([
    // 10 / (1 - 0.3) = 14.3
    ['a share', { kind: 'ShareLost', lossRatio: 0.2 }, 5],
    // floor(13 x 0.3) = 3
    ['a rolling update', { kind: 'Rollout', lossRatio: 0.2, leastReplicas: 0 }, 3],
    ['a count', { kind: 'ReplicasLost', lostReplicas: 3 }, 5],
    // 10 / (1 - 0.3) again
    ['speed', { kind: 'ServiceRate', multiplier: 0.8 }, 5],
    ['nothing of more load', { kind: 'ArrivalRate', multiplier: 1.2 }, 2],
  ])('a safety factor of 1.5 multiplies what is lost: %s', (_name, effect, spare) => {
    const chaos = someChaos([aScenario({ effect, required: true })], { safetyFactor: 1.5 });
    expect(bufferOf(chaos)?.bufferReplicas).toBe(spare);
  });
  test('no further than where more replicas do less together', () => {
    const verdict = chaosBuffer(threatened(someChaos([aScenario()]), { mostReplicas: 12 }));
    expect(verdict.buffer?.bufferReplicas).toBe(2);
    expect(verdict.resilienceOf(12)?.ratio).toBe(0);
  });
  test('an availability target counts independent failures, at the probability that the policy gives', () => {
    expect(bufferOf(someChaos([], { availabilityRatio: 0.999 }))).toMatchObject({
      scenario: AVAILABILITY_SCENARIO,
      bufferReplicas: 2,
    });
    const spot = someChaos([], { availabilityRatio: 0.999, replicaDownProbability: 0.05 });
    expect(bufferOf(spot)?.bufferReplicas).toBe(4);
  });
  test('what takes everything is refused rather than looked for for ever', () => {
    expect(() => replicasOutlasting({ kind: 'ShareLost', lossRatio: 0.5 }, 10, 2)).toThrow(RangeError);
  });
});

test.each([
  // kubernetes/pkg/controller/deployment/util: 25 % of 10 is 2, of 3 is 0.
  [10, 0.25, 0, 2],
  [3, 0.25, 0, 0],
  [3, 0.25, 1, 1],
  [40, 0.3, 0, 12],
])('of %i replicas a rolling update with %d takes, at least %i: %i', (replicas, lossRatio, least, lost) => {
  expect(lostReplicas({ kind: 'Rollout', lossRatio, leastReplicas: least }, replicas, 1)).toBe(lost);
});

describe('resilience', () => {
  const node = aScenario({
    name: 'node-drain',
    probability: 0.03,
    effect: { kind: 'ReplicasLost', lostReplicas: 2 },
  });
  const slow = aScenario({
    name: 'slow-database',
    probability: 0.06,
    effect: { kind: 'ServiceRate', multiplier: 0.5 },
  });
  const verdict = chaosBuffer(threatened(someChaos([node, aScenario(), slow]), { cost: UNPRICED }));

  test.each([
    [10, 0],
    [12, 0.3],
    [15, 0.4],
    [20, 1],
  ])('%i replicas survive a share of %d of what may happen, covered or not', (replicas, ratio) => {
    expect(verdict.resilienceOf(replicas)?.ratio).toBeCloseTo(ratio, 12);
  });
  test('every scenario is told with its verdict', () => {
    const chaos = someChaos([aScenario({ probability: 1e-9 }), { ...node, required: true }]);
    expect(chaosBuffer(threatened(chaos)).resilienceOf(12)?.scenarios).toEqual([
      { scenario: 'zone-loss', cover: 'TooDear', isSurvived: false },
      {
        scenario: 'node-drain',
        cover: 'Required',
        need: { neededReplicas: 10, lostReplicas: 2 },
        isSurvived: true,
      },
    ]);
  });
  test('the safety factor makes the buffer larger, not the failure', () => {
    const chaos = someChaos([aScenario()], { safetyFactor: 1.2 });
    expect(chaosBuffer(threatened(chaos)).resilienceOf(15)?.ratio).toBe(1);
  });
  test('where nothing is feared there is none', () => {
    expect(chaosBuffer(threatened(someChaos([]))).resilienceOf(10)).toBeUndefined();
  });
});
