import { describe, expect, test } from 'vitest';
import { closedGap, excessFrom, frontierOf, hoursAt } from '../../../src/replay/frontier.ts';

const at = (excessRatio: number, replicaHours: number) => ({ excessRatio, replicaHours });

describe('a frontier', () => {
  const frontier = frontierOf([
    at(0.01, 100),
    at(0.0001, 300),
    at(0.001, 250),
    at(0.002, 260),
    at(0.02, 120),
  ]);
  test('keeps what no other setting beats on both', () => {
    expect(frontier).toEqual([at(0.0001, 300), at(0.001, 250), at(0.01, 100)]);
  });
  test.each([
    ['at a point', 0.001, 250],
    ['halfway in the logarithm', Math.sqrt(0.001 * 0.01), 175],
    ['beyond the last', 0.5, 100],
  ])('costs %s', (_, excess, hours) => {
    expect(hoursAt(frontier, excess)).toBeCloseTo(hours, 9);
  });
  test('has no price for what no setting reaches', () => {
    expect(hoursAt(frontier, 0.000_05)).toBeUndefined();
  });
});

describe('the closed gap', () => {
  const rival = [at(0.001, 200)];
  const ideal = [at(0.001, 100)];
  test.each([
    ['as good as the ideal', 100, 1],
    ['as good as the rival', 200, 0],
    ['halfway', 150, 0.5],
    ['worse than the rival', 250, -0.5],
  ])('%s', (_, hours, gap) => {
    expect(closedGap(at(0.001, hours), { rival, ideal })).toBeCloseTo(gap, 12);
  });
  test('is undefined where the rival never gets there, or has under 3 % to gain', () => {
    expect(closedGap(at(0.0001, 100), { rival, ideal })).toBeUndefined();
    expect(closedGap(at(0.001, 100), { rival: [at(0.001, 102)], ideal })).toBeUndefined();
  });
});

test('excess is what replicas could have changed', () => {
  expect(excessFrom(0.01, 0)).toBe(0.01);
  expect(excessFrom(0.1, 0.1)).toBe(0);
  expect(excessFrom(0.55, 0.1)).toBeCloseTo(0.5, 12);
});
