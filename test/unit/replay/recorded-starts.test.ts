import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { recordedStarts } from '../../../src/replay/recorded-starts.ts';

const missing = Number.NaN;

function startsOf(replicas: readonly number[], ready: readonly number[], stepSeconds = 30) {
  const columnOf = (counts: readonly number[]) => ({
    startAtMs: 0,
    stepSeconds,
    values: Float64Array.from(counts),
  });
  return recordedStarts({ replicas: columnOf(replicas), readyReplicas: columnOf(ready) });
}

/** Ten starts of one row, so that there are enough, with what the case is about after them. */
function afterTen(replicas: readonly number[], ready: readonly number[]): readonly number[] | undefined {
  return startsOf([2, 12, 12, ...replicas], [2, 2, 12, ...ready])?.slice(10);
}

describe('what starts a recording tells of', () => {
  test.each([
    ['two replicas, ready after two rows', [14, 14, 14], [12, 12, 14], [60, 60]],
    ['ready in the row in which they are there', [14], [14], [0, 0]],
    ['who was ordered first is ready first', [13, 14, 14, 14], [12, 12, 13, 14], [60, 60]],
    ['who starts is removed, the youngest first', [13, 15, 13, 13], [12, 12, 12, 13], [90]],
    ['a ready one is removed', [10, 11, 11], [10, 10, 11], [30]],
    ['a replica that fails and comes back is no start', [12, 12], [11, 12], []],
    ['a failure while another starts: nobody knows who is ready then', [13, 13, 13], [12, 11, 13], []],
    ['a missing row while one starts', [13, missing, 13], [12, missing, 13], []],
  ])('%s', (_, replicas, ready, seconds) => {
    expect(afterTen(replicas, ready)).toEqual(seconds);
  });
  test('fewer than ten starts are no distribution', () => {
    expect(startsOf([2, 11, 11], [2, 2, 11])).toBeUndefined();
  });
  test('rows of five minutes tell nothing', () => {
    expect(startsOf([2, 12, 12], [2, 2, 12], 300)).toBeUndefined();
  });
  test('whole rows are right in the mean', () => {
    const random = createRandom(7);
    const [rows, stepSeconds, startSeconds] = [4000, 60, 95];
    const replicas = new Array<number>(rows).fill(0);
    const ready = new Array<number>(rows).fill(0);
    for (let atSeconds = 0; atSeconds < (rows - 10) * stepSeconds; atSeconds += 600 * random()) {
      for (let row = Math.ceil(atSeconds / stepSeconds); row < rows; row += 1) replicas[row] += 1;
      for (let row = Math.ceil((atSeconds + startSeconds) / stepSeconds); row < rows; row += 1)
        ready[row] += 1;
    }
    const seconds = startsOf(replicas, ready, stepSeconds)!;
    expect(seconds.length).toBeGreaterThan(500);
    expect(seconds.reduce((sum, one) => sum + one, 0) / seconds.length).toBeCloseTo(startSeconds, -1);
    expect(new Set(seconds)).toEqual(new Set([60, 120]));
  });
});
