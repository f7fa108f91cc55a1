import { describe, expect, test } from 'vitest';
import { responseTail } from '../../../src/size/mmc.ts';
import { mmcQueue } from '../../../src/size/mmc.ts';
import { createStepServer } from '../../../src/replay/step-lateness.ts';

const MODEL = { serviceRateRps: 10, serversPerReplica: 1, dispatch: 'Central' } as const;
const server = createStepServer(MODEL, 0.5, 15);

describe('a control step', () => {
  test('without a backlog is as late as the queue in steady state', () => {
    const queue = mmcQueue(80, 10, 10)!;
    expect(server.serve(80, 10, 0)).toEqual({
      lateRatio: responseTail(queue, queue.waitProbability, 0.5),
      backlogRequests: 0,
      utilizationRatio: 0.8,
    });
  });
  test('in overload has all late, and the rest waits', () => {
    expect(server.serve(120, 10, 30)).toEqual({ lateRatio: 1, backlogRequests: 330, utilizationRatio: 1 });
  });
  test('that works off a backlog has those late that come while it waits', () => {
    // 150 wait, 50 more a second can be served than come: gone after 3 of the 15 seconds, the first point of five and a half.
    const { lateRatio, backlogRequests } = server.serve(50, 10, 150);
    const queue = mmcQueue(50, 10, 10)!;
    const quiet = responseTail(queue, queue.waitProbability, 0.5);
    expect(backlogRequests).toBe(0);
    expect(lateRatio).toBeGreaterThan(0.2);
    expect(lateRatio).toBeLessThan(0.2 + quiet + 1e-12);
  });
  test('without any load only serves what waits', () => {
    expect(server.serve(Number.NaN, 10, 1000)).toEqual({
      lateRatio: 0,
      backlogRequests: 0,
      utilizationRatio: 0,
    });
    expect(server.serve(Number.NaN, 2, 1000).backlogRequests).toBe(700);
  });
  test('without any replica has all late', () => {
    expect(server.serve(5, 0, 0)).toEqual({ lateRatio: 1, backlogRequests: 75, utilizationRatio: 1 });
  });
  test('carries no backlog where clients give up: the queue has lost them already', () => {
    const losses = { patienceSeconds: 1, queueLimitRequests: null };
    const impatient = createStepServer({ ...MODEL, losses }, 0.5, 15);
    const { lateRatio, backlogRequests } = impatient.serve(120, 10, 0);
    expect(backlogRequests).toBe(0);
    expect(lateRatio).toBeGreaterThan(0.1);
    expect(lateRatio).toBeLessThan(1);
  });
});
