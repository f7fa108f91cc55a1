import { describe, expect, test } from 'vitest';
import { desiredReplicas } from '../../../src/domain/decision.ts';
import { aDecision, decided } from '../../builders/decision.ts';
import { aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { WARM_MEMORY } from '../../builders/guard-input.ts';
import { anObservation, measured, NOW_MS } from '../../builders/observation.ts';

const at = (rateRps: number) => anObservation({ arrivalRate: measured(rateRps) });

describe('what is sized for', () => {
  test('a trusted forecast', () => {
    const observation = anObservation({ currentReplicas: 20, readyReplicas: 20 });
    const { sizing } = aDecision({ observation, forecast: aForecast(2500) });
    expect(sizing).toMatchObject({ basis: 'forecast', replicas: 15 });
  });
  test('the measured load, where it needs more than the forecast', () => {
    const { sizing } = aDecision({ observation: at(1900), forecast: aForecast(400) });
    expect(sizing).toMatchObject({ basis: 'measured', sizedForRps: 1900, peakAtMs: NOW_MS });
    expect(aDecision({ observation: at(1900), forecast: NO_FORECAST }).sizing).toEqual(sizing);
  });
  test.each([
    ['no forecast', NO_FORECAST],
    ['a forecast without confidence', aForecast(9000, { confidenceRatio: 0.79 })],
    ['a forecast that begins in ten minutes', aForecast(9000, { originAtMs: NOW_MS + 600_000 })],
    ['a forecast that has ended', aForecast(9000, { originAtMs: NOW_MS - 900_000 })],
  ])('the measured load alone with %s', (_name, forecast) => {
    const { sizing } = aDecision({ observation: at(400), forecast });
    expect(sizing).toMatchObject({ basis: 'measured', sizedForRps: 400, peakAtMs: NOW_MS });
  });
  test('a flash crowd that no model trusts itself with is served', () => {
    const decision = aDecision({
      observation: at(3000),
      forecast: aForecast(400, { confidenceRatio: 0.1 }),
    });
    expect(desiredReplicas(decision)).toBeGreaterThan(15);
  });
});

describe('the window: start-up 90 s + tick 15 s + one step of 60 s = 165 s from now on', () => {
  // Slots of 60 s: 0 to 2 begin before 165 s (the third at 120 s), the fourth at 180 s. Slot 0 is over before anybody who
  // is asked for now is ready: what runs is kept for it, and no more is asked for.
  const peakIn = (slot: number) => Array.from({ length: 15 }, (_, i) => (i === slot ? 2500 : 400));
  const replicasFor = (slot: number, overrides = {}) =>
    aDecision({ observation: at(400), forecast: aForecast(peakIn(slot)), ...overrides }).sizing!.replicas;

  test.each([
    [0, 10],
    [1, 15],
    [2, 15],
    [3, 3],
    [14, 3],
  ])('a peak in slot %i asks for %i replicas', (slot, replicas) => {
    expect(replicasFor(slot)).toBe(replicas);
  });
  test('more run already: a peak in slot 0 keeps what it needs of them', () => {
    const observation = anObservation({ arrivalRate: measured(400), currentReplicas: 20, readyReplicas: 20 });
    expect(replicasFor(0, { observation })).toBe(15);
    const { sizing } = aDecision({ observation, forecast: aForecast(peakIn(0)) });
    expect(sizing).toMatchObject({ peakAtMs: NOW_MS });
  });
  test('the lead time is told', () => {
    expect(aDecision().sizing).toMatchObject({ leadTimeSeconds: 105 });
    expect(aDecision().startup).toEqual({ seconds: 90, source: 'policy' });
  });
  test.each([
    ['learned: its 95th percentile', { p50Seconds: 21, p95Seconds: 24, samples: 30 }, 24],
    ['assumed while it is not known', undefined, 120],
  ])('a start-up time that is %s', (_name, learnedStartup, startupSeconds) => {
    const observation = anObservation(learnedStartup && { learnedStartup });
    const { sizing } = aDecision({ observation }, { capacity: { learnsStartup: true } });
    expect(sizing?.leadTimeSeconds).toBe(startupSeconds + 15);
  });
  test('a slower start looks further ahead', () => {
    const { sizing } = aDecision(
      { observation: at(400), forecast: aForecast(peakIn(3)) },
      { capacity: { startupSeconds: 120 } },
    );
    expect(sizing).toMatchObject({ replicas: 15, peakAtMs: NOW_MS + 180_000 });
  });
  test('a slower tick as well', () => {
    expect(replicasFor(3, { tickSeconds: 60 })).toBe(15);
  });
  test('slots that have passed are not sized for; the one that now is in is', () => {
    // Origin 100 s ago: slot 0 ended 40 s ago, slot 1 covers now.
    const forecast = (slot: number) => aForecast(peakIn(slot), { originAtMs: NOW_MS - 100_000 });
    expect(replicasFor(0, { forecast: forecast(0) })).toBe(3);
    const observation = anObservation({ arrivalRate: measured(400), currentReplicas: 20, readyReplicas: 20 });
    expect(replicasFor(1, { forecast: forecast(1), observation })).toBe(15);
  });
});

describe('the backlog of an overload', () => {
  const overloaded = { observation: at(2500), forecast: NO_FORECAST };
  test('grows by what the ready replicas cannot serve', () => {
    // 10 ready replicas of 8 servers of 25 rps serve 2,000 rps: 500 rps too few, for the 15 s since the last decision.
    const { decision, memory } = decided(overloaded);
    expect(decision.observed.backlogRequests).toBe(7500);
    expect(memory).toMatchObject({ backlogRequests: 7500, backlogAtMs: NOW_MS });
  });
  test('asks for more than the rate alone', () => {
    const without = aDecision({
      observation: at(2500),
      forecast: NO_FORECAST,
      memory: { ...WARM_MEMORY, backlogAtMs: NOW_MS },
    });
    expect(aDecision(overloaded).sizing!.replicas).toBeGreaterThan(without.sizing!.replicas);
  });
  test('is worked off when there is room', () => {
    // 1,000 rps on 2,000 rps: 15,000 of the 20,000 are served within 15 s.
    const memory = { ...WARM_MEMORY, backlogRequests: 20_000 };
    expect(decided({ memory }).memory.backlogRequests).toBe(5000);
    expect(decided({ memory: { ...memory, backlogRequests: 14_000 } }).memory.backlogRequests).toBe(0);
  });
  test('counts ready replicas, not those that start', () => {
    const observation = anObservation({ readyReplicas: 4, startingReplicas: 6 });
    expect(aDecision({ observation, forecast: NO_FORECAST }).observed.backlogRequests).toBe(200 * 15);
  });
  test('is at most what patient clients make of it', () => {
    const { observed } = aDecision(overloaded, { slo: { patienceSeconds: 2 } });
    expect(observed.backlogRequests).toBe(5000);
  });
  test('is at most what the replicas queue', () => {
    const { observed } = aDecision(overloaded, { capacity: { queueLimitRequests: 100 } });
    expect(observed.backlogRequests).toBe(1000);
  });
  test('stays as it was while nothing is measured', () => {
    const memory = { ...WARM_MEMORY, backlogRequests: 300 };
    const observation = anObservation({ arrivalRate: { kind: 'empty' } });
    expect(decided({ memory, observation }).memory).toMatchObject({
      backlogRequests: 300,
      backlogAtMs: NOW_MS,
    });
  });
  test('of a what-if is believed', () => {
    expect(aDecision({ observation: anObservation({ backlogRequests: 900 }) }).observed.backlogRequests).toBe(
      900,
    );
  });
});

test('what is remembered: the recommendation after tolerance, before the other guards', () => {
  const low = { observation: at(400), forecast: aForecast(400, { confidenceRatio: 0.5 }) };
  expect(decided(low).memory.recommendations).toEqual([{ atMs: NOW_MS, replicas: 3 }]);
  const tolerant = { behavior: { scaleDown: { toleranceRatio: 0.9 } } };
  expect(decided(low, tolerant).memory.recommendations).toEqual([{ atMs: NOW_MS, replicas: 10 }]);
});

test('while nothing is measured, what runs counts as recommended: no cliff when the metrics come back', () => {
  const observation = anObservation({ arrivalRate: { kind: 'empty' } });
  const { memory } = decided({ observation });
  expect(memory.recommendations).toEqual([{ atMs: NOW_MS, replicas: 10 }]);
  const back = aDecision({
    observation: at(400),
    forecast: aForecast(400),
    memory,
    nowMs: NOW_MS + 15_000,
  });
  expect(back.outcome).toEqual({ kind: 'hold', reason: 'ScaleDownStabilized' });
});
