import { expect, test } from 'vitest';
import type { HeapSample } from '../../soak/heap-slope.ts';
import { heapGrowth, isGrowing } from '../../soak/judge-heap.ts';

interface Life {
  readonly minutes: number;
  /** Of what the program keeps. */
  readonly leakBytesPerHour?: number;
  /** Of what V8 makes of its functions. */
  readonly v8BytesPerHour?: number;
}

const SAMPLE_SECONDS = 15;
const RING_SECONDS = 80;
const RING_BYTES = 400_000;

/** As the soak sees it: each minute what is kept, which goes up and down by what the rings hold, and V8's part that slows down. */
function livesOf(lives: readonly Life[]): readonly HeapSample[] {
  return lives.flatMap(({ minutes, leakBytesPerHour = 0, v8BytesPerHour = 0 }, pid) =>
    Array.from({ length: (minutes * 60) / SAMPLE_SECONDS }, (_, index) => {
      const seconds = index * SAMPLE_SECONDS;
      const hours = seconds / 3600;
      const ring = RING_BYTES * ((seconds % RING_SECONDS) / RING_SECONDS);
      const keptBytes = 44e6 + ring + leakBytesPerHour * hours;
      const madeBytes = 18e6 - 2e6 * Math.exp(-seconds / 300) + v8BytesPerHour * hours;
      return {
        atMs: seconds * 1000,
        pid,
        threadId: 0,
        heapBytes: keptBytes + madeBytes,
        codeBytes: madeBytes / 3,
        rssBytes: 0,
        ...(index % 4 === 0 && { keptBytes }),
      };
    }),
  );
}

test.each<[string, readonly Life[], boolean]>([
  ['rings that fill, V8 at its work', [{ minutes: 60 }], false],
  ['the same in lives cut short', [{ minutes: 35 }, { minutes: 20 }, { minutes: 14 }], false],
  ['a leak of 1 MB an hour', [{ minutes: 60, leakBytesPerHour: 1e6 }], true],
  ['a leak of .5 MB an hour', [{ minutes: 60, leakBytesPerHour: 0.5e6 }], true],
  [
    'a leak of 1 MB an hour in lives cut short',
    [35, 25, 20].map((minutes) => ({ minutes, leakBytesPerHour: 1e6 })),
    true,
  ],
  ['V8 that makes 1 MB more each hour', [{ minutes: 60, v8BytesPerHour: 1e6 }], false],
  ['V8 that makes 4 MB more each hour', [{ minutes: 60, v8BytesPerHour: 4e6 }], true],
])('%s: growing is %s', (_, lives, growing) => {
  expect(isGrowing(heapGrowth(livesOf(lives)))).toBe(growing);
});

test('lives that are all too short tell nothing', () => {
  expect(heapGrowth(livesOf([{ minutes: 12, leakBytesPerHour: 9e6 }, { minutes: 9 }]))).toEqual({
    slope: undefined,
    riseBytes: undefined,
  });
});
