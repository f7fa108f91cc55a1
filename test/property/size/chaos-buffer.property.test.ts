import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChaosPolicy, ChaosScenario, ScenarioEffect } from '../../../src/policy/policy.ts';
import { chaosBuffer } from '../../../src/size/chaos-buffer.ts';
import { distributionFromRate } from '../../../src/size/rate-distribution.ts';
import { sizedWorlds } from '../../../src/size/scenario-worlds.ts';
import { serviceModelFrom } from '../../../src/size/service-model.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import type { SizingTrace } from '../../../src/domain/sizing.ts';
import { aPolicy, givenRateRps } from '../../builders/policy.ts';
import { aScenario, someChaos } from '../../builders/chaos.ts';
import { aSizingInput } from '../../unit/size/sizing-input.ts';

const RUNS = 100;
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const effect: fc.Arbitrary<ScenarioEffect> = fc.oneof(
  fc.record({ kind: fc.constant('ShareLost' as const), lossRatio: real(0.01, 0.7) }),
  fc.record({
    kind: fc.constant('Rollout' as const),
    lossRatio: real(0, 0.7),
    leastReplicas: fc.constantFrom(0, 1),
  }),
  fc.record({ kind: fc.constant('ReplicasLost' as const), lostReplicas: fc.integer({ min: 0, max: 12 }) }),
  fc.record({ kind: fc.constant('ArrivalRate' as const), multiplier: real(1.01, 4) }),
  fc.record({ kind: fc.constant('ServiceRate' as const), multiplier: real(0.3, 0.99) }),
);
const scenarios: fc.Arbitrary<readonly ChaosScenario[]> = fc
  .array(
    fc.record({
      effect,
      probability: real(0, 0.05),
      required: fc.boolean(),
      availabilityRatio: fc.constantFrom(null, null, 0.99, 0.999),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((each) => each.map((given, index) => aScenario({ ...given, name: `scenario-${index}` })));
const anyChaos: fc.Arbitrary<ChaosPolicy> = fc
  .record({
    scenarios,
    safetyFactor: fc.constantFrom(1, 1.2),
    availabilityRatio: fc.constantFrom(null, 0.99, 0.999),
    replicaDownProbability: fc.constantFrom(0.001, 0.01, 0.05),
  })
  .map(({ scenarios: feared, ...rest }) => someChaos(feared, rest));

const sized = (rateRps: number, chaos: ChaosPolicy): SizingTrace =>
  sizeReplicas(aSizingInput([rateRps], { policy: { capacity: { dispatch: 'Central' }, chaos } }));

/** One policy for each thing that is feared, which fears nothing else. */
function apart(chaos: ChaosPolicy): ChaosPolicy[] {
  const alone = chaos.scenarios.map((scenario) => ({
    ...chaos,
    availabilityRatio: null,
    scenarios: [scenario],
  }));
  return chaos.availabilityRatio === null ? alone : [...alone, { ...chaos, scenarios: [] }];
}

describe('the chaos buffer', () => {
  test('is the largest that any scenario alone would ask for, never more: no sum', () => {
    fc.assert(
      fc.property(real(0, 3000), anyChaos, (rateRps, chaos) => {
        const alone = apart(chaos).map((each) => sized(rateRps, each).replicas);
        expect(sized(rateRps, chaos).replicas).toBe(Math.max(...alone));
      }),
      { numRuns: RUNS },
    );
  });

  test('names the scenario that sets it: alone, it asks for the same count', () => {
    fc.assert(
      fc.property(real(0, 3000), anyChaos, (rateRps, chaos) => {
        const { replicas, buffer, resilience } = sized(rateRps, chaos);
        const outcomes = resilience!.scenarios;
        if (buffer === null)
          return void expect(outcomes.every(({ cover }) => cover === 'TooDear')).toBe(true);
        const { need } = outcomes.find(({ scenario }) => scenario === buffer.scenario)!;
        expect(need!.neededReplicas + need!.lostReplicas).toBe(replicas);
      }),
      { numRuns: RUNS },
    );
  });

  test('never shrinks when a scenario is added, becomes likelier or takes more', () => {
    fc.assert(
      fc.property(real(0, 3000), anyChaos, real(1, 1.3), (rateRps, chaos, factor) => {
        const before = sized(rateRps, chaos).replicas;
        const likelier = chaos.scenarios.map((each) => ({ ...each, probability: each.probability * factor }));
        expect(sized(rateRps, { ...chaos, scenarios: likelier }).replicas).toBeGreaterThanOrEqual(before);
        const more = { ...chaos, scenarios: [...chaos.scenarios, aScenario({ name: 'one-more' })] };
        expect(sized(rateRps, more).replicas).toBeGreaterThanOrEqual(before);
        const safer = { ...chaos, safetyFactor: chaos.safetyFactor * Math.min(factor, 1.15) };
        expect(
          sized(rateRps, { ...safer, scenarios: chaos.scenarios.map(required) }).replicas,
        ).toBeGreaterThanOrEqual(
          sized(rateRps, { ...chaos, scenarios: chaos.scenarios.map(required) }).replicas,
        );
      }),
      { numRuns: RUNS },
    );
  });

  test('survives what it covers, where the objective can be kept at all', () => {
    fc.assert(
      fc.property(real(0, 3000), anyChaos, (rateRps, chaos) => {
        // At a third of the rate e^(-25 x 0.25 / 3) = 12 % are late at any count: no buffer makes up for that.
        const bearable = chaos.scenarios.filter((each) => each.effect.kind !== 'ServiceRate');
        const { resilience } = sized(rateRps, { ...chaos, scenarios: bearable });
        for (const { cover, isSurvived } of resilience?.scenarios ?? [])
          if (cover !== 'TooDear') expect(isSurvived).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('makes for a resilience of 0 to 1 that never falls as replicas are added', () => {
    const policy = aPolicy({ capacity: { dispatch: 'Central' } });
    const model = serviceModelFrom(policy, givenRateRps(policy));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), anyChaos, (rateRps, chaos) => {
        const { resilienceOf } = chaosBuffer({
          neededReplicas: Math.floor(rateRps / 200) + 1,
          mostReplicas: Infinity,
          chaos,
          worlds: sizedWorlds(model, [distributionFromRate(rateRps)], policy),
          cost: policy.cost,
          replicaCapacityRps: 200,
          arrivalRateRps: rateRps,
        });
        const ratios = [0, 1, 2, 4, 8, 9, 10, 11, 12, 16, 32, 64].map((count) => resilienceOf(count)!.ratio);
        for (const [i, ratio] of ratios.entries()) {
          expect(ratio).toBeLessThanOrEqual(1);
          expect(ratio).toBeGreaterThanOrEqual(i === 0 ? 0 : ratios[i - 1]);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

function required(scenario: ChaosScenario): ChaosScenario {
  return { ...scenario, required: true };
}
