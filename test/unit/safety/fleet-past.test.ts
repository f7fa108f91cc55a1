import { describe, expect, test } from 'vitest';
import { createFleetPast } from '../../../src/safety/fleet-past.ts';
import { NOW_MS } from '../../builders/observation.ts';

const KEY = 'shop/web';

/** Sees the counts of one workload at the given seconds; null: not measured then. */
function pastOf(looks: readonly (readonly [atSeconds: number, replicas: number, isMeasured?: boolean])[]) {
  const past = createFleetPast({ windowSeconds: 100, gapSeconds: 60 });
  for (const [atSeconds, currentReplicas, isMeasured = true] of looks)
    past.see([{ key: KEY, currentReplicas, isMeasured }], NOW_MS + atSeconds * 1000);
  return past;
}

describe('what ran within the window', () => {
  test.each([
    ['nothing was seen', [], 0, 0],
    ['one look', [[0, 7]], 7, 7],
    [
      'a peak in between',
      [
        [0, 5],
        [10, 9],
        [20, 6],
      ],
      9,
      5,
    ],
    [
      'a peak that ended before the window',
      [
        [0, 9],
        [10, 6],
        [111, 6],
      ],
      6,
      6,
    ],
    [
      'a count that lasted into the window, though it began before it',
      [
        [0, 9],
        [90, 6],
        [150, 6],
      ],
      9,
      6,
    ],
    [
      'a clock that went back forgets what was seen later',
      [
        [0, 9],
        [-50, 6],
      ],
      6,
      6,
    ],
  ] as const)('%s', (_name, looks, highest, lowest) => {
    const past = pastOf(looks);
    expect([past.highestReplicas(KEY), past.lowestReplicas(KEY)]).toEqual([highest, lowest]);
  });

  test('a workload that could not be looked at is known for as long as the window', () => {
    const past = pastOf([
      [0, 9],
      [10, 6],
    ]);
    past.see([], NOW_MS + 20_000);
    expect(past.highestReplicas(KEY)).toBe(9);
    past.see([{ key: KEY, currentReplicas: 5, isMeasured: true }], NOW_MS + 30_000);
    expect([past.highestReplicas(KEY), past.lowestReplicas(KEY), past.measuredSeconds(KEY)]).toEqual([
      9, 5, 30,
    ]);
  });

  test('a workload that is gone is forgotten', () => {
    const past = pastOf([[0, 9]]);
    for (const seconds of [10, 101]) past.see([], NOW_MS + seconds * 1000);
    expect(past.highestReplicas(KEY)).toBe(0);
  });
});

test.each([
  ['never measured', [[0, 5, false]], 0],
  ['measured for a while', [[0, 5], [30, 5], [45, 5]], 45], // prettier-ignore
  ['a short time without changes nothing', [[0, 5], [30, 5, false], [45, 5]], 45], // prettier-ignore
  ['after a gap it begins anew', [[0, 5], [30, 5, false], [61, 5, false], [75, 5], [90, 5]], 15], // prettier-ignore
  ['nobody looked for longer than a gap', [[0, 5], [61, 5]], 0], // prettier-ignore
] as const)('%s', (_name, looks, seconds) => {
  expect(pastOf(looks).measuredSeconds(KEY)).toBe(seconds);
});
