import { describe, expect, test } from 'vitest';
import type { ObjectiveAccount } from '../../../src/domain/objective-account.ts';
import { accountAfter, objectivePriceOf, type Served } from '../../../src/size/objective-price.ts';
import { serviceModelFrom } from '../../../src/size/service-model.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import { aPolicy } from '../../builders/policy.ts';
import { aSizingInput, quantilesAround } from './sizing-input.ts';

const DAY_SECONDS = 86_400;
const POLICY = aPolicy({
  capacity: { serversPerReplica: 1, dispatch: 'Central' },
  slo: { responseSeconds: 0.5, objectiveRatio: 0.99 },
});
/** One server of 10 requests per second: e^-5 = 0.674 % are late whatever runs. */
const MODEL = serviceModelFrom(POLICY, 10);
const ALLOWED = 0.01 - Math.exp(-5);

const accountOf = (days: number, usedRatio: number): ObjectiveAccount => ({
  requests: 1e6 * days,
  avoidablyLateRequests: 1e6 * days * ALLOWED * usedRatio,
  seconds: days * DAY_SECONDS,
  askedReplicas: 20,
  servingReplicas: 8,
});
const priceOf = (account?: ObjectiveAccount) =>
  objectivePriceOf(account, MODEL, POLICY.slo)?.replicaSeconds ?? Number.NaN;

describe('the price that an objective makes', () => {
  test('of nothing served yet: 307 services, 30.7 s of a replica that serves 10 a second', () => {
    expect(priceOf()).toBeCloseTo(30.66, 2);
    expect(objectivePriceOf(undefined, MODEL, POLICY.slo)).toMatchObject({
      avoidablyLateRatio: 0,
      accountSeconds: 0,
    });
  });
  test('is in work, not in seconds: replicas that serve ten times as fast cost a tenth of it', () => {
    const fast = objectivePriceOf(
      undefined,
      { ...MODEL, serviceRateRps: 100 },
      { ...POLICY.slo, responseSeconds: 0.05 },
    );
    expect(fast?.replicaSeconds).toBeCloseTo(priceOf() / 10, 10);
  });
  test.each([
    ['twice the allowance for four days', 4, 2, 5.29],
    ['twice the allowance for an hour', 1 / 24, 2, 1],
    ['none of it for four days', 4, 0, 1 / 2.72],
    ['none of it for months: no less than about a quarter', 28, 0, 1 / 4],
    ['three times the allowance for weeks: no more than about 16 times', 28, 3, 16],
    ['ten times the allowance for weeks: out of reach, the first price', 28, 10, 1],
    ['ten times the allowance for an hour: the first price', 1 / 24, 10, 1],
  ])('%s', (_, days, usedRatio, fold) => {
    const ratio = priceOf(accountOf(days, usedRatio)) / priceOf();
    expect(Math.abs(Math.log(ratio / fold))).toBeLessThan(0.06);
  });
  test.each([
    ['service alone makes too many late', MODEL, 0.4],
    [
      'replicas get into each other’s way',
      { ...MODEL, scalability: { contention: 0.01, coherency: 0 } },
      0.5,
    ],
  ])('there is none where %s', (_, model, responseSeconds) => {
    expect(objectivePriceOf(undefined, model, { ...POLICY.slo, responseSeconds })).toBeUndefined();
  });
});

describe('the account', () => {
  const served: Served = {
    model: MODEL,
    slo: POLICY.slo,
    arrivalRateRps: 100,
    readyReplicas: 8,
    currentReplicas: 20,
    backlogRequests: 0,
    elapsedMs: 15_000,
  };
  const begun = accountAfter(undefined, served);
  test('begins empty', () => {
    expect(begun).toEqual({
      requests: 0,
      avoidablyLateRequests: 0,
      seconds: 0,
      askedReplicas: 20,
      servingReplicas: 8,
    });
  });
  test('in overload all are late but those that service makes late anyway', () => {
    const after = accountAfter(begun, served);
    expect(after.requests).toBeCloseTo(1500, 9);
    expect(after.avoidablyLateRequests).toBeCloseTo(1500 * (1 - Math.exp(-5)), 6);
  });
  test('with plenty of replicas none is late for want of them, and behind a backlog all are', () => {
    const plenty = { ...begun, servingReplicas: 60 };
    expect(accountAfter(plenty, served).avoidablyLateRequests).toBeCloseTo(0, 9);
    const behind = accountAfter(plenty, { ...served, backlogRequests: 1000 });
    expect(behind.avoidablyLateRequests).toBeGreaterThan(1489);
  });
  test('what others have set the count to is not accounted', () => {
    const after = accountAfter(begun, { ...served, currentReplicas: 21 });
    expect(after).toMatchObject({ requests: 0, seconds: 0, askedReplicas: 21 });
  });
  test('forgets: after four weeks what was weighs 1/e, time and requests alike', () => {
    const after = accountAfter(
      { ...accountOf(28, 1), askedReplicas: 20 },
      { ...served, elapsedMs: 28 * DAY_SECONDS * 1000 },
    );
    expect(after.seconds / DAY_SECONDS).toBeCloseTo(28 + 28 / Math.E, 6);
  });
});

describe('sizing without prices', () => {
  const policy = { cost: { perReplicaHour: null, perViolation: null } };
  const wide = quantilesAround(900, 0.5);
  const pricedAt = (replicaSeconds: number) => ({
    replicaSeconds,
    avoidablyLateRatio: 0,
    allowedRatio: 0.008,
    accountSeconds: 0,
  });
  const sizedAt = (replicaSeconds: number) =>
    sizeReplicas(aSizingInput([wide], { policy, objectivePrice: pricedAt(replicaSeconds) }));
  test('the price weighs what an uncertain load may bring, and is told', () => {
    const counts = [0.001, 0.01, 0.1, 1, 10].map((seconds) => sizedAt(seconds).replicas);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts).size).toBeGreaterThan(2);
    expect(sizedAt(1)).toMatchObject({ reason: 'ObjectiveMet', objectivePrice: pricedAt(1) });
  });
  test('never fewer than the objective needs at the median, and no price where the load is certain', () => {
    const certain = sizeReplicas(aSizingInput([900], { policy, objectivePrice: pricedAt(100) }));
    expect(sizedAt(1e-9).replicas).toBe(certain.replicas);
    expect(certain.objectivePrice).toBeUndefined();
  });
  test('the policy’s own prices go before it', () => {
    const given = sizeReplicas(aSizingInput([wide], { objectivePrice: pricedAt(100) }));
    expect(given).toEqual(sizeReplicas(aSizingInput([wide])));
  });
});
