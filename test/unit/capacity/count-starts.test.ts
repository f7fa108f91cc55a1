import { describe, expect, test } from 'vitest';
import { countStarts, startProgress, type StartProgress } from '../../../src/capacity/count-starts.ts';
import { learnedStartup, MOST_STARTS } from '../../../src/capacity/learn-startup.ts';
import type { SeenPod } from '../../../src/domain/startup-time.ts';
import { aSeenPod, POD_EPOCH_MS } from '../../builders/pod.ts';

const at = (seconds: number): number => POD_EPOCH_MS + seconds * 1000;
const looks = (pods: readonly (readonly SeenPod[])[], askedAtMs: readonly number[] = []): StartProgress =>
  pods.reduce((progress, seen) => countStarts(progress, seen, askedAtMs), startProgress());
const counted = (...pods: (readonly SeenPod[])[]) => looks(pods).record?.recentSeconds;
const MINUTE = 60;

describe('a pod is counted', () => {
  test('with the time from its creation to its being ready, also where it was there before us', () => {
    expect(counted([aSeenPod('a', { createdAt: 0, readyAfter: 21 })])).toEqual([21]);
  });

  test('once, however often it is looked at', () => {
    const pod = aSeenPod('a', { createdAt: 0, readyAfter: 21 });
    expect(counted([pod], [pod], [pod])).toEqual([21]);
  });

  test('when it gets ready after it was seen starting', () => {
    const starting = aSeenPod('a', { createdAt: 0, readyAfter: null });
    const ready = aSeenPod('a', { createdAt: 0, readyAfter: 30 });
    expect(counted([starting], [starting], [ready])).toEqual([30]);
  });

  test('though another of the same second was seen before it', () => {
    const first = aSeenPod('a', { createdAt: 5, readyAfter: 20 });
    const second = aSeenPod('b', { createdAt: 5, readyAfter: 22 });
    expect(counted([first], [first, second])).toEqual([20, 22]);
  });

  test('from when more replicas were asked for, where that made it', () => {
    const pod = aSeenPod('a', { createdAt: 103, readyAfter: 20 });
    expect(looks([[pod]], [at(0), at(100)]).record?.recentSeconds).toEqual([23]);
  });

  test('from its own creation, where it was asked for long before or after', () => {
    const pod = aSeenPod('a', { createdAt: 200, readyAfter: 20 });
    expect(looks([[pod]], [at(100), at(230)]).record?.recentSeconds).toEqual([20]);
  });

  test('with the wait for a node that is added for it', () => {
    expect(counted([aSeenPod('a', { createdAt: 0, scheduledAfter: 90, readyAfter: 110 })])).toEqual([110]);
  });
});

describe('a pod is not counted', () => {
  test.each<[string, SeenPod[][]]>([
    [
      'whose image could not be had for a while',
      [
        [aSeenPod('a', { createdAt: 0, readyAfter: null, isDisturbed: true })],
        [aSeenPod('a', { createdAt: 0, readyAfter: 400 })],
      ],
    ],
    ['whose container has failed', [[aSeenPod('a', { createdAt: 0, readyAfter: 400, isDisturbed: true })]]],
    [
      'that found no node while the cluster was full',
      [[aSeenPod('a', { createdAt: 0, scheduledAfter: 6 * MINUTE, readyAfter: 7 * MINUTE })]],
    ],
    ['that is ready again after a day', [[aSeenPod('a', { createdAt: 0, readyAfter: 24 * 60 * MINUTE })]]],
    ['that never gets ready', [[aSeenPod('a', { createdAt: 0, readyAfter: null })], []]],
    [
      'that was ready when it was first seen to be old',
      [
        [aSeenPod('young', { createdAt: 60, readyAfter: null })],
        [aSeenPod('old', { createdAt: 0, readyAfter: 65 })],
      ],
    ],
  ])('%s', (_name, pods) => {
    expect(counted(...pods) ?? []).toEqual([]);
  });
});

describe('what is kept', () => {
  const batch = (from: number, count: number, readyAfter: number) =>
    Array.from({ length: count }, (_, index) =>
      aSeenPod(`${from}-${index}`, { createdAt: from + index, readyAfter }),
    );

  test('is the newest, so that a start-up time that changes is the median after half of them', () => {
    const before = batch(0, 50, 20);
    const after = batch(1000, MOST_STARTS / 2 + 1, 40);
    const { record } = looks([before, [...before, ...after]]);
    expect(record?.recentSeconds).toHaveLength(MOST_STARTS);
    expect(learnedStartup(record!)).toEqual({ p50Seconds: 40, p95Seconds: 40, samples: MOST_STARTS });
  });

  test('outlives the process: what was counted before does not count again, what comes after does', () => {
    const before = batch(0, 5, 20);
    const { record } = looks([before]);
    const after = [...before, aSeenPod('new', { createdAt: 500, readyAfter: 25 })];
    const restarted = countStarts(startProgress(record), after, []);
    expect(restarted.record?.recentSeconds).toEqual([20, 20, 20, 20, 20, 25]);
  });

  test('one late start among 30 moves neither the median nor the 95th percentile', () => {
    const { record } = looks([[...batch(0, 29, 20), aSeenPod('late', { createdAt: 99, readyAfter: 280 })]]);
    expect(learnedStartup(record!)).toEqual({ p50Seconds: 20, p95Seconds: 20, samples: 30 });
  });

  test('is nothing where nothing was seen', () => {
    expect(looks([[]]).record).toBeUndefined();
    expect(learnedStartup({ recentSeconds: [], newestPodAtMs: 0 })).toBeUndefined();
  });
});
