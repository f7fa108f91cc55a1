import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type DecideInput } from '../../../src/decide.ts';
import { createKnownNeeds } from '../../../src/size/known-needs.ts';
import { aDecideInput } from '../../builders/decision.ts';
import { aForecast } from '../../builders/forecast.ts';
import { anObservation } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';
import { anyDecideInput } from '../arbitraries.ts';

/** As often the count of the tick before as another one. */
const anyCount = fc.oneof(fc.constant(12), fc.integer({ min: 0, max: 50 }));

/** Ticks of a minute: the same forecast, other times, counts, measured loads and policies. */
const anyMinute = fc
  .record({
    input: anyDecideInput(),
    counts: fc.array(anyCount, { minLength: 2, maxLength: 5 }),
    starting: fc.array(fc.constantFrom(0, 0, 0, 3), { minLength: 5, maxLength: 5 }),
    loads: fc.array(fc.constantFrom(0.5, 0.97, 1, 1.03, 2), { minLength: 5, maxLength: 5 }),
    otherRate: fc.boolean(),
  })
  .map(({ input, counts, starting, loads, otherRate }): DecideInput[] =>
    counts.map((currentReplicas, at) => {
      const { serviceRateRps, arrivalRate: measured, ...observation } = input.observation;
      const arrivalRate =
        measured.kind === 'value' ? { ...measured, value: loads[at] * measured.value } : measured;
      const rate = otherRate && at > 1 && serviceRateRps !== null ? 2 * serviceRateRps : serviceRateRps;
      return {
        ...input,
        nowMs: input.nowMs + at * 15_000,
        observation: {
          ...observation,
          arrivalRate,
          currentReplicas,
          readyReplicas: Math.max(0, currentReplicas - starting[at]),
          startingReplicas: Math.min(currentReplicas, starting[at]),
          serviceRateRps: rate,
        },
      };
    }),
  );

test('what was found before changes no decision', () => {
  fc.assert(
    fc.property(anyMinute, (ticks) => {
      const knownNeeds = createKnownNeeds();
      for (const input of ticks) expect(decide({ ...input, knownNeeds })).toEqual(decide(input));
    }),
    { numRuns: 200 },
  );
});

describe('what was found under other conditions is not used', () => {
  const forecast = aForecast(1000);
  const replicasOf = (input: Partial<DecideInput>): number =>
    decide(aDecideInput({ forecast, ...input })).decision.sizing!.neededReplicas;
  test.each([
    ['another service rate', { observation: anObservation({ serviceRateRps: 12 }) }],
    ['another policy', { policy: aPolicy({ slo: { responseSeconds: 0.1 } }) }],
    ['cheaper replicas', { policy: aPolicy({ cost: { perReplicaHour: 0.0001 } }) }],
    [
      'the objective for want of prices',
      {
        policy: aPolicy({
          cost: { perReplicaHour: null, perViolation: null },
          slo: { objectiveRatio: 0.999999 },
        }),
      },
    ],
  ])('%s', (_, other) => {
    const knownNeeds = createKnownNeeds();
    const before = replicasOf({ knownNeeds });
    const after = replicasOf({ ...other, knownNeeds });
    expect(after).toBe(replicasOf(other));
    expect(after).not.toBe(before);
    expect(replicasOf({ knownNeeds })).toBe(before);
  });
});
