import { describe, expect, test } from 'vitest';
import type { SizingTrace } from '../../../src/domain/sizing.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import { replicasAfterEviction, replicasWithCold, warmRatio } from '../../../src/size/warm-up.ts';
import { aSizingInput } from './sizing-input.ts';

describe('the share of its rate that a cold replica works at: 40 %, rising to all over five minutes', () => {
  const warmUp = { durationSeconds: 300, initialRatio: 0.4 };
  test.each([
    ['in its first minute: 40 % to 52 %', 0, 60, 0.46],
    ['over all of the warm-up', 0, 300, 0.7],
    ['a minute on either side of its end', 240, 360, 0.97],
    ['once it is warm', 600, 660, 1],
    ['before it is ready: as at the beginning', -60, 0, 0.4],
  ])('%s', (_name, from, to, expected) => {
    expect(warmRatio(warmUp, from, to)).toBeCloseTo(expected, 12);
  });
  test('without a warm-up it is all of it', () => {
    expect(warmRatio({ durationSeconds: 0, initialRatio: 1 }, 0, 60)).toBe(1);
  });
});

test('cold replicas are made up for by more of them: 4 more at half their rate are 8', () => {
  expect(replicasWithCold(10, 6, 0.5)).toBe(14);
  expect(replicasWithCold(6, 6, 0.5)).toBe(6);
  // 3 / 0.3 is 10.000000000000002 in doubles, and must not cost an eleventh.
  expect(replicasWithCold(9, 6, 0.3)).toBe(16);
});

test('of 20 warm ones 8 are needed: 8 left would serve 60 % of the requests cold, at 5.6 of 8', () => {
  const warmUp = { durationSeconds: 300, initialRatio: 0.5 };
  expect(replicasAfterEviction(8, 20, warmUp)).toBe(11);
  // The share that comes from the others, 9 / 20, is served at half the rate: 11 do the work of 8.5, 10 of 7.5.
  expect(11 * (1 - (0.5 * 9) / 20)).toBeCloseTo(8.525, 12);
  expect(10 * (1 - (0.5 * 10) / 20)).toBeCloseTo(7.5, 12);
  expect(replicasAfterEviction(20, 20, warmUp)).toBe(20);
  expect(replicasAfterEviction(19, 20, { ...warmUp, initialRatio: 1 })).toBe(19);
});

/** What `replicas` that do the work of `working` cost an hour: all are paid for, only those lower the lateness. */
function costPerHour(trace: SizingTrace, replicas: number, working: number): number {
  const at = trace.candidates.find((candidate) => candidate.replicas === working);
  return replicas * 0.12 + at!.costPerHour.violations;
}

const cold = { capacity: { warmUp: { durationSeconds: 300, initialRatio: 0.4 } } };
const minutes = (...rates: readonly number[]) => ({ window: rates.slice(0, 3), horizon: rates.slice(3) });

/** As `decide` asks: three minutes of window, the rest the horizon. */
function sized(rates: readonly number[], currentReplicas: number, policy: typeof cold | object): SizingTrace {
  const { window, horizon } = minutes(...rates);
  const input = aSizingInput([...window, ...horizon], { currentReplicas, policy });
  return sizeReplicas({ ...input, window: input.window.slice(0, 3), horizon: input.window.slice(3) });
}

describe('scenario "the shop opens": 900 rps become 1,500 in two minutes and stay; 6 warm replicas run', () => {
  const opening = [900, 900, 1500, ...Array<number>(12).fill(1500)];
  const warm = sized(opening, 6, {});
  const withCold = sized(opening, 6, cold);

  test('warm from the start, 9 are needed; cold, 13 are asked for', () => {
    expect(warm.neededReplicas).toBe(9);
    expect(withCold.neededReplicas).toBe(13);
    expect(withCold.plan![0].replicas).toBe(13);
  });
  test('the four more cost 0.48 an hour; without them the first minute would cost tens of times that', () => {
    // Ready after 105 s, they work at (0.4 + 0.52) / 2 = 46 % on average in the minute that the load comes in.
    const working = (count: number) => 6 + Math.floor((count - 6) * 0.46);
    const more = costPerHour(warm, 13, working(13)) - costPerHour(warm, 9, 9);
    const without = costPerHour(warm, 9, working(9)) - costPerHour(warm, 13, working(13));
    expect(more).toBeCloseTo(0.48, 1);
    expect(without).toBeGreaterThan(10);
  });
});

describe('scenario "after the sale": 20 warm replicas run, and 8 would do', () => {
  const after = Array<number>(15).fill(1290);
  const warm = sized(after, 20, {});
  const withCold = sized(after, 20, cold);
  test('caches that stay warm whoever goes: all 12 go at once; else fewer do', () => {
    expect(warm.neededReplicas).toBe(8);
    expect(withCold.neededReplicas).toBe(11);
  });
  test('keeping three for now costs 0.36 an hour; sending them away at once would cost more in late requests', () => {
    const working = (left: number) => Math.floor(left * (1 - (0.6 * (20 - left)) / 20));
    const without = costPerHour(warm, 8, working(8));
    expect(costPerHour(warm, 11, 8) - costPerHour(warm, 8, 8)).toBeCloseTo(0.36, 10);
    expect(without - costPerHour(warm, 11, working(11))).toBeGreaterThan(10);
  });
});

describe('scenario "lunch break": a dip that is cheaper to ride through than to start from again', () => {
  const lunch = (length: number) => [
    1500,
    ...Array<number>(length).fill(900),
    ...Array<number>(14 - length).fill(1500),
  ];
  // A start costs 30 s of a replica's price and 90 s of start-up: 2 idle minutes; warming up adds 90 s.
  const kept = (length: number, policy: object) =>
    sized(lunch(length).slice(1), 9, policy).plan![0].replicas === 9;
  test.each([
    [2, true, true],
    [3, false, true],
    [5, false, false],
  ])('of %i minutes', (length, warmKept, coldKept) => {
    expect(kept(length, {})).toBe(warmKept);
    expect(kept(length, cold)).toBe(coldKept);
  });
});
