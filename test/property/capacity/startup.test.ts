import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countStarts, startProgress, type StartProgress } from '../../../src/capacity/count-starts.ts';
import { learnedStartup, MOST_STARTS } from '../../../src/capacity/learn-startup.ts';
import type { SeenPod } from '../../../src/domain/startup-time.ts';
import { aSeenPod, POD_EPOCH_MS } from '../../builders/pod.ts';

const seconds = fc.integer({ min: 0, max: 1800 });
const starts = fc.array(seconds, { minLength: 1, maxLength: MOST_STARTS });
const learned = (recentSeconds: readonly number[]) => learnedStartup({ recentSeconds, newestPodAtMs: 0 })!;

test('both are among what was seen, the 95th percentile is no less than the median, the order does not matter', () => {
  fc.assert(
    fc.property(starts, (seen) => {
      const { p50Seconds, p95Seconds, samples } = learned(seen);
      expect(samples).toBe(seen.length);
      expect(p50Seconds).toBeGreaterThanOrEqual(Math.min(...seen));
      expect(p95Seconds).toBeLessThanOrEqual(Math.max(...seen));
      expect(p50Seconds).toBeLessThanOrEqual(p95Seconds);
      expect(learned(seen.toReversed())).toEqual(learned(seen));
    }),
  );
});

test('slower starts never make either smaller', () => {
  fc.assert(
    fc.property(starts, fc.nat(), fc.integer({ min: 0, max: 600 }), (seen, index, moreSeconds) => {
      const slower = seen.with(index % seen.length, seen[index % seen.length] + moreSeconds);
      expect(learned(slower).p50Seconds).toBeGreaterThanOrEqual(learned(seen).p50Seconds);
      expect(learned(slower).p95Seconds).toBeGreaterThanOrEqual(learned(seen).p95Seconds);
    }),
  );
});

test('fewer outliers than half of the starts leave the median among the others', () => {
  const outliers = fc.array(seconds, { maxLength: 14 });
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 15, maxLength: 15 }), outliers, (clean, odd) => {
      const { p50Seconds } = learned([...clean, ...odd]);
      expect(p50Seconds).toBeGreaterThanOrEqual(Math.min(...clean));
      expect(p50Seconds).toBeLessThanOrEqual(Math.max(...clean));
    }),
  );
});

/** A pod's life: created at a second, ready so long after. */
const lives = fc.uniqueArray(
  fc.record({
    uid: fc.uuid(),
    createdAt: fc.integer({ min: 0, max: 300 }),
    readyAfter: fc.integer({ min: 1, max: 120 }),
  }),
  { selector: ({ uid }) => uid, maxLength: MOST_STARTS },
);

/** The pods as they are at a second. */
function podsAt(
  all: readonly { uid: string; createdAt: number; readyAfter: number }[],
  at: number,
): SeenPod[] {
  return all
    .filter(({ createdAt }) => createdAt <= at)
    .map(({ uid, createdAt, readyAfter }) =>
      aSeenPod(uid, { createdAt, readyAfter: createdAt + readyAfter <= at ? readyAfter : null }),
    );
}

test('however often and whenever it is looked at, each start is counted once', () => {
  const instants = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 12 });
  fc.assert(
    fc.property(lives, instants, (all, at) => {
      const looks = [...at.toSorted((a, b) => a - b), 500];
      const progress = looks.reduce<StartProgress>(
        (before, now) => countStarts(before, podsAt(all, now), []),
        startProgress(),
      );
      const counted = (progress.record?.recentSeconds ?? []).toSorted((a, b) => a - b);
      expect(counted).toEqual(all.map(({ readyAfter }) => readyAfter).sort((a, b) => a - b));
      expect(progress.starting.size).toBe(0);
    }),
  );
});

test('a restart at any time counts nothing twice and forgets nothing that was counted', () => {
  fc.assert(
    fc.property(lives, fc.integer({ min: 0, max: 500 }), (all, restartAt) => {
      const before = countStarts(startProgress(), podsAt(all, restartAt), []).record;
      const after = countStarts(startProgress(before), podsAt(all, 500), []).record;
      const kept = before?.recentSeconds ?? [];
      expect(after?.recentSeconds.slice(0, kept.length) ?? []).toEqual(kept);
      const born = (atMs: number): number =>
        all.filter(({ createdAt }) => POD_EPOCH_MS + createdAt * 1000 > atMs).length;
      const more = (after?.recentSeconds.length ?? 0) - kept.length;
      expect(more).toBe(born(before?.newestPodAtMs ?? -Infinity));
    }),
  );
});
