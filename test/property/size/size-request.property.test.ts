import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DISPATCHES } from '../../../src/policy/policy.ts';
import { answerSize } from '../../../src/size/queueing-answer.ts';
import { contradictions, sizeQuestion, type SizeRequest } from '../../../src/size/size-request.ts';

/** How many cases; a long run is `PRESCALE_FUZZ_RUNS=100000 npx vitest run --project unit test/property/size/size-request`. */
const RUNS = Number(process.env['PRESCALE_FUZZ_RUNS'] ?? 1500);

/** From `low` to `high`, every order of magnitude alike. */
const across = (low: number, high: number) =>
  fc.double({ min: Math.log10(low), max: Math.log10(high), noNaN: true }).map((power) => 10 ** power);
const countTo = (most: number) => across(1, most).map(Math.round);
const orZero = (value: fc.Arbitrary<number>) => fc.oneof(fc.constant(0), value);
const sometimes = (value: fc.Arbitrary<number>) => fc.option(value, { nil: undefined });

/** Everything that the command line and the API take, to their limits, and up to a million servers that are busy. */
const anyRequest: fc.Arbitrary<SizeRequest> = fc
  .record({
    serviceRateRps: across(1e-9, 1e12),
    erlangs: orZero(across(1e-12, 1e6)),
    sloSeconds: orZero(fc.oneof(across(1e-12, 1e12), across(1e-307, 1e-12))),
    serversPerReplica: countTo(1e6),
    replicaCostPerHour: sometimes(orZero(across(1e-12, 1e12))),
    violationCost: sometimes(orZero(across(1e-12, 1e12))),
    objective: sometimes(
      fc.oneof(
        across(1e-9, 0.5),
        across(1e-12, 0.5).map((late) => 1 - late),
      ),
    ),
    dispatch: fc.constantFrom(...DISPATCHES),
    patienceSeconds: sometimes(across(1e-9, 1e12)),
    queueLimit: sometimes(countTo(1e6)),
    arrivalVariability: fc.oneof(fc.constant(1), orZero(across(1e-6, 1000))),
    serviceVariability: fc.oneof(fc.constant(1), orZero(across(1e-6, 1000))),
    contention: fc.oneof(fc.constant(0), across(1e-12, 1)),
    coherency: fc.oneof(fc.constant(0), across(1e-12, 1)),
    minReplicas: fc.oneof(fc.constant(1), countTo(1e6)),
    maxReplicas: sometimes(countTo(1e6)),
    replicas: sometimes(countTo(1e6)),
  })
  .map(({ erlangs, ...rest }) => ({ ...rest, arrivalRateRps: Math.min(1e12, erlangs * rest.serviceRateRps) }))
  .filter((request) => contradictions(request, String).length === 0);

/** Paths of numbers that are none. */
function notFinite(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} = ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => notFinite(each, `${path}.${key}`));
}

describe('whatever is asked', () => {
  test('is answered without NaN and Infinity, probabilities between 0 and 1', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const answer = answerSize(sizeQuestion(request));
        expect(notFinite(answer)).toEqual([]);
        const { sloViolationProbability, waitProbability, replicas } = answer;
        expect(sloViolationProbability).toBeGreaterThanOrEqual(0);
        expect(sloViolationProbability).toBeLessThanOrEqual(1);
        expect(waitProbability ?? 0).toBeGreaterThanOrEqual(0);
        expect(waitProbability ?? 0).toBeLessThanOrEqual(1);
        expect(replicas).toBeGreaterThanOrEqual(Math.min(request.replicas ?? Infinity, request.minReplicas));
        expect(Number.isSafeInteger(replicas)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('an unstable count has no waits to tell, a stable one has', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { stable, meanWaitSeconds, meanResponseSeconds } = answerSize(sizeQuestion(request));
        if (!stable) expect([meanWaitSeconds, meanResponseSeconds]).toEqual([null, null]);
        else expect(meanWaitSeconds).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: RUNS },
    );
  });
});
