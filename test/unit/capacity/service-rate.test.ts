import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learnServiceRate } from '../../../src/capacity/learn-service-rate.ts';
import { findRateChanges } from '../../../src/capacity/rate-changes.ts';
import { estimateServiceRate } from '../../../src/capacity/service-rate.ts';
import { tQuantile } from '../../../src/capacity/student-t.ts';
import type { WorkSample } from '../../../src/capacity/work-sample.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { exponential, gaussian } from '../../simulator/distributions.ts';
import { detectionMinutes, falseAlarms, learnedAt } from '../../simulator/service-rate-table.ts';
import { simulateSlots } from '../../simulator/simulate-slots.ts';

const MINUTE_MS = 60_000;

/** Slots of `busy` servers at `rateAt(slot)`, each off by a share of normal noise. */
function slots(count: number, rateAt: (slot: number) => number, noise = 0.02, seed = 1): WorkSample[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, slot) => {
    const busyServers = 20 + 5 * Math.sin(slot / 20);
    const throughputRps = rateAt(slot) * busyServers * (1 + noise * gaussian(random));
    return { atMs: (slot + 1) * MINUTE_MS, throughputRps, busyServers };
  });
}
const learn = (samples: readonly WorkSample[]) =>
  learnServiceRate({ samples, stepSeconds: 60, source: 'busySlots' });

describe('the quantile of Student', () => {
  // Published tables of the two-sided 95 % points.
  test.each([
    [3, 3.182, 0.01],
    [5, 2.5706, 0.001],
    [10, 2.2281, 0.0001],
    [30, 2.0423, 0.0001],
    [1e9, 1.95996, 0.00001],
  ])('%d degrees: %d', (degrees, quantile, within) => {
    expect(Math.abs(tQuantile(degrees) - quantile)).toBeLessThan(within);
  });
});

describe('the rate of a simulated station with 1 % outliers', () => {
  test.each([0.3, 0.5, 0.7, 0.9])('at utilization %d: within 5 %', (utilization) => {
    for (const seed of [1, 2, 3]) {
      const learned = learnedAt({ servers: 4, utilization, service: exponential }, 120, seed);
      if (learned.kind === 'unknown') throw new Error(learned.message);
      expect(Math.abs(learned.rateRps / 25 - 1)).toBeLessThan(0.05);
      expect(learned.lowerRps).toBeLessThan(learned.rateRps);
    }
  });
  test('near saturation response times are many service times, and the rate is as it was', () => {
    const arrivals = 0.97 * 2 * 25;
    const samples = simulateSlots(
      {
        servers: 2,
        arrivalRateRps: () => arrivals,
        mostArrivalsRps: arrivals,
        serviceAt: () => exponential(25),
      },
      { slots: 120, slotSeconds: 60, seed: 3 },
    );
    expect(estimateServiceRate(samples).rateRps).toBeCloseTo(25, 0);
  });
  test('the intervals hold the truth about as often as they say', () => {
    let held = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const { lowerRps, upperRps } = estimateServiceRate(slots(40, () => 25, 0.05, seed));
      if (lowerRps <= 25 && 25 <= upperRps) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(184);
  });
});

describe('a change of the rate', () => {
  test.each([5, 50])('at %d rps: a drop of 30 percent is noticed within 10 minutes', (rps) => {
    for (const seed of [1, 2, 3, 4, 5]) expect(detectionMinutes(rps, 0.7, seed)).toBeLessThanOrEqual(10);
  });
  test('a day of a steady rate: no alarm', () => {
    expect(falseAlarms(1, 10, 5)).toBe(0);
  });
  test('after a drop the rate is that of the slots since, and the drop is told', () => {
    const learned = learn(slots(106, (slot) => (slot < 100 ? 25 : 17.5)));
    expect(learned).toMatchObject({ kind: 'learned', drop: { atMs: 100 * MINUTE_MS } });
    if (learned.kind === 'unknown') return;
    expect(learned.rateRps).toBeCloseTo(17.5, 0);
    expect(learned.drop!.beforeRps).toBeCloseTo(25, 0);
  });
  test('an hour later it is told no longer, and the rate is still the lower one', () => {
    const learned = learn(slots(170, (slot) => (slot < 100 ? 25 : 17.5)));
    expect(learned).toMatchObject({ kind: 'learned', drop: null, sinceAtMs: 100 * MINUTE_MS });
  });
  test('a rise is believed only after half an hour', () => {
    const rising = (count: number) =>
      findRateChanges(
        slots(count, (slot) => (slot < 100 ? 25 : 50)),
        60,
      );
    expect(rising(129)).toEqual([]);
    expect(rising(133)).toMatchObject([{ kind: 'rise' }]);
  });
  test('one slot that lies is no change', () => {
    expect(
      findRateChanges(
        slots(150, (slot) => (slot === 120 ? 2 : 25)),
        60,
      ),
    ).toEqual([]);
  });
  test('what is known at a slot does not depend on those after it', () => {
    const all = slots(200, (slot) => (slot < 90 ? 25 : 15));
    const early = findRateChanges(all.slice(0, 110), 60);
    expect(findRateChanges(all, 60).slice(0, early.length)).toEqual(early);
  });
});

describe('what cannot be known', () => {
  test('too few slots: says how many there are', () => {
    expect(learn(slots(9, () => 25))).toEqual({
      kind: 'unknown',
      message: '9 of the 10 slots with throughput and busySlots that it takes',
    });
  });
  test('slots that contradict each other', () => {
    const learned = learn(slots(12, (slot) => (slot % 2 === 0 ? 1 : 100)));
    expect(learned).toMatchObject({ kind: 'unknown' });
  });
  test('slots that agree to the last digit leave no doubt', () => {
    const learned = learn(slots(20, () => 25, 0));
    expect(learned).toMatchObject({ kind: 'learned' });
    if (learned.kind === 'learned') expect(learned.upperRps - learned.lowerRps).toBeLessThan(1e-6);
  });
});

test('any samples: an estimate within its interval, or unknown; never NaN', () => {
  const sample = fc.record({
    throughputRps: fc.double({ min: 0, max: 1e9, noNaN: true }),
    busyServers: fc.double({ min: 0, max: 1e6, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 60 }), (drawn) => {
      const samples = drawn
        .map((each, slot) => ({ ...each, atMs: slot * MINUTE_MS }))
        .filter(({ throughputRps, busyServers }) => throughputRps + busyServers > 0);
      const learned = learn(samples);
      if (learned.kind === 'unknown') return;
      expect(learned.lowerRps).toBeGreaterThan(0);
      expect(learned.lowerRps).toBeLessThanOrEqual(learned.rateRps);
      expect(learned.upperRps).toBeGreaterThanOrEqual(learned.rateRps);
      expect(learned.upperRps).toBeLessThan(Infinity);
    }),
  );
});
