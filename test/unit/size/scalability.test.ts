import { describe, expect, test } from 'vitest';
import { answerSize } from '../../../src/size/queueing-answer.ts';
import { capacityRps, peakReplicas } from '../../../src/size/service-model.ts';
import type { ServiceModel } from '../../../src/size/service-model.ts';
import type { ChaosScenario } from '../../../src/policy/policy.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import { aSizingInput } from './sizing-input.ts';

const model = (contention: number, coherency: number): ServiceModel => ({
  serviceRateRps: 25,
  serversPerReplica: 8,
  dispatch: 'LeastRequests',
  scalability: { contention, coherency },
});

describe('the law', () => {
  test('by hand: 3 replicas at 0.1 and 0.05 do 3 x 200 / (1 + 0.2 + 0.3)', () => {
    expect(capacityRps(model(0.1, 0.05), 3)).toBeCloseTo(400, 10);
  });
  test.each([
    [0, 0.01, 10],
    [0.19, 0.01, 9],
    [0.5, 0.0001, 71],
    [0.5, 0, Infinity],
    [1, 0.3, 1],
  ])('contention %d and coherency %d: the peak is at %d', (contention, coherency, peak) => {
    expect(peakReplicas(model(contention, coherency))).toBe(peak);
  });
  test('no count near the peak does more', () => {
    for (const coherency of [0.0003, 0.002, 0.013, 0.17]) {
      const law = model(0.03, coherency);
      const peak = peakReplicas(law);
      for (const other of [peak - 1, peak + 1])
        if (other >= 1) expect(capacityRps(law, other)).toBeLessThanOrEqual(capacityRps(law, peak));
    }
  });
});

describe('sizing with it', () => {
  const policy = (contention: number, coherency: number) => ({
    policy: { capacity: { scalability: { contention, coherency } }, maxReplicas: 1000 },
  });
  test('replicas that get into each other’s way: more of them for the same load', () => {
    const linear = sizeReplicas(aSizingInput([2000])).replicas;
    const contended = sizeReplicas(aSizingInput([2000], policy(0.02, 0)));
    expect(contended.replicas).toBeGreaterThan(linear);
    expect(contended.reason).toBe('CostOptimum');
    expect(contended.utilizationRatio).toBeLessThan(1);
  });
  test('a load beyond the peak: the peak and not one more, and it is said', () => {
    const trace = sizeReplicas(aSizingInput([50_000], policy(0.02, 0.001)));
    expect(trace).toMatchObject({ reason: 'ScalingOutCannotHelp', replicas: 31 });
  });
  test('the buffer does not go past the peak either', () => {
    const scenario: ChaosScenario = {
      name: 'zone-loss',
      probability: 0.5,
      effect: { kind: 'ShareLost', lossRatio: 0.5 },
      availabilityRatio: null,
      userImpactRatio: 1,
      recoverySeconds: 600,
      required: true,
    };
    const given = policy(0.02, 0.001).policy;
    const trace = sizeReplicas(
      aSizingInput([2000], { policy: { ...given, chaos: { scenarios: [scenario] } } }),
    );
    expect(trace.neededReplicas).toBeLessThan(31);
    expect(trace.replicas).toBe(31);
  });
  test('more load never gives fewer replicas, on either side of the peak', () => {
    let before = 0;
    for (let rate = 0; rate < 9000; rate += 37) {
      const { replicas } = sizeReplicas(aSizingInput([rate], policy(0.02, 0.001)));
      expect(replicas, `${rate}`).toBeGreaterThanOrEqual(before);
      before = replicas;
    }
    expect(before).toBe(31);
  });
  test('the cheapest count is never beaten by any other up to the peak', () => {
    for (const arrivalRateRps of [10, 400, 1500, 2900]) {
      const question = {
        ...model(0.03, 0.0009),
        arrivalRateRps,
        sloSeconds: 0.4,
        minReplicas: 1,
        perReplicaHour: 0.1,
        perViolation: 0.0001,
      };
      const best = answerSize(question);
      for (let replicas = 1; replicas <= peakReplicas(question); replicas += 1) {
        const rival = answerSize({ ...question, replicas });
        if (rival.stable) expect(rival.costPerHour.total).toBeGreaterThanOrEqual(best.costPerHour.total!);
      }
    }
  });
});
