import { describe, expect, test } from 'vitest';
import { physicsFrom, type ReplayPhysics } from '../../../src/replay/physics.ts';
import { createSimulatedCluster } from '../../../src/replay/simulated-cluster.ts';
import { aPolicy } from '../../builders/policy.ts';

const physics = (more: Partial<ReplayPhysics> = {}): ReplayPhysics => ({
  ...physicsFrom(aPolicy({ capacity: { startupSeconds: 60 } }), 60),
  ...more,
});

describe('replicas', () => {
  test('ordered ones are paid for at once and ready after the start-up time', () => {
    const cluster = createSimulatedCluster(physics(), 2);
    cluster.begin(0);
    cluster.order(5, 0);
    expect([cluster.readyReplicas(), cluster.startingReplicas(), cluster.paidReplicas()]).toEqual([2, 3, 5]);
    cluster.begin(3);
    expect(cluster.readyReplicas()).toBe(2);
    cluster.begin(4);
    expect([cluster.readyReplicas(), cluster.startingReplicas()]).toEqual([5, 0]);
  });
  test('of those to go the youngest that starts goes first, a ready one last', () => {
    const cluster = createSimulatedCluster(physics(), 2);
    cluster.order(3, 0);
    cluster.order(5, 2);
    cluster.order(3, 3);
    expect([cluster.readyReplicas(), cluster.startingReplicas()]).toEqual([2, 1]);
    cluster.begin(4);
    expect(cluster.readyReplicas()).toBe(3);
    cluster.order(1, 4);
    expect([cluster.readyReplicas(), cluster.startingReplicas()]).toEqual([1, 0]);
  });
  test('one that terminates serves nobody and is paid for until it is gone', () => {
    const cluster = createSimulatedCluster(physics({ terminationSeconds: 30 }), 3);
    cluster.order(1, 0);
    expect([cluster.readyReplicas(), cluster.paidReplicas()]).toEqual([1, 3]);
    cluster.begin(1);
    expect(cluster.paidReplicas()).toBe(3);
    cluster.begin(2);
    expect(cluster.paidReplicas()).toBe(1);
  });
  test('start-up times are drawn from the given ones, the same for the same seed', () => {
    const drawn = physics({ startup: { seconds: [15, 60, 150] } });
    const readyByStep = (): number[] => {
      const cluster = createSimulatedCluster(drawn, 0);
      cluster.order(60, 0);
      return [1, 4, 10].map((step) => {
        cluster.begin(step);
        return cluster.readyReplicas();
      });
    };
    const [atFirst, later, last] = readyByStep();
    expect(atFirst).toBeGreaterThan(8);
    expect(later).toBeGreaterThan(atFirst + 8);
    expect(last).toBe(60);
    expect(readyByStep()).toEqual([atFirst, later, last]);
  });
  test('those that fail start again: none is lost, and about so many fail as are said to', () => {
    const hours = 1;
    const slow = physics({ failuresPerReplicaHour: 0.5, startup: { seconds: [36_000] } });
    const cluster = createSimulatedCluster(slow, 1000);
    for (let step = 0; step < 240 * hours; step += 1) {
      cluster.begin(step);
      expect(cluster.paidReplicas()).toBe(1000);
    }
    // Who has failed is still starting: 1 - e^-0.5 of them, 393 give or take four deviations of 15.5.
    expect(cluster.startingReplicas()).toBeGreaterThan(331);
    expect(cluster.startingReplicas()).toBeLessThan(455);
  });
  test('one that is evicted terminates as one that is removed, and another starts in its place', () => {
    const evicting = physics({
      evictionsPerReplicaHour: 0.5,
      terminationSeconds: 30,
      startup: { seconds: [36_000] },
    });
    const cluster = createSimulatedCluster(evicting, 1000);
    let terminated = 0;
    for (let step = 0; step < 240; step += 1) {
      cluster.begin(step);
      expect(cluster.readyReplicas() + cluster.startingReplicas()).toBe(1000);
      terminated += cluster.paidReplicas() - 1000;
    }
    expect(cluster.startingReplicas()).toBeGreaterThan(331);
    expect(cluster.startingReplicas()).toBeLessThan(455);
    // Each is paid for over two steps more, but for those of the last step.
    expect(terminated / 2).toBeGreaterThan(cluster.startingReplicas() - 20);
    expect(terminated / 2).toBeLessThanOrEqual(cluster.startingReplicas());
  });
  test('a cold one does half at first and all of it after the warm-up; the youngest go first', () => {
    const warmUp = { durationSeconds: 60, initialRatio: 0.5 };
    const cluster = createSimulatedCluster(physics({ warmUp, startup: { seconds: [0] } }), 10);
    expect(cluster.servingReplicas(0)).toBe(10);
    cluster.order(30, 0);
    // In the mean of its first 15 s a new one does 56 %, then 69, 81 and 94 %: twenty do the work of 11, 13, 16 and 18.
    expect([0, 1, 2, 3, 4].map((step) => cluster.servingReplicas(step))).toEqual([21, 23, 26, 28, 30]);
    cluster.order(40, 5);
    expect(cluster.servingReplicas(5)).toBe(35);
    cluster.order(31, 5);
    expect([cluster.readyReplicas(), cluster.servingReplicas(5)]).toEqual([31, 30]);
    cluster.order(0, 5);
    expect(cluster.servingReplicas(5)).toBe(0);
  });
});
