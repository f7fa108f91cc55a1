import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { byThread, heapSlope, mostRiseBytes, whatIsKept, type HeapSample } from '../../soak/heap-slope.ts';
import { soakVirtually } from '../../soak/virtual-soak.ts';

const MINUTE_MS = 60_000;

/** Two lives of an hour, on levels of their own, a sample every 15 s, with noise of which much is carried over. */
function samples(bytesPerHour: number, seed = 1): readonly HeapSample[] {
  const random = createRandom(seed);
  let noise = 0;
  return [40e6, 55e6].flatMap((level, pid) =>
    Array.from({ length: 240 }, (_, index) => {
      noise = 0.7 * noise + 1e6 * (random() - 0.5);
      const hours = index / 240;
      return {
        atMs: hours * 60 * MINUTE_MS,
        pid,
        threadId: 0,
        heapBytes: level + bytesPerHour * hours + noise,
        codeBytes: 0,
        rssBytes: 0,
      };
    }),
  );
}

describe('the slope of a heap', () => {
  test('that stays as it is: its interval holds zero 19 times of 20', () => {
    const misses = Array.from({ length: 100 }, (_, seed) =>
      heapSlope(samples(0, seed), { warmUpMs: 0 })!,
    ).filter(({ lowBytesPerHour, highBytesPerHour }) => lowBytesPerHour > 0 || highBytesPerHour < 0);
    expect(misses.length).toBeLessThan(12);
  });

  test('that grows by 4 MB an hour is told, whatever level each life begins at', () => {
    const { bytesPerHour, lowBytesPerHour } = heapSlope(samples(4e6), { warmUpMs: 0 })!;
    expect(bytesPerHour).toBeCloseTo(4e6, -6);
    expect(lowBytesPerHour).toBeGreaterThan(2e6);
  });

  test('is that of each thread by itself, however small a heap beside it is', () => {
    const beside = samples(3e6).map((one) => ({ ...one, threadId: 1, heapBytes: one.heapBytes / 4 }));
    const mixed = samples(0).flatMap((one, index) => [one, beside[index]]);
    const { loop, threads } = byThread(mixed);
    expect(heapSlope(loop, { warmUpMs: 0 })).toEqual(heapSlope(samples(0), { warmUpMs: 0 }));
    expect(heapSlope(threads, { warmUpMs: 0 })!.bytesPerHour).toBeCloseTo(0.75e6, -5);
    expect(heapSlope(mixed, { warmUpMs: 0 })!.highBytesPerHour).toBeLessThan(2e6);
  });

  test('of a warm-up is not told', () => {
    const warming = samples(0).map((one) => ({
      ...one,
      heapBytes: one.heapBytes - (one.atMs < 5 * MINUTE_MS ? 30e6 : 0),
    }));
    expect(heapSlope(warming, { warmUpMs: 5 * MINUTE_MS })!.lowBytesPerHour).toBeLessThan(0);
  });

  test('of which V8 makes a part is that of the rest, where it was counted', () => {
    const counted = samples(1e6).map((one, index) => ({
      ...one,
      heapBytes: one.heapBytes + (3e6 * one.atMs) / (60 * MINUTE_MS),
      ...(index % 4 === 0 && { keptBytes: one.heapBytes }),
    }));
    expect(heapSlope(whatIsKept(counted), { warmUpMs: 0 })).toEqual(
      heapSlope(
        samples(1e6).filter((_, index) => index % 4 === 0),
        { warmUpMs: 0 },
      ),
    );
  });

  test('of a few samples is not known', () => {
    expect(heapSlope(samples(0).slice(0, 7), { warmUpMs: 0 })).toBeUndefined();
  });
});

describe('the rise of a heap', () => {
  const flat = samples(0);
  const [first, second] = [flat.filter(({ pid }) => pid === 0), flat.filter(({ pid }) => pid === 1)];
  const warmUpMs = 10 * MINUTE_MS;

  test('is that of the life that rose most, from its warm-up to its end, without what is of a moment', () => {
    const risen = second.map((one, index) => ({
      ...one,
      heapBytes:
        50e6 + (one.atMs < warmUpMs ? 0 : 1e6) + (index > 220 ? 4e6 : 0) + (index % 7 === 0 ? 90e6 : 0),
    }));
    expect(mostRiseBytes([...first, ...risen], { warmUpMs })).toBe(4e6);
  });

  test('of lives that are all too short is not known', () => {
    expect(mostRiseBytes(first.slice(0, 57), { warmUpMs })).toBeUndefined();
  });
});

test('minutes of virtual time, with an ear to the heap', async () => {
  const soaked = await soakVirtually(0.1, ['--import', 'tsx', 'src/cli.ts'], 1);
  expect(soaked.ticks).toBeGreaterThanOrEqual(24);
  expect(soaked.mostHeapBytes).toBeGreaterThan(1e7);
});
