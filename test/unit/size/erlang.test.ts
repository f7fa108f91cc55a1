import { describe, expect, test } from 'vitest';
import { erlangB, erlangC, lnErlangC } from '../../../src/size/erlang.ts';
import { mmcMeanWaitSeconds, mmcQueue, mmcResponseTail, mmcWaitTail } from '../../../src/size/mmc.ts';

describe('published values', () => {
  test('10 erlangs on 14 agents of 180 s: waits, answered in 20 s, mean wait', () => {
    const queue = mmcQueue(10 / 180, 1 / 180, 14)!;
    expect(queue.waitProbability).toBeCloseTo(0.1741319335950498, 14);
    expect(1 - mmcWaitTail(queue, 20)).toBeCloseTo(0.8883500191794669, 13);
    expect(mmcMeanWaitSeconds(queue)).toBeCloseTo(7.83593701177724, 11);
  });

  test.each([
    [1, 1, 1 / 2],
    [2, 1, 1 / 5],
    [2, 3, 9 / 17],
    [3, 1, 1 / 16],
  ])('Erlang B of %i servers at %d erlangs, by hand', (servers, erlangs, blocked) => {
    expect(erlangB(servers, erlangs)).toBeCloseTo(blocked, 15);
  });

  test('one server waits with probability rho, and its response is exponential with rate mu - lambda', () => {
    const queue = mmcQueue(3, 4, 1)!;
    expect(queue.waitProbability).toBe(0.75);
    expect(mmcResponseTail(queue, 1.5)).toBeCloseTo(Math.exp(-1.5), 15);
  });
});

describe('edges', () => {
  test.each([
    [0, 5, 1],
    [0, 0, 1],
    [5, 0, 0],
  ])('Erlang B of %i servers at %d erlangs is %d', (servers, erlangs, blocked) => {
    expect(erlangB(servers, erlangs)).toBe(blocked);
  });

  test.each([
    [5, 5],
    [5, 6],
  ])('%i servers at %d erlangs: everybody waits, and there is no queue to describe', (servers, erlangs) => {
    expect(erlangC(servers, erlangs)).toBe(1);
    expect(lnErlangC(servers, erlangs)).toBe(0);
    expect(mmcQueue(erlangs, 1, servers)).toBeUndefined();
  });

  test('at time 0 every response is still under way; nobody waits without load', () => {
    expect(mmcResponseTail(mmcQueue(9, 1, 10)!, 0)).toBe(1);
    expect(erlangC(5, 0)).toBe(0);
    expect(mmcWaitTail(mmcQueue(0, 1, 1)!, 0)).toBe(0);
  });

  test('c - a = 1 exactly and all but: the response tail has no jump', () => {
    const exact = mmcResponseTail(mmcQueue(9, 1, 10)!, 2);
    for (const nearly of [9 + 1e-12, 9 - 1e-12])
      expect(mmcResponseTail(mmcQueue(nearly, 1, 10)!, 2)).toBeCloseTo(exact, 12);
  });

  test('the logarithm goes on where the probability is below every double', () => {
    expect(erlangC(5000, 50)).toBe(0);
    expect(lnErlangC(5000, 50)).toBeLessThan(-10_000);
    expect(lnErlangC(1_000_000, 1)).toBeGreaterThan(-Infinity);
  });

  test('the recurrence and the cut-off sum meet without a seam', () => {
    // B(c) = a B(c-1) / (c + a B(c-1)) across the switch at 200 servers.
    for (const erlangs of [20, 150, 199, 200.5, 400]) {
      const below = erlangB(200, erlangs);
      const wanted = (erlangs * below) / (201 + erlangs * below);
      expect(Math.abs(erlangB(201, erlangs) / wanted - 1)).toBeLessThan(1e-13);
    }
  });

  test('nothing is NaN or infinite up to a million servers', () => {
    for (const servers of [1, 2, 199, 200, 201, 5000, 100_000, 1_000_000])
      for (const rho of [0, 1e-300, 1e-9, 0.01, 0.5, 0.9, 0.999, 1 - 1e-9, 1 - 1e-15]) {
        const queue = mmcQueue(servers * rho, 1, servers)!;
        const values = [
          erlangB(servers, servers * rho),
          queue.waitProbability,
          mmcMeanWaitSeconds(queue),
          ...[0, 1e-9, 1, 700, 1e6].map((seconds) => mmcResponseTail(queue, seconds)),
        ];
        for (const value of values) expect(Number.isFinite(value), `${servers} at ${rho}`).toBe(true);
        expect(queue.waitProbability).toBeLessThanOrEqual(1);
      }
  });
});
